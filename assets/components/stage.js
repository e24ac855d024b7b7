// The convolution stage: draws, plays and highlights a trace; it computes no convolution.
// One instance lives in one shadow root and survives reruns: `instances` keeps it.

const instances = new WeakMap();
const MOST_CELLS = 400;          // beyond this a grid is a canvas
const SLOW_STEPS = 3, SLOW = 900, ROW = 1200, REST = 2000;  // milliseconds
const HIDE = `[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"]
  { display: none !important; } [data-testid="stMainBlockContainer"] { padding-top: 1rem !important; }`;
const KEYS = "→ PageDown Space: next beat · ← PageUp: back · K: play · Home End: first, last · F: stage only · "
  + "P: predict first · 1–8: scenes · ?: keys";

export default function ({ data, parentElement, setTriggerValue }) {
  let stage = instances.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    instances.set(parentElement, stage);
  }
  stage.pick = (number) => setTriggerValue("preset", number);
  stage.show(data);
  stage.listen();
  return () => stage.leave();
}

// A grid of numbers: DOM cells where they can be read, shades on a canvas where there are too many.
class Grid {
  constructor(rows, columns, side) {
    Object.assign(this, { rows, columns, side });
    this.node = element("div", { className: "grid" });
    this.big = rows * columns > MOST_CELLS;
    if (this.big) {
      this.canvas = element("canvas", { width: columns, height: rows });
      this.canvas.style.width = `${columns * side}px`;
      this.canvas.style.height = `${rows * side}px`;
      this.pixels = this.canvas.getContext("2d").createImageData(columns, rows);
      this.node.append(this.canvas);
    } else {
      const box = element("div", { className: "cells" });
      box.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
      box.style.gridAutoRows = `${side}px`;
      this.cells = Array.from({ length: rows * columns }, () => element("div", { className: "cell" }));
      box.append(...this.cells);
      this.node.append(box);
    }
  }

  set(index, shade, text, kind = "") {
    if (this.big) {
      this.pixels.data.set([...shade, 255], 4 * index);
      return;
    }
    const cell = this.cells[index];
    cell.className = `cell ${kind}`;
    cell.textContent = text;
    cell.style.background = kind.includes("zero") ? "" : css(shade);
    cell.style.color = kind.includes("zero") ? "" : textOn(shade);
    cell.style.fontSize = `${Math.min(0.54, 1.55 / Math.max(text.length, 2)) * this.side}px`;
  }

  flush() {
    if (this.big) this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
  }

  box(name, row, column, rows, columns) {
    const frame = this[name] || this.node.appendChild(element("div", { className: name }));
    this[name] = frame;
    const pad = name === "frame" ? 3 : 1;
    Object.assign(frame.style, {
      left: `${column * this.side - pad}px`, top: `${row * this.side - pad}px`,
      width: `${columns * this.side + 2 * pad}px`, height: `${rows * this.side + 2 * pad}px`,
    });
  }

  onCell(call) {
    this.node.classList.add("clickable");
    this.node.addEventListener("click", (event) => {
      const area = this.node.getBoundingClientRect();
      const column = Math.floor((event.clientX - area.left) / this.side);
      const row = Math.floor((event.clientY - area.top) / this.side);
      if (row < this.rows && column < this.columns) call(row * this.columns + column);
    });
  }
}

