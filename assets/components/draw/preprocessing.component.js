// What the network sees of a drawing: stages in a row, of which some can be switched off; the answers of all of them
// and of those that are on, as pairs of bars. Live while one draws; the nodes stay, so nothing flickers.

const sights = new WeakMap();
const SIDE = 28;
const TITLES = ["as drawn", "its box", "", "", ""];  // the others are switches

export default function ({ data, parentElement, setTriggerValue }) {
  let sight = sights.get(parentElement);
  if (!sight) {
    sight = new Preprocessing(parentElement.querySelector(".root"));
    sights.set(parentElement, sight);
  }
  sight.emit = setTriggerValue;
  sight.show(data);
  sight.listen();
  return cleanupOf(sight);
}

class Preprocessing {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("sees");
    this.figures = TITLES.map((title, k) => this.figure(title, k));
    this.numbers = el("div", { className: "numbers number", role: "img" });
    const last = el("div", { className: "stagefigure" },
      el("div", { className: "title", textContent: "numbers, ink high" }), this.numbers);
    this.row = el("div", { className: "stagerow" });
    [...this.figures.map((each) => each.node), last].forEach((node, k) => {
      if (k) node.prepend(el("span", { className: "to", textContent: "→", ariaHidden: "true" }));
      this.row.append(node);
    });
    this.statusText = el("div", { className: "said" });
    this.statusText.setAttribute("aria-live", "polite");
    this.chart = el("div", { className: "chart" });
    root.append(this.row, this.statusText, this.chart);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => setTimeout(() => this.draw(), 50);
    this.look();
  }

  listen() { this.scheme.addEventListener("change", this.onScheme); }

  leave() { this.scheme.removeEventListener("change", this.onScheme); }

  figure(title, k) {
    const canvas = el("canvas", { width: SIDE, height: SIDE, role: "img" });
    const marks = svgEl("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
    const head = title ? el("div", { className: "title", textContent: title })
      : el("button", { className: "title", onclick: () => this.emit("switch", this.data.switches[k - 2].name) });
    return { canvas, marks, head, node: el("div", { className: "stagefigure" }, head,
      el("div", { className: "picture" }, canvas, marks)) };
  }

  // The numbers that are shown are chosen on the last picture, by pointer or arrow keys.
  look() {
    const { canvas } = this.figures[4];
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.addEventListener("pointermove", (event) => {
      const area = canvas.getBoundingClientRect();
      this.choose((SIDE * (event.clientY - area.top)) / area.height, (SIDE * (event.clientX - area.left)) / area.width);
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!step || !this.at) return;
      this.choose(...this.at.map((value, axis) => value + step[axis] + this.data.patch / 2));
      event.preventDefault();
      event.stopPropagation();
    });
  }

  choose(row, column) {
    if (!this.images) return;
    const n = this.data.patch;
    this.at = [row, column].map((value) => Math.min(Math.max(Math.round(value - n / 2), 0), SIDE - n));
    this.chosen = true;
    this.draw();
  }

  show(data) {
    this.data = data;
    this.images = data.pictures ? unpack(data.pictures) : null;
    if (data.busiest && !(this.chosen && this.at)) this.at = data.busiest;
    this.draw();
  }

  draw() {
    const { switches, corners, box, mass } = this.data, colours = paletteOf(this.root);
    if (this.inked !== colours) {  // what a pixel holds for each amount of ink
      this.inked = colours;
      const shades = Array.from({ length: 256 }, (_, ink) => [...inkShade(colours, ink, 255), 255]);
      this.dots = new Uint32Array(new Uint8ClampedArray(shades.flat()).buffer);
    }
    this.figures.forEach(({ canvas, head }, k) => {
      const pen = canvas.getContext("2d"), pixels = pen.createImageData(SIDE, SIDE);
      const values = this.images?.subarray(k * SIDE * SIDE, (k + 1) * SIDE * SIDE);
      const dots = new Uint32Array(pixels.data.buffer);
      for (let at = 0; at < SIDE * SIDE; at += 1) dots[at] = this.dots[values ? values[at] : 0];
      pen.putImageData(pixels, 0, 0);
      const way = switches[k - 2];
      if (way) {
        head.textContent = `${way.on ? "✓ " : ""}${way.said}`;
        head.ariaPressed = String(way.on);
        head.title = way.on ? "Switch off" : "Switch on";
      }
      canvas.ariaLabel = way ? `${way.said}${way.on ? "" : ", off"}` : head.textContent;
    });
    this.figures[4].canvas.ariaLabel += ": arrow keys choose the numbers";
    const ways = Object.fromEntries(switches.map((way) => [way.name, way.on]));
    const show = Boolean(this.images);
    this.mark(1, show && [frame(corners)]);
    this.mark(2, show && [ways.box ? frame(box) : ""]);
    this.mark(3, show && [...cross(), spot(mass[0])]);
    this.mark(4, show && [...cross(), spot(mass[1]), this.at ? patch(this.at, this.data.patch) : ""]);
    this.drawNumbers(colours);
    this.drawAnswers();
  }

  mark(k, marks) { this.figures[k].marks.replaceChildren(...(marks || []).filter(Boolean)); }

  drawNumbers(colours) {
    if (!this.images || !this.at) { this.numbers.replaceChildren(); return; }
    const n = this.data.patch, [top, left] = this.at, texts = [];
    while (this.numbers.children.length < n * n) this.numbers.append(el("span"));
    [...this.numbers.children].forEach((cell, k) => {
      const ink = this.images[4 * SIDE * SIDE + (top + Math.floor(k / n)) * SIDE + left + (k % n)];
      const shade = inkShade(colours, ink, 255);
      texts.push(cell.textContent = String(ink));
      Object.assign(cell.style, { background: toCss(shade), color: textOn(shade) });
    });
    this.numbers.ariaLabel = `rows ${top + 1} to ${top + n}, columns ${left + 1} to ${left + n}: ${texts.join(", ")}`;
  }

  drawAnswers() {
    const { all, now, off, sentence, shown } = this.data;
    const line = (name, answer) => `${name}: ${answer.sure ? "" : "unsure, "}${answer.names[answer.label]}, `
      + percent(answer.probabilities[answer.label]);
    this.root.dataset.all = all ? all.names[all.label] : "";
    this.root.dataset.now = now ? now.names[now.label] : "";
    if (!all) {
      this.statusText.textContent = sentence;
      this.chart.replaceChildren();
      return;
    }
    const swatch = () => el("span", { className: "swatch" });
    const lines = [el("div", { className: "whole" }, swatch(), line("All stages", all)), off.length
      ? el("div", { className: "part" }, swatch(), line(`Without ${off.join(", ")}`, now))
      : el("div", { className: "part", textContent: "Switch a stage off: does the answer survive?" })];
    if (this.statusText.textContent !== lines.map((each) => each.textContent).join(""))
      this.statusText.replaceChildren(...lines);
    this.chart.classList.toggle("named", all.names.some((name) => name.length > 2));
    while (this.chart.children.length > shown.length) this.chart.lastChild.remove();
    while (this.chart.children.length < shown.length) this.chart.append(this.pair());
    shown.forEach((k, place) => {
      const node = this.chart.children[place], [bars, name] = node.children;
      node.dataset.digit = name.textContent = name.title = all.names[k];
      [all, off.length ? now : null].forEach((answer, which) => {
        const bar = bars.children[which];
        bar.hidden = !answer;
        if (!answer) return;
        bar.style.height = `${100 * answer.probabilities[k]}%`;
        bar.dataset.share = answer.probabilities[k].toFixed(4);
        bar.title = percent(answer.probabilities[k]);
      });
      name.classList.toggle("best", k === now.label);
    });
  }

  pair() {
    return el("div", { className: "pair" },
      el("div", { className: "bars" }, el("div", { className: "whole" }), el("div", { className: "part" })),
      el("div", { className: "name" }));
  }
}

function frame([left, top, right, bottom], kind = "frame") {
  return svgEl("rect", { x: left, y: top, width: Math.max(right - left, 0), height: Math.max(bottom - top, 0),
    class: kind });
}

function patch([row, column], n) { return frame([column, row, column + n, row + n], "window"); }

function cross() {
  return [svgEl("path", { d: `M ${SIDE / 2} 0 V ${SIDE} M 0 ${SIDE / 2} H ${SIDE}`, class: "middle" })];
}

function spot([x, y]) { return svgEl("circle", { cx: x, cy: y, r: 1.1, class: "spot" }); }
