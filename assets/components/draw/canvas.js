// uses layers.js
// A sheet to draw on, and beside it what the network answers while one draws.
// The ink is kept here as strokes in units of the sheet's side; Python gets the same strokes.
// One request is in flight: Python echoes its number in `data`, then the newest drawing follows.

const pads = new WeakMap();
const PEN = 0.075;          // of the sheet's side
const MOST_BARS = 12, LIKELIEST = 10;
const PATIENCE = 3000;      // milliseconds until a request counts as lost

export default function ({ data, parentElement, setStateValue }) {
  let pad = pads.get(parentElement);
  if (!pad) {
    pad = new Pad(parentElement.querySelector(".root"), data);
    pads.set(parentElement, pad);
  }
  pad.deliver = (drawing) => setStateValue("drawing", drawing);
  pad.show(data);
  LIVE.stage = pad;
  LIVE.lecture?.meet(pad);
  return lastOf(pad);
}

class Pad {
  constructor(root, data) {
    this.root = root;
    this.take(data);
    this.changed = false;
    root.classList.add("pad");
    root.classList.toggle("plain", !data.withLayers);
    root.classList.toggle("narrow", Boolean(data.narrow));
    this.paper = element("canvas", { className: "paper", tabIndex: 0, ariaLabel: "Draw a digit here", role: "img" });
    this.answer = element("div", { className: "answer" });
    this.answer.setAttribute("aria-live", "polite");
    this.scores = element("div");
    this.makeBars(data.names || [..."0123456789"]);
    this.layers = element("div", { className: "layers" });
    const button = (text, act) => element("button", { textContent: text, onclick: act });
    root.append(
      element("div", {}, this.paper, element("div", { className: "tools" },
        button("Undo", () => this.undo()), button("Clear", () => this.clear()))),
      element("div", {}, this.answer, this.scores), this.layers);
    this.paper.addEventListener("pointerdown", (event) => this.down(event));
    this.paper.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.paper.addEventListener(name, (event) => this.up(event));
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.paper);
  }

  leave() {
    clearTimeout(this.timer);
    if (LIVE.stage === this) LIVE.stage = null;
  }

  // A lecture may hide the answer until it is revealed; there are no steps to walk.
  walk() { return false; }

  begin({ hidden, concealed }) { this.root.classList.toggle("concealed", hidden || concealed); }

  // Python's drawing where it is newer than what stands here: a first visit, a sample.
  take(data) {
    this.drawing = null;
    this.strokes = Array.isArray(data.strokes) ? structuredClone(data.strokes) : [];
    this.sent = data.number || 0;
  }

  // A bar for each class; of many classes only for the likeliest.
  makeBars(names) {
    this.names = names;
    this.bars = Array.from({ length: names.length > MOST_BARS ? LIKELIEST : names.length }, (_, k) => this.bar(names[k]));
    this.scores.classList.toggle("named", names.some((name) => name.length > 1));
    this.scores.replaceChildren(...this.bars.map((bar) => bar.node));
  }

  bar(name) {
    const fill = element("div", { className: "fill" });
    const logit = element("span", { className: "number logit" }), share = element("span", { className: "number" });
    const node = element("div", { className: "bar" }, element("strong", { textContent: name }),
      element("div", { className: "track" }, fill), logit, share);
    node.dataset.digit = name;
    return { node, fill, logit, share };
  }

  at(event) {
    const area = this.paper.getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    this.paper.setPointerCapture(event.pointerId);
    this.drawing = event.pointerId;
    this.strokes.push([this.at(event)]);
    this.update();
  }

  move(event) {
    if (this.drawing !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() || [];
    for (const each of events.length ? events : [event]) this.strokes.at(-1).push(this.at(each));
    this.update();
  }

  up(event) {
    if (this.drawing !== event.pointerId) return;
    this.drawing = null;
    this.update();
  }

  undo() { this.drawing = null; this.strokes.pop(); this.update(); }

  clear() { this.drawing = null; this.strokes = []; this.update(); }

  update() {
    this.changed = true;
    this.draw();
    this.send();
  }

  draw() {
    const side = Math.round(this.paper.clientWidth * devicePixelRatio), pen = this.paper.getContext("2d");
    if (!side) return;
    if (this.paper.width !== side) this.paper.width = this.paper.height = side;
    pen.clearRect(0, 0, side, side);
    Object.assign(pen, { lineWidth: PEN * side, lineCap: "round", lineJoin: "round",
      strokeStyle: paletteOf(this.root).ink });
    for (const stroke of this.strokes) {
      pen.beginPath();
      stroke.forEach(([x, y]) => pen.lineTo(x * side, y * side));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] * side + 0.01, stroke[0][1] * side);
      pen.stroke();
    }
  }

  send() {
    if (this.waiting || !this.changed) return;
    this.changed = false;
    this.waiting = performance.now();
    this.sent += 1;
    this.timer = setTimeout(() => { this.waiting = null; this.changed = true; this.send(); }, PATIENCE);
    this.deliver({ number: this.sent, strokes: this.strokes, resting: this.drawing === null });
  }

  show(data) {
    if (data.number > this.sent && !this.waiting) {
      this.take(data);
      this.draw();
    }
    if (this.waiting && data.number === this.sent) {
      clearTimeout(this.timer);
      this.root.dataset.trips = `${this.root.dataset.trips || ""} ${Math.round(performance.now() - this.waiting)}`
        .split(" ").slice(-200).join(" ");
      this.waiting = null;
    }
    this.root.dataset.number = data.number;
    this.root.dataset.answer = data.answer;
    this.answer.textContent = data.sentence;
    const best = data.probabilities ? data.probabilities.indexOf(Math.max(...data.probabilities)) : -1;
    if (data.names && data.names.join() !== this.names.join()) this.makeBars(data.names);
    const shown = [...this.names.keys()];
    if (best >= 0 && this.bars.length < shown.length) shown.sort((a, b) => data.probabilities[b] - data.probabilities[a]);
    this.bars.forEach((bar, place) => {
      const known = best >= 0, digit = shown[place];
      bar.node.firstChild.textContent = bar.node.dataset.digit = this.names[digit];
      bar.fill.style.width = known ? `${100 * data.probabilities[digit]}%` : "0";
      bar.logit.textContent = known ? number(data.logits[digit] || 0, 1) : "";
      bar.share.textContent = known ? percent(data.probabilities[digit]) : "";
      bar.node.classList.toggle("best", known && digit === best && data.answer !== "");
    });
    drawLayers(this.layers, data.layers || [], paletteOf(this.root));
    this.send();
  }
}