class Stage {
  constructor(shadow) {
    this.shadow = shadow;
    this.root = shadow.querySelector(".root");
    this.root.classList.add("stage");
    this.root.tabIndex = -1;
    this.step = 0;
    this.hidden = false;
    this.predict = false;
    const part = (name, tag = "div") => (this[name] = element(tag, { className: name }));
    const button = (text, label, act) => element("button", { textContent: text, ariaLabel: label, onclick: () => {
      act();
      this.root.focus({ preventScroll: true });  // the next key belongs to the stage
    } });
    this.play_ = button("▶ Play", "Play or pause", () => this.toggle());
    this.predict_ = button("Predict first", "Hide the next value until it is revealed", () => this.togglePredict());
    this.scrub = element("input", { type: "range", min: 1, className: "scrub", ariaLabel: "Step" });
    this.scrub.addEventListener("input", () => { this.stop(); this.go(this.scrub.value - 1, false); });
    this.scrub.addEventListener("change", () => this.root.focus({ preventScroll: true }));
    this.root.append(part("head"), part("row"), part("sum"), part("line"), this.scrub,
      element("div", { className: "buttons" }, button("← Back", "Back", () => this.back()),
        button("Next →", "Next beat", () => this.next()), this.play_, this.predict_,
        button("Stage only", "Stage only", () => this.stageOnly()),
        button("?", "Keys", () => this.help()), part("count", "span")),
      part("keys"));
    this.count.className = "step number";
    this.line.setAttribute("aria-live", "polite");
    this.keys.textContent = KEYS;
    this.keys.hidden = true;
    this.onKey = (event) => this.key(event);
    this.resize = new ResizeObserver(() => this.width !== this.root.clientWidth && this.data && this.build());
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => setTimeout(() => this.build(), 50);
  }

  listen() {
    this.leave();
    document.addEventListener("keydown", this.onKey);
    this.scheme.addEventListener("change", this.onScheme);
    this.resize.observe(this.root);
  }

  leave() {
    this.stop();
    document.removeEventListener("keydown", this.onKey);
    this.scheme.removeEventListener("change", this.onScheme);
    this.resize.disconnect();
    document.getElementById("convoscope-stage-only")?.remove();
  }

  show(data) {
    const arrays = ["padded", "filter", "starts", "products", "sums", "biased", "outputs", "touched"];
    this.data = { ...data };
    for (const name of arrays) this.data[name] = unpack(data[name]);
    this.steps = this.data.outputs.length;
    this.stop();
    this.scrub.max = this.steps;
    this.build();
    this.go(0, this.predict);
  }

