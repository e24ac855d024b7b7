// One filter or unit: its weights as numbers over its training, the pattern it prefers, the digits that excite it most.

const CAVEAT = "This is a picture that excites it most, not one it was trained on; others would do as well.";
const NUMBERED = 7;  // cells a side of the largest slice whose weights are written out

class FilterView extends View {
  constructor(stage, data) {
    super(stage, data);
    this.steps = data.steps.length;
    this.largest = largestOf(data.slices);
    [, this.count, this.rows, this.columns] = data.slices.shape;
    if (!(stage.channel < this.count) || stage.of !== data.source) stage.channel = data.strongest;
    stage.of = data.source;
  }

  get what() { return `${this.data.word} ${this.data.map} of ${this.data.name}`; }

  caption() { return `${this.what} · ${this.data.what}`; }

  build() {
    const d = this.data, { stage, rows, columns } = this, narrow = stage.narrow, past = this.steps > 1;
    const box = (name, ...nodes) => element("div", { className: "figure" }, element("div", { className: "name" }, ...[name].flat()), ...nodes);
    const high = narrow ? 150 : Math.max(Math.min(stage.room - 580, 240), 170);
    const tight = stage.width < 1400, before = (tight ? 0.46 : 0.62) * high, liked = tight ? Math.min(high - 60, 160) : high - 34;
    const parts = [], across = Math.ceil(Math.sqrt(this.count * 1.6));
    const small = Math.max(Math.min((high - 4) / Math.ceil(this.count / across) - 8, tight ? 42 : 60), 30);
    // What the other pictures leave of the row.
    const left = stage.width - (this.count > 1 ? across * (small + 14) : 0) - (past ? before + 30 : 0) - liked - (tight ? 220 : 270);
    if (this.count > 1) parts.push(this.channels(box, small, across));
    this.heading = element("span");
    if (Math.max(rows, columns) <= NUMBERED) {
      const wide = Math.max(Math.min(94, (narrow ? stage.width - 8 : Math.min(left, 460)) / columns), 30);
      this.table = new Numbers(rows, columns, wide, Math.min(high / rows, 60), "weights", 28);
    } else {
      this.table = new Picture(rows, columns, high / rows, "weights");
      this.table.onHover((index) => this.point(index));
    }
    this.below = element("div", { className: "below number" });
    parts.push(box(this.heading, this.table.node, this.below));
    if (past) {
      this.before = new Mosaic([1, rows, columns], before, "before training");
      parts.push(box("before training", this.before.node));
    }
    parts.push(this.pattern(box, liked, tight ? 110 : 150));
    stage.row.replaceChildren(...parts);
    stage.sum.replaceChildren(this.digits());
    this.ways();
  }

  ways() {
    const d = this.data, { stage } = this, over = d.what.startsWith("test digit") ? "digit" : "picture";
    const slide = (text, what) => {
      const button = element("button", { textContent: text, onclick: () => stage.tell("slide", { channel: stage.channel + 1, over: what }) });
      stage.ways.append(button);
    };
    stage.way(`All ${d.word}s`, { view: "filters" });
    stage.way("Path", { view: "path" });
    stage.way("Switch off", { view: "off" });
    if (d.canSlide && this.count > 1) slide("Slide this slice over its map", "map");
    if (d.canSlide) slide(`Slide it over this ${over}`, "input");
  }

  // All slices in small; a click shows one's numbers.
  channels(box, side, across) {
    const { count, rows, columns, stage } = this;
    this.tiles = Array.from({ length: count }, (_, c) => {
      const picture = new Mosaic([1, rows, columns], side, `slice ${c + 1}`);
      const node = element("button", { className: "slicetile drawn", ariaLabel: `slice ${c + 1} of ${count}`, onclick: () => {
        stage.channel = c;
        this.ways_();
        stage.redraw();
      }, title: `slice ${c + 1}` }, picture.node);
      node.dataset.id = `slice-${c + 1}`;
      return { picture, node };
    });
    const tiles = element("div", { className: "slicetiles" }, ...this.tiles.map(({ node }) => node));
    tiles.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    return box([`${count} slices`, element("small", { textContent: "one for each map it reads" })], tiles);
  }

  ways_() { this.tiles.forEach(({ node }, c) => { node.ariaPressed = String(c === this.stage.channel); }); }

