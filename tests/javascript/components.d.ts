// What the components' JavaScript finds in its surroundings, for tsc alone; nothing of it is shipped.

/** Colours as #rrggbb, written in front of each bundle from the page's palette. */
interface Colours {
  background: string;
  surface: string;
  ink: string;
  muted: string;
  line: string;
  positive: string;
  negative: string;
}
declare const PALETTE: { light: Colours; dark: Colours };

/** What Streamlit calls a component's default export with (components v2). */
interface ComponentArguments {
  data: any;
  key: string;
  parentElement: ShadowRoot;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

/** An array from Python: `unpack` gives it its shape. */
interface Float64Array { shape: number[] }
interface Float32Array { shape: number[] }
interface Uint8Array { shape: number[] }
interface Int8Array { shape: number[] }
interface Int16Array { shape: number[] }
interface Int32Array { shape: number[] }

/** What the components of one page share, kept on the document. */
interface Mounted {
  stage: any;
  lecture: any;
  tools?: { [name: string]: any };  // the drawing canvas's pen, kept between pages
  points?: any;       // where the drawing and the input lie on the map of the digits
  alone?: boolean;    // whether the stage was alone before the lecture moved on
  moving?: boolean;   // the lecture is on its way to another scene
  patience?: number;  // the timer that ends that
  closer?: string;    // the view of the closer look
}
interface Document { convoscope: Mounted; historyEntries: object; readsComma?: boolean }
interface Window { convoscope: Mounted }
