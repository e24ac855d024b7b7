// uses drawing_sheet.js layer_maps.js
// A sheet to draw on, and beside it what the network answers while one draws.
// The ink is kept here as strokes in units of the sheet's side; Python gets the same strokes.
// While the pen is down, one request is in flight: Python echoes its number in `data`, then the newest drawing follows.
// A drawing at rest is sent at once, so that whatever is pressed next comes after it. Python counts in `generation` how
// often it replaced the drawing: what was sent of an older generation is ignored there.

const pads = new WeakMap();
const PATIENCE = 3000;      // milliseconds until a request counts as lost
const KEPT = "convoscope-drawing";  // in the browser's session, for a reload
const WIDTHS = ["Thin", "Medium", "Thick"];
const WIDE = "The network sees MNIST's pen instead of this width, unless that stage is switched off.";

export default function ({ data, parentElement, setStateValue }) {
  MOUNTED.tools = data.tools || MOUNTED.tools;  // samples, widths and bounds: Python tells them while the pen rests
  let pad = pads.get(parentElement);
  const first = !pad;
  if (first) {
    pad = new DrawingCanvas(parentElement.querySelector(".root"), data);
    pads.set(parentElement, pad);
  }
  pad.deliver = (drawing) => setStateValue("drawing", drawing);
  pad.show(data);
  if (first && data.number === 0) pad.restore();
  pad.listen();
  return cleanupOf(pad);
}

class DrawingCanvas {
  /** @type {(drawing: object) => void} sets the state `drawing` */
  deliver;

  constructor(root, data) {
    this.root = root;
    this.changed = false;
    this.rested = true;
    this.sheet = new DrawingSheet((resting) => this.update(resting));
    this.take(data);
    root.classList.add("pad");
    this.answer = el("div", { className: "answer" });
    this.answer.setAttribute("aria-live", "polite");
    this.scores = el("div");
    this.makeBars(data.names, data.shown.length);
    this.layers = el("div", { className: "layers" });
    root.append(el("div", {}, this.sheet.node, this.makeTools(), this.sheet.spoken, this.remark),
      el("div", {}, this.answer, this.scores, this.starts = el("div",
        { className: "samples", role: "group", ariaLabel: "Samples to start from" })), this.layers);
    this.onKey = (event) => this.key(event);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => setTimeout(() => this.redraw(), 50);
    this.showTools();
  }

  listen() {
    document.addEventListener("keydown", this.onKey);
    this.scheme.addEventListener("change", this.onScheme);
    MOUNTED.stage = this;
    this.root.classList.toggle("lectured", !!MOUNTED.lecture);
    MOUNTED.lecture?.meet(this);
  }

  leave() {
    clearTimeout(this.timer);
    if (this.waiting) Object.assign(this, { waiting: null, changed: true });  // sent again where it is shown again
    document.removeEventListener("keydown", this.onKey);
    this.scheme.removeEventListener("change", this.onScheme);
    if (MOUNTED.stage === this) MOUNTED.stage = null;
  }

  // A lecture may hide the answer until it is revealed; there are no steps to walk.
  walk() { return false; }

  begin({ hidden, concealed }) { this.root.classList.toggle("concealed", hidden || concealed); }

  // Python's drawing where it is newer than what is drawn here: a first visit, a sample.
  take(data) {
    this.sheet.pointer = null;
    this.sheet.lowered = false;
    this.sheet.ink = new Strokes(Array.isArray(data.strokes) ? structuredClone(data.strokes) : []);
    this.sheet.ink.most = MOUNTED.tools.most;
    this.sheet.pen = data.pen || MOUNTED.tools.widths[1];
    this.sent = data.number || 0;
    this.generation = data.generation;
  }

  // What is on the sheet now, whether or not it was sent: for an event that acts on this drawing.
  get drawing() {
    const { ink, pen, resting } = this.sheet;
    return { generation: this.generation, strokes: ink.strokes, pen, resting };
  }