  // What gradient ascent found, and how the map's answer rose on the way.
  pattern(box, side, w) {
    const found = this.data.pattern, name = "a pattern it prefers";
    if (!found) return box(name, element("div", { className: "pending", textContent: "looking …" }));
    const [rows, columns] = found.image.shape, h = side - 62;
    const picture = new Picture(rows, columns, side / Math.max(rows, columns), "preferred pattern");
    picture.draw(this.colours, inkShade, found.image, 1);
    const values = found.activations, last = values.at(-1), low = Math.min(...values), top = Math.max(...values);
    const at = (v, k) => `${(k / (values.length - 1)) * (w - 8) + 4},${h - 6 - ((v - low) / (top - low || 1)) * (h - 12)}`;
    const curve = svg("svg", { width: w, height: h, role: "img", class: "rise",
      "aria-label": `rises from ${number(values[0])} to ${number(last)} in ${values.length - 1} steps` });
    curve.append(svg("polyline", { points: values.map(at).join(" "), fill: "none", stroke: this.colours.ink, "stroke-width": 3 }));
    const told = element("div", { className: "rose" }, curve, element("div", { className: "number", textContent: `${number(values[0])} → ${number(last)}` }),
      element("small", { textContent: `in ${values.length - 1} steps` }));
    return element("div", { className: "figure patternbox" }, element("div", { className: "name", textContent: name }),
      element("div", { className: "risen" }, picture.node, told), element("div", { className: "caveat", textContent: CAVEAT }));
  }

  // The test digits that excite it most, with the place that did; a click makes one the input.
  digits() {
    const found = this.data.digits, { stage } = this, narrow = stage.narrow;
    const of = found ? `of ${found.of.toLocaleString("en")} test digits; ` : "";
    const name = element("div", { className: "name" }, "excited most by", element("small", { textContent: `${of}a click makes one the input` }));
    if (!found) return element("div", { className: "figure" }, name, element("div", { className: "pending", textContent: "asking …" }));
    const count = found.numbers.length, side = narrow ? (stage.width - 4 * 12) / 5 : Math.min(stage.width / count - 16, 118);
    const cards = found.numbers.map((number_, k) => {
      const picture = new Picture(28, 28, side / 28, `test digit ${number_}`), field = found.fields[k];
      picture.draw(this.colours, inkShade, found.pixels.subarray(784 * k, 784 * (k + 1)), 255);
      if (field) picture.box("frame", field[0], field[2], field[1] - field[0] + 1, field[3] - field[2] + 1);
      const button = element("button", { className: "excited drawn", onclick: () => stage.tell("digit", number_),
        ariaLabel: `test digit ${number_}, a ${found.labels[k]}: ${number(found.values[k])}; take it as the input` },
      picture.node, element("span", { className: "number", textContent: number(found.values[k]) }));
      button.dataset.id = `excited-${k}`;
      button.dataset.digit = number_;
      return button;
    });
    return element("div", { className: "figure" }, name, element("div", { className: "excitedones" }, ...cards));
  }

  slice(step) {
    const size = this.rows * this.columns, start = (step * this.count + this.stage.channel) * size;
    return this.data.slices.subarray(start, start + size);
  }

  point(index) {
    const d = this.data, step = this.stage.step;
    this.below.textContent = index < 0 ? `b = ${number(d.biases[step])}`
      : `row ${Math.floor(index / this.columns) + 1}, column ${(index % this.columns) + 1}: ${signed(this.slice(step)[index])}`;
  }

  draw(step) {
    const { colours, largest, stage } = this, values = this.slice(step), size = values.length;
    if (this.table instanceof Numbers) this.table.fill(colours, signShade, values, largest, { plus: true });
    else this.table.draw(colours, signShade, values, largest);
    this.point(-1);
    this.before?.draw(colours, this.slice(0), largest);
    this.heading.textContent = this.count > 1 ? `weights of slice ${stage.channel + 1}` : "weights";
    this.tiles?.forEach(({ picture }, c) => {
      const start = (step * this.count + c) * size;
      picture.draw(colours, this.data.slices.subarray(start, start + size), largest);
    });
    if (this.tiles) this.ways_();
    Object.assign(stage.root.dataset, { learned: this.data.steps[step], channel: stage.channel + 1, map: this.data.map });
  }

  sentence(step) { return `${afterSteps(this.data, step)}: ${this.what}, bias ${number(this.data.biases[step])}.`; }
}
