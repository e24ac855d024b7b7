// uses scatter_plot.js
// The test digits as a map: each digit's own numeral at its place, one class or the wrong ones emphasised; pointing at
// one shows its picture. What does not move is painted once; the moving points lie on a canvas of their own.
// The drawing's and the input's places come with the drawing canvas beside the map (MOUNTED.points).

const digitMaps = new WeakMap();
const NEAR = 16, ALL = "all", WRONG = "wrong", TRAIL = 24;

export default function ({ data, parentElement, setTriggerValue }) {
  let map = digitMaps.get(parentElement);
  if (!map) {
    map = new DigitMap(parentElement.querySelector(".root"));
    digitMaps.set(parentElement, map);
  }
  map.emit = setTriggerValue;
  map.show(data);
  return cleanupOf(map);
}

class DigitMap {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    this.chosen = ALL;
    this.at = null;
    this.trail = [];
    root.classList.add("digitmap");
    const button = (text, label, act) => el("button", { textContent: text, ariaLabel: label, onclick: act });
    this.caption = el("span");
    this.classes = el("div", { className: "classes", role: "group", ariaLabel: "What is emphasised" });
    this.view = new ScatterPlot(() => this.paint());
    this.still = this.view.still;
    this.moving = this.view.moving;
    this.tip = el("div", { className: "tip", hidden: true }, this.picture = el("canvas", { width: 28, height: 28 }),
      this.tipWords = el("div"));
    this.line = el("div", { className: "line" });
    this.line.setAttribute("aria-live", "polite");
    this.area = el("div", { className: "area" }, this.still, this.moving, this.tip);
    const tools = el("div", { className: "tools" }, this.classes,
      button("−", "Zoom out", () => this.view.zoom(1 / 1.6)),
      button("+", "Zoom in", () => this.view.zoom(1.6)), button("Whole", "The whole map", () => this.view.reset()),
      button("PNG", "Save this map as PNG", () => this.save()));
    root.append(el("div", { className: "head" }, this.title = el("h2"), this.caption),
      tools, this.area, this.line);
    this.moving.addEventListener("pointermove", (event) => {
      if (!this.view.dragged) this.point(this.nearest(event));
    });
    this.moving.addEventListener("pointerleave", () => this.point(null));
    this.moving.addEventListener("click", (event) => this.click(event));
    this.moving.addEventListener("keydown", (event) => this.walk(event));
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.paint());
    this.onPoints = () => this.move();
    this.onKey = (event) => {
      if (isTyping(event) || shortcutOf(event) !== "f") return;
      stageOnly();
      event.preventDefault();
    };
    this.resize = new ResizeObserver(() => this.data && this.view.size(this.area.clientWidth) && this.paint());
  }

  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("convoscope-points", this.onPoints);
    document.removeEventListener("keydown", this.onKey);
    this.resize.disconnect();
    stageOnly(false);
  }

  show(data) {
    if (data.key !== this.data?.key) {
      this.data = { ...data };
      for (const name of ["places", "classes", "answers", "wrong", "shares", "numbers"])
        this.data[name] = unpack(data[name]);
      this.pictures = null;
      this.load(data);
      this.view.bounds(this.data.places);
      this.trail = [];
      this.chosen = ALL;
      this.at = null;
      this.buttons();
    }
    const d = this.data, part = (share) => `${Math.round(100 * share)} %`;
    this.title.textContent = `Map of the ${d.noun}s`;
    this.view.describe(d.noun);
    this.caption.textContent = `${d.places.shape[0].toLocaleString("en")} test ${d.noun}s where the last hidden layer `
      + `puts them. `
      + `These two axes hold ${part(d.held[0])} + ${part(d.held[1])} of the variance of its `
      + `${d.features.toLocaleString("en")} values`
      + (d.from < d.places.shape[0] ? ` (axes from ${d.from.toLocaleString("en")} ${d.noun}s)` : "")
      + ": what lies apart here lies apart there, what lies close need not.";
    document.addEventListener("convoscope-points", this.onPoints);
    document.addEventListener("keydown", this.onKey);
    this.theme.addEventListener("change", this.onTheme);
    this.resize.observe(this.area);
    this.view.size(this.area.clientWidth);
    this.paint();
  }

  // 4 bits a pixel, packed by zlib: a quarter of what the plain bytes would weigh.
  async load(data) {
    const stream = new Blob([unpack(data.pictures)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const pictures = new Uint8Array(await new Response(stream).arrayBuffer());
    if (this.data.key === data.key) this.pictures = pictures;
  }

  buttons() {
    const d = this.data, button = (text, value, label) => {
      const node = el("button", { textContent: text, ariaLabel: label });
      node.addEventListener("click", () => { this.chosen = value; this.paint(); });
      node.classIndex = value;
      return node;
    };
    this.classes.replaceChildren(button("All", ALL, "All classes alike"),
      ...d.names.map((name, k) => button(d.marks[k] === name ? name : `${d.marks[k]} ${name}`, k, `Emphasise ${name}`)),
      button("Wrong", WRONG, "Emphasise the wrongly answered"));
  }

  emphasised(n) {
    if (this.chosen === ALL) return true;
    return this.chosen === WRONG ? Boolean(this.data.wrong[n]) : this.data.classes[n] === this.chosen;
  }

  paint() {
    const d = this.data, colours = paletteOf(this.root);
    for (const node of this.classes.children) node.ariaPressed = String(node.classIndex === this.chosen);
    const faint = toCss(mix(colours.background, colours.ink, 0.3)),
      plain = toCss(mix(colours.background, colours.ink, 0.62));
    this.view.paint(colours.background, [
      { colour: this.chosen === ALL ? plain : faint, size: 12 * this.view.closer, weight: 400,
        of: (n) => this.chosen === ALL || !this.emphasised(n) },
      { colour: colours.ink, size: 17 * this.view.closer, weight: 700, of: (n) => this.chosen !== ALL
        && this.emphasised(n) },
    ], d.places, d.classes, d.marks);
    if (this.chosen === ALL) this.view.names(d.centres, d.marks, colours);
    this.move(false);
    Object.assign(this.root.dataset, { chosen: this.chosen, digits: d.places.shape[0] });
  }

  // The moving points: where the drawing is now, and where it came from; the input; what is pointed at.
  move(fresh = true) {
    const d = this.data, points = MOUNTED.points?.map === d.key ? MOUNTED.points : {}, colours = paletteOf(this.root);
    if (fresh && points.drawing) this.trail = [...this.trail, points.drawing].slice(-TRAIL);
    if (!points.drawing) this.trail = [];
    this.view.clear();
    this.view.trail(this.trail, colours);
    const higher = points.input && points.drawing && points.input[1] > points.drawing[1];  // its name is above it
    if (points.input) this.view.ring(points.input, points.what, colours, 2, higher ? -34 : 34);
    if (points.drawing) this.view.ring(points.drawing, "my drawing", colours, 5, higher ? 30 : -30);
    if (this.at !== null) this.view.ring([d.places[2 * this.at], d.places[2 * this.at + 1]], "", colours, 3);
    this.root.dataset.drawing = points.drawing ? points.drawing.map((v) => v.toFixed(4)).join() : "";
    this.root.dataset.input = points.input ? points.input.map((v) => v.toFixed(4)).join() : "";
  }

  // The digit nearest to the pointer, emphasised ones first; null where there is none near.
  nearest(event) {
    const area = this.moving.getBoundingClientRect(), d = this.data;
    const x = event.clientX - area.left, y = event.clientY - area.top;
    let best = null, least = NEAR ** 2;
    for (let n = 0; n < d.classes.length; n += 1) {
      if (!this.emphasised(n)) continue;
      const [px, py] = this.view.place(d.places[2 * n], d.places[2 * n + 1]);
      const far = (px - x) ** 2 + (py - y) ** 2;
      if (far < least) { least = far; best = n; }
    }
    return best;
  }

  point(n) {
    if (n === this.at) return;
    this.at = n;
    this.tip.hidden = n === null;
    this.moving.style.cursor = n === null ? "grab" : "pointer";
    if (n !== null) {
      const d = this.data, [x, y] = this.view.place(d.places[2 * n], d.places[2 * n + 1]);
      this.tipWords.textContent = this.words(n);
      this.line.textContent = `Test ${d.noun} ${d.numbers[n].toLocaleString("en")}: ${this.words(n)}. A click opens `
        + `its path.`;
      const colours = paletteOf(this.root);
      this.picture.painted = null;
      if (this.pictures) {
        paint(this.picture, 28, 28,
          (k) => inkShade(colours, (this.pictures[392 * n + (k >> 1)] >> (k & 1 ? 0 : 4)) & 15, 15), n);
      }
      const wide = this.area.clientWidth, left = x > wide / 2;
      Object.assign(this.tip.style, { left: left ? "" : `${x + 22}px`, right: left ? `${wide - x + 22}px` : "",
        top: `${Math.min(Math.max(y - 70, 0), this.area.clientHeight - 150)}px` });
    }
    this.move(false);
  }

  words(n) {
    const d = this.data, is = d.names[d.classes[n]], was = d.names[d.answers[n]];
    return d.wrong[n] ? `${is}, answered ${was}, ${percent(d.shares[n])}` : `${is}, ${percent(d.shares[n])}`;
  }

  click(event) {
    if (this.view.dragged) return;
    const n = this.nearest(event);
    const first = event.pointerType === "touch" && n !== this.tapped;  // a finger cannot hover: the first tap shows
    this.tapped = n;
    if (first) this.point(n);
    else if (n !== null) this.emit("digit", this.data.numbers[n]);
  }

  // Arrow keys go to the nearest digit in that direction, Enter opens it.
  walk(event) {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key],
      d = this.data;
    if (event.key === "Enter" && this.at !== null) this.emit("digit", d.numbers[this.at]);
    else if (["+", "-"].includes(shortcutOf(event))) this.view.zoom(shortcutOf(event) === "+" ? 1.6 : 1 / 1.6);
    else if (step) this.point(this.towards(step));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  towards([dx, dy]) {
    const d = this.data, here = this.at === null ? [this.area.clientWidth / 2, this.area.clientHeight / 2]
      : this.view.place(d.places[2 * this.at], d.places[2 * this.at + 1]);
    let best = this.at, least = Infinity;
    for (let n = 0; n < d.classes.length; n += 1) {
      if (n === this.at || !this.emphasised(n)) continue;
      const [x, y] = this.view.place(d.places[2 * n], d.places[2 * n + 1]);
      const along = (x - here[0]) * dx + (y - here[1]) * dy, aside = Math.abs((x - here[0]) * dy + (y - here[1]) * dx);
      if (along > 3 && aside <= along && along + 2 * aside < least) { least = along + 2 * aside; best = n; }
    }
    return best;
  }

  save() {
    const sheet = el("canvas", { width: this.still.width, height: this.still.height }), pen = sheet.getContext("2d");
    pen.drawImage(this.still, 0, 0);
    pen.drawImage(this.moving, 0, 0);
    const link = el("a", { href: sheet.toDataURL("image/png"), download: `map-of-the-${this.data.noun}s.png` });
    link.click();
  }
}