  // After a reload Python knows no drawing, but the browser does.
  restore() {
    try {
      const { strokes, pen } = JSON.parse(sessionStorage.getItem(KEPT));
      if (!strokes.length || !strokes.every((stroke) => stroke.every((point) => point.every(Number.isFinite)))) return;
      this.sheet.ink = new Strokes(strokes);
      this.sheet.ink.most = MOUNTED.tools.most;
      this.sheet.pen = MOUNTED.tools.widths.includes(pen) ? pen : MOUNTED.tools.widths[1];
    } catch { return; }  // nothing, or nothing of ours
    this.sheet.update();
  }

  makeTools() {
    const button = (text, act, title = text) => el("button", { textContent: text, title, onclick: act });
    this.pens = WIDTHS.map((name, k) => {
      const dot = el("span", { className: "dot" });
      dot.style.width = `${1.7 * MOUNTED.tools.widths[k] / MOUNTED.tools.widths.at(-1)}rem`;
      const pen = button("", () => {
        this.sheet.erasing = false;
        this.choose(MOUNTED.tools.widths[k]);
      }, `${name} pen. ${WIDE}`);
      pen.ariaLabel = `${name} pen`;
      pen.append(dot);
      return pen;
    });
    const pens = el("span", { className: "pens", role: "group", ariaLabel: "Pen width" }, ...this.pens);
    this.eraser = button("Eraser", () => { this.sheet.erasing = !this.sheet.erasing; this.showTools(); });
    this.undo = button("Undo", () => this.sheet.step(false), "Undo (Ctrl+Z)");
    this.redo = button("Redo", () => this.sheet.step(true), "Redo (Ctrl+Y)");
    this.clear = button("Clear", () => this.sheet.replace([]));
    this.remark = el("div", { className: "remark" });
    return el("div", { className: "tools" }, pens, this.eraser, this.undo, this.redo, this.clear);
  }

  // Samples to start from; another network may tell other classes apart.
  makeSamples() {
    const key = MOUNTED.tools.samples.map(({ name }) => name).join();
    if (this.madeFor === key) return;
    this.madeFor = key;
    this.shaded = null;
    this.samples = MOUNTED.tools.samples.map(({ name, strokes }) => {
      const picture = el("canvas", { width: 88, height: 88 });
      const sample = el("button", { title: `Start from ${name}`, ariaLabel: `Start from ${name}`,
        onclick: () => this.sheet.replace(structuredClone(strokes)) }, picture);
      return { picture, strokes, sample };
    });
    this.starts.hidden = !key;
    this.starts.replaceChildren(...this.samples.map((each) => each.sample));
  }

  choose(width) {
    this.sheet.pen = width;
    this.sheet.update();
  }

  showTools() {
    const { ink, pen, erasing } = this.sheet;
    this.pens.forEach((button, k) => { button.ariaPressed = String(!erasing && pen === MOUNTED.tools.widths[k]); });
    this.eraser.ariaPressed = String(erasing);
    this.sheet.node.classList.toggle("erasing", erasing);
    if (!erasing) this.sheet.rubber.hidden = true;
    this.undo.disabled = !ink.past.length;
    this.redo.disabled = !ink.future.length;
    this.clear.disabled = !ink.strokes.length;
    this.remark.textContent = pen === MOUNTED.tools.widths[1] ? "" : WIDE;
    this.makeSamples();
    const colours = paletteOf(this.root);
    if (this.shaded === colours) return;
    this.shaded = colours;
    for (const { picture, strokes } of this.samples)
      drawStrokes(picture, strokes, MOUNTED.tools.widths[2], colours.ink);
  }

  redraw() {
    this.sheet.draw();
    this.showTools();
    drawLayerMaps(this.layers, this.shown || [], paletteOf(this.root));
  }

