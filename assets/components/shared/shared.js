// What every component shares: colours, the number format, arrays from Python.
// Joined in front of each component when it is read (pages/ui/components.py), with PALETTE before it.

const ARRAYS = { float64: Float64Array, float32: Float32Array, uint8: Uint8Array, int8: Int8Array,
                 int32: Int32Array, int16: Int16Array, bool: Uint8Array };

// {shape, type, base64} -> typed array with .shape
function unpack(packed) {
  const text = atob(packed.base64), bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  const values = new ARRAYS[packed.type](bytes.buffer);
  values.shape = packed.shape;
  return values;
}

// The palette of the page's own theme; Streamlit sets color-scheme, which is inherited into the shadow root.
function paletteOf(element) {
  return PALETTE[getComputedStyle(element).colorScheme.includes("dark") ? "dark" : "light"];
}

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix(from, to, share) {
  const a = rgb(from), b = rgb(to), t = Math.min(Math.max(share, 0), 1);
  return a.map((v, k) => Math.round(v + (b[k] - v) * t));
}

// Ink for magnitudes: 0 is the background, `largest` full ink.
function inkShade(colours, value, largest) {
  return mix(colours.background, colours.ink, 0.85 * Math.abs(value) / (largest || 1));
}

// Blue above zero, orange below: only for values that have a sign to show.
function signShade(colours, value, largest) {
  return mix(colours.background, value < 0 ? colours.negative : colours.positive, Math.abs(value) / (largest || 1));
}

function css(triple) {
  return `rgb(${triple[0]}, ${triple[1]}, ${triple[2]})`;
}

// Black or white, whichever stands out more on a shade: never below 4.5:1.
function textOn(triple) {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = 0.2126 * channel(triple[0]) + 0.7152 * channel(triple[1]) + 0.0722 * channel(triple[2]);
  return light > 0.179 ? "#000000" : "#ffffff";
}

// One number format for all: whole numbers bare, others with `digits` decimals, a true minus sign.
function number(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const rounded = Number.isInteger(value) ? String(Math.abs(value)) : Math.abs(value).toFixed(digits);
  return (value < 0 && Number(rounded) !== 0 ? "−" : "") + rounded;
}

// Probabilities never claim certainty.
function percent(probability) {
  if (probability > 0.999) return "> 99.9 %";
  if (probability < 0.001) return "< 0.1 %";
  return `${(100 * probability).toFixed(1)} %`;
}

function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value; else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

// Keys stay quiet while something is typed; events come out of shadow roots, hence composedPath().
// What was just chosen in the sidebar keeps only the keys that it moves by.
function isTyping(event) {
  const target = event.composedPath()[0], is = (what) => !!target?.matches?.(what);
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (is("[type=radio], [type=checkbox]")) return event.key === " " || (is("[type=radio]") && event.key.startsWith("Arrow"));
  return is("input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox] *");
}

// The parts of a page that share the beats: the stage that is shown, and the lecture if one is given.
// Kept on the document: a property of the window was seen to be lost between two pages.
const LIVE = (document.convoscope ||= { stage: null, lecture: null });
window.convoscope = LIVE;

// One button goes on: the lecture's question is answered first, then the stage walks its steps,
// then comes the lecture's next scene; and the same way back.
function beat(forward) {
  return LIVE.lecture?.answer(forward) || LIVE.stage?.walk(forward) || LIVE.lecture?.move(forward);
}

const ALONE = "convoscope-stage-only", SMALLEST = 0.7;
const HIDE = `[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"]
  { display: none !important; } [data-testid="stMainBlockContainer"] { padding-top: 1rem !important; }`;

// Hide everything but the stage, or show it again; without an argument, the other of the two.
function stageOnly(on) {
  const old = document.getElementById(ALONE);
  if (old && on !== true) old.remove();
  if (!old && on !== false) document.head.append(element("style", { id: ALONE, textContent: HIDE }));
  return !!document.getElementById(ALONE);
}

// Where the stage is alone, make it small enough to end above the window's lower edge.
function fit(root) {
  root.style.zoom = "";
  if (!document.getElementById(ALONE) || innerWidth < 700) return;
  const area = root.getBoundingClientRect(), room = innerHeight - area.top - 8;
  if (area.height > room) root.style.zoom = Math.max(room / area.height, SMALLEST);
}

// The clean-up of one mounting, which must not undo a newer one of the same part: that may come first.
function lastOf(part) {
  const mounted = (part.mounted = {});
  return () => { if (part.mounted === mounted) part.leave(); };
}