  // Everything that depends on the width or the theme.
  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    this.width = this.root.clientWidth;
    this.colours = paletteOf(this.root);
    const narrow = this.width < 700, big = rows * columns > MOST_CELLS;
    const widest = narrow ? columns : columns + oc + (big ? 0 : 2 * fc);
    const gaps = narrow ? 8 : big ? 520 : 270;
    const side = Math.max(Math.min((this.width - gaps) / widest, big ? 10.5 : 62, 420 / rows), big ? 5 : 14);
    const lens = big ? Math.min(62, narrow ? 48 : (this.width - 290 - side * (columns + oc)) / (2 * fc)) : side;
    this.input = new Grid(rows, columns, side);
    this.filter = new Grid(fr, fc, lens);
    this.products = new Grid(fr, fc, lens);
    this.output = new Grid(or, oc, side);
    this.output.onCell((step) => { this.stop(); this.go(step, false); });
    this.largestOut = d.outputs.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestProduct = d.products.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const size = oc > 1 && or > 1 ? `${or} × ${oc}` : `${or * oc}`;
    this.head.replaceChildren(element("h2", { textContent: d.title }), element("span", { textContent: d.caption }));
    const sign = (text) => element("span", { className: "sign", textContent: text });
    this.row.replaceChildren(figure("Input", this.input), sign("×"),
      figure("Filter", this.filter, "", `${d.filterName}; not flipped, so strictly a cross-correlation`), sign("="),
      figure("Products", this.products), sign("Σ →"), figure("Output", this.output, size));
    this.row.querySelectorAll(".below").forEach((node) => { node.style.maxWidth = `${Math.max(fc * lens, 150)}px`; });
    this.row.children[6].querySelector(".grid").dataset.name = "output";
    this.terms = element("div", { className: "terms number" });
    this.total = element("div", { className: "total number" });
    this.rest = element("div", { className: "rest number" });
    this.sum.replaceChildren(this.terms, this.total, this.rest,
      element("div", { className: "formula number", textContent: this.formula() }));
    this.drawInput();
    d.filter.forEach((v, k) => this.filter.set(k, signShade(this.colours, 0, 1), number(v)));
    this.filter.flush();
    this.drawn = -1;
    this.draw();
  }

  drawInput() {
    const d = this.data, [rows, columns] = d.padded.shape, [br, bc] = d.border;
    const largest = d.padded.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    d.padded.forEach((v, k) => {
      const row = Math.floor(k / columns), column = k % columns;
      const zero = row < br || column < bc || row >= rows - br || column >= columns - bc;
      this.input.set(k, inkShade(this.colours, v, largest), number(v),
        `${zero ? "zero" : ""} ${d.touched[k] ? "" : "dropped"}`);
    });
    this.input.flush();
    this.input.box("inner", br, bc, rows - 2 * br, columns - 2 * bc);
  }

  formula() {
    const { W, F, P, S, D } = this.data.size, reach = D * (F - 1) + 1, room = W - reach + 2 * P;
    const name = D > 1 ? "(D(F − 1) + 1)" : "F";
    const floor = this.data.leftover ? ["⌊", "⌋"] : ["", ""];
    const value = `${floor[0]}(${W} − ${reach} + 2·${P})/${S}${floor[1]} + 1`;
    return `O = (W − ${name} + 2P)/S + 1\n  = ${value}\n  = ${Math.floor(room / S) + 1}`;
  }

  go(step, hidden) {
    this.step = Math.min(Math.max(Number(step), 0), this.steps - 1);
    this.hidden = hidden;
    this.draw();
  }

  next() {
    this.stop();
    if (this.hidden) this.go(this.step, false);
    else if (this.step < this.steps - 1) this.go(this.step + 1, this.predict);
  }

  back() {
    this.stop();
    if (this.predict && !this.hidden) this.go(this.step, true);
    else if (this.step > 0) this.go(this.step - 1, false);
  }

  togglePredict() {
    this.stop();
    this.predict = !this.predict;
    this.predict_.ariaPressed = String(this.predict);
    this.predict_.textContent = this.predict ? "✓ Predict first" : "Predict first";
    this.go(this.step, this.predict);
  }

  toggle() {
    if (this.playing) { this.stop(); return; }
    const from = this.step >= this.steps - 1 ? 0 : this.step;
    const begun = performance.now();
    let frames = 0;
    this.play_.textContent = "❚❚ Pause";
    const tick = (now) => {
      const step = this.stepAt(now - begun, from);
      frames += 1;
      if (step !== this.step || this.hidden) this.go(step, false);
      const seconds = (now - begun) / 1000;
      if (seconds > 0.2) this.root.dataset.fps = (frames / seconds).toFixed(1);
      if (step >= this.steps - 1) this.stop();
      else this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
  }

  // Three steps slowly, the rest of a row faster, everything else within two seconds.
  stepAt(elapsed, from) {
    if (elapsed < SLOW_STEPS * SLOW) return Math.min(from + Math.floor(elapsed / SLOW), this.steps - 1);
    const row = this.data.shape[1], second = from + SLOW_STEPS;
    elapsed -= SLOW_STEPS * SLOW;
    if (elapsed < ROW) return Math.min(second + Math.floor((elapsed / ROW) * row), this.steps - 1);
    const left = this.steps - second - row;
    const step = second + row + Math.floor(((elapsed - ROW) / REST) * Math.max(left, 1));
    return Math.min(step, this.steps - 1);
  }

  stop() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.play_.textContent = "▶ Play";
  }

  draw() {
    const d = this.data, k = this.step, [fr, fc] = d.filter.shape, D = d.size.D, columns = d.shape[1];
    const row = d.starts[2 * k], column = d.starts[2 * k + 1];
    this.input.box("frame", row, column, D * (fr - 1) + 1, D * (fc - 1) + 1);
    for (let p = 0; p < fr * fc; p += 1) {
      const v = d.products[k * fr * fc + p];
      if (this.hidden) this.products.set(p, signShade(this.colours, 0, 1), "?");
      else this.products.set(p, signShade(this.colours, v, this.largestProduct), number(v));
    }
    this.products.flush();
    this.drawOutput();
    this.output.box("frame", Math.floor(k / columns), k % columns, 1, 1);
    this.words();
    this.scrub.value = k + 1;
    this.scrub.ariaValueText = `step ${k + 1} of ${this.steps}`;
    this.count.textContent = `step ${k + 1} of ${this.steps}`;
    Object.assign(this.root.dataset, {
      step: k + 1, steps: this.steps, hidden: this.hidden, value: this.hidden ? "" : d.outputs[k],
    });
  }

  // Only what changed since the last step: 784 cells at 60 frames a second.
  drawOutput() {
    const k = this.step, last = this.drawn;
    const from = last < 0 ? 0 : Math.min(last, k), to = last < 0 ? this.steps - 1 : Math.max(last, k);
    const shade = this.data.relu ? inkShade : signShade;
    for (let n = from; n <= to; n += 1) {
      const v = this.data.outputs[n], known = n < k || (n === k && !this.hidden);
      if (known) this.output.set(n, shade(this.colours, v, this.largestOut), number(v));
      else this.output.set(n, rgb(this.colours.background), n === k ? "?" : "", "empty");
    }
    this.output.flush();
    this.drawn = k;
  }

  words() {
    const d = this.data, k = this.step, count = d.filter.length, [fr, fc] = d.filter.shape, D = d.size.D;
    const at = d.shape[0] > 1 ? `row ${Math.floor(k / d.shape[1]) + 1}, column ${k % d.shape[1] + 1}`
      : `cell ${k + 1}`;
    const start = `Step ${k + 1} of ${this.steps}: ${at}.`;
    if (this.hidden) {
      this.terms.textContent = "products, then their sum: which value stands in the cell marked ?";
      this.total.textContent = "= ?";
      this.rest.textContent = "";
      this.line.textContent = `${start} Which value is it?`;
      return;
    }
    const bracket = (v) => (v < 0 ? `(${number(v)})` : number(v));
    const term = (p) => {
      const row = d.starts[2 * k] + D * Math.floor(p / fc), column = d.starts[2 * k + 1] + D * (p % fc);
      return `${bracket(d.padded[row * d.padded.shape[1] + column])}×${bracket(d.filter[p])}`;
    };
    const some = Array.from({ length: count }, (_, p) => p).filter((p) => d.products[k * count + p] !== 0);
    this.terms.replaceChildren();
    for (let p = 0; p < count; p += 1) {
      const zero = d.products[k * count + p] === 0;
      if (count > 9 && zero) continue;
      if (this.terms.childNodes.length) this.terms.append(p % fc === 0 ? element("br") : "", " + ");
      this.terms.append(element(zero ? "s" : "span", { textContent: term(p) }));
    }
    const sum = number(d.sums[k]), bias = number(d.bias), out = number(d.outputs[k]);
    this.total.textContent = `= ${sum}`;
    this.rest.textContent = `+ bias ${bias} = ${number(d.biased[k])}${d.relu ? ` → ReLU → ${out}` : ""}`;
    const said = some.length ? some.map(term).join(" + ") : "all products are 0";
    const relu = d.relu ? `; ReLU leaves ${out}` : "";
    this.line.textContent = `${start} ${said}${some.length ? ` = ${sum}` : ""}; plus bias ${bias} is ${number(d.biased[k])}${relu}.`;
  }

  stageOnly() {
    const id = "convoscope-stage-only", old = document.getElementById(id);
    if (old) old.remove();
    else document.head.append(element("style", { id, textContent: HIDE }));
  }

  help() { this.keys.hidden = !this.keys.hidden; }

  key(event) {
    const target = event.composedPath()[0];
    const scrub = target === this.scrub;
    if (!scrub && isTyping(event)) return;
    if ([" ", "Enter"].includes(event.key) && target.matches?.("button, a, summary, [role=button], input")) return;
    const act = {
      ArrowRight: () => this.next(), PageDown: () => this.next(), " ": () => this.next(),
      ArrowLeft: () => this.back(), PageUp: () => this.back(),
      Home: () => { this.stop(); this.go(0, false); }, End: () => { this.stop(); this.go(this.steps - 1, false); },
      k: () => this.toggle(), f: () => this.stageOnly(), p: () => this.togglePredict(), "?": () => this.help(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) act();
    else if (/^[1-8]$/.test(event.key)) this.pick(Number(event.key));
    else return;
    event.preventDefault();
  }
}

function figure(name, grid, note = "", below = "") {
  return element("div", { className: "figure" },
    element("div", { className: "name", textContent: name }, element("small", { textContent: note })),
    grid.node, element("div", { className: "below", textContent: below }));
}