  key(event) {
    const typed = event.composedPath()[0].matches?.("input:not([type=checkbox], [type=radio], [type=range]), textarea");
    if (typed || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const name = shortcutOf(event);
    if (!["z", "y"].includes(name)) return;
    this.sheet.step(name === "y" || event.shiftKey);
    event.preventDefault();
  }

  // A bar for each class; of many classes Python names the likeliest.
  makeBars(names, count = names.length) {
    this.names = names;
    this.bars = Array.from({ length: count }, (_, k) => this.bar(names[k]));
    this.scores.classList.toggle("named", names.some((name) => name.length > 1));
    this.scores.replaceChildren(...this.bars.map((bar) => bar.node));
  }

  bar(name) {
    const fill = el("div", { className: "fill" });
    const logit = el("span", { className: "number logit" }), share = el("span", { className: "number" });
    const node = el("div", { className: "bar" }, el("strong", { textContent: name }),
      el("div", { className: "track" }, fill), logit, share);
    node.dataset.digit = name;
    return { node, fill, logit, share };
  }

  update(resting) {
    this.changed = true;
    if (resting || this.rested) this.showTools();  // not at every point of a stroke
    this.rested = resting;
    if (resting) keep({ strokes: this.sheet.ink.strokes, pen: this.sheet.pen });
    this.send();
  }

  send() {
    if ((this.waiting && !this.sheet.resting) || !this.changed) return;
    this.changed = false;
    clearTimeout(this.timer);
    this.waiting = performance.now();
    this.sent += 1;
    this.timer = setTimeout(() => { this.waiting = null; this.changed = true; this.send(); }, PATIENCE);
    this.deliver({ number: this.sent, ...this.drawing });
  }

  show(data) {
    if (data.generation > this.generation) {  // Python has replaced the drawing
      clearTimeout(this.timer);
      this.waiting = null;
      this.changed = false;
      this.take(data);
      if (!data.strokes.length) keep({ strokes: [], pen: this.sheet.pen });  // it is kept elsewhere, as a digit
      this.redraw();
    } else if (data.generation < this.generation) {  // another session, which does not know what is drawn here
      this.generation = data.generation;
      this.changed = true;
    }
    if (this.waiting && data.number === this.sent) {
      clearTimeout(this.timer);
      this.root.dataset.trips = `${this.root.dataset.trips || ""} ${Math.round(performance.now() - this.waiting)}`
        .split(" ").slice(-200).join(" ");
      this.waiting = null;
    }
    this.root.classList.toggle("plain", !data.withLayers);
    this.root.classList.toggle("narrow", data.narrow);
    this.root.classList.toggle("bare", !data.bars);
    if (data.points) {
      MOUNTED.points = data.points;  // for whoever comes later
      document.dispatchEvent(new CustomEvent("convoscope-points"));
    }
    this.root.dataset.number = data.number;
    this.root.dataset.answer = data.answer;
    this.answer.textContent = data.sentence;
    if (data.names.join() !== this.names.join()) this.makeBars(data.names, data.shown.length);
    if (data.tools) this.showTools();
    this.sheet.describe(data.noun);
    const known = Boolean(data.probabilities);
    this.bars.forEach((bar, place) => {
      const digit = data.shown[place];
      bar.node.firstChild.textContent = bar.node.firstChild.title = bar.node.dataset.digit = this.names[digit];
      bar.fill.style.width = known ? `${100 * data.probabilities[digit]}%` : "0";
      bar.logit.textContent = known ? formatNumber(data.logits[digit] || 0, 1) : "";
      bar.share.textContent = known ? percent(data.probabilities[digit]) : "";
      bar.node.classList.toggle("best", known && digit === data.label);
    });
    this.shown = data.layers;
    drawLayerMaps(this.layers, data.layers || [], paletteOf(this.root));
    this.send();
  }
}

// A browser may keep nothing, or have no room.
function keep(drawing) {
  try { sessionStorage.setItem(KEPT, JSON.stringify(drawing)); } catch { /* then a reload finds an empty sheet */ }
}
