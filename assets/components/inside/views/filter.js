// One filter or unit: its weights as numbers over its training, the pattern it prefers, the digits that excite it most.

const CAVEAT = "This is a picture that excites it most, not one it was trained on; others would do as well.";
const NUMBERED = 7;  // cells a side of the largest slice whose weights are written out

class FilterView extends InsideView {
  count = 0;  // slices of the filter
  rows = 0;
  columns = 0;

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
    const { stage, rows, columns } = this, narrow = stage.narrow, past = this.steps > 1;
    const box = (name, ...nodes) => el("div", { className: "figure" },
      el("div", { className: "name" }, ...[name].flat()), ...nodes);
    const high = narrow ? 150 : Math.max(Math.min(stage.room - 580, 240), 170);
    const tight = stage.width < 1400, before = (tight ? 0.46 : 0.62) * high, liked = tight ? Math.min(high - 60, 160)
      : high - 34;
    const parts = [], across = Math.ceil(Math.sqrt(this.count * 1.6));
    const small = Math.max(Math.min((high - 4) / Math.ceil(this.count / across) - 8, tight ? 42 : 60), 30);
    // What the other pictures leave of the row.
    const left = stage.width - (this.count > 1 ? across * (small + 14) : 0) - (past ? before + 30 : 0) - liked - (tight
      ? 220 : 270);
    if (this.count > 1) parts.push(this.channels(box, small, across));
    this.heading = el("span");
    if (Math.max(rows, columns) <= NUMBERED) {
      const wide = Math.max(Math.min(94, (narrow ? stage.width - 8 : Math.min(left, 460)) / columns), 30);
      this.table = new NumberTable(rows, columns, wide, Math.min(high / rows, 60), "weights", 28);
    } else {
      this.table = new MapPicture(rows, columns, high / rows, "weights");
      this.table.onHover((index) => this.point(index));
    }
    this.below = el("div", { className: "below number" });
    parts.push(box(this.heading, this.table.node, this.below));
    if (past) {
      this.before = new Mosaic([1, rows, columns], before, "before training");
      parts.push(box("before training", this.before.node));
    }
    parts.push(this.pattern(box, liked, tight ? 110 : 150));
    stage.row.replaceChildren(...parts);
    stage.sum.replaceChildren(this.digits());
    this.addLinks();
  }

  addLinks() {
    const d = this.data, { stage } = this, over = d.what.startsWith("test digit") ? "digit" : "picture";
    const slide = (text, what) => {
      const button = el("button",
        { textContent: text, onclick: () => stage.emit("slide", { channel: stage.channel + 1, over: what }) });
      stage.links.append(button);
    };
    stage.addLink(`All ${d.word}s`, { view: "filters" });
    stage.addLink("Path", { view: "path" });
    stage.addLink("Switch off", { view: "off" });
    if (d.canSlide && this.count > 1) slide("Slide this slice over its map", "map");
    if (d.canSlide) slide(`Slide it over this ${over}`, "input");
  }

  // All slices in small; a click shows one's numbers.
  channels(box, side, across) {
    const { count, rows, columns, stage } = this;
    this.tiles = Array.from({ length: count }, (_, c) => {
      const picture = new Mosaic([1, rows, columns], side, `slice ${c + 1}`);
      const node = el("button", { className: "slicetile drawn", ariaLabel: `slice ${c + 1} of ${count}`,
        onclick: () => {
        stage.channel = c;
        this.markChannel();
        stage.redraw();
      }, title: `slice ${c + 1}` }, picture.node);
      node.dataset.id = `slice-${c + 1}`;
      return { picture, node };
    });
    const tiles = el("div", { className: "slicetiles" }, ...this.tiles.map(({ node }) => node));
    tiles.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    return box([`${count} slices`, el("small", { textContent: "one for each map it reads" })], tiles);
  }

  markChannel() { this.tiles.forEach(({ node }, c) => { node.ariaPressed = String(c === this.stage.channel); }); }

  // What gradient ascent found, and how the map's answer rose on the way.
  pattern(box, side, w) {
    const found = this.data.pattern, name = "a pattern it prefers";
    if (!found) return box(name, el("div", { className: "pending", textContent: "looking …" }));
    const [rows, columns] = found.image.shape, h = side - 62;
    const picture = new MapPicture(rows, columns, side / Math.max(rows, columns), "preferred pattern");
    picture.draw(this.colours, inkShade, found.image, 1);
    const values = found.activations, last = values.at(-1), low = Math.min(...values), top = Math.max(...values);
    const at = (v, k) =>
      `${(k / (values.length - 1)) * (w - 8) + 4},${h - 6 - ((v - low) / (top - low || 1)) * (h - 12)}`;
    const curve = svgEl("svg", { width: w, height: h, role: "img", class: "rise",
      "aria-label": `rises from ${formatNumber(values[0])} to ${formatNumber(last)} in ${values.length - 1} steps` });
    curve.append(svgEl("polyline", { points: values.map(at).join(" "), fill: "none", stroke: this.colours.ink,
      "stroke-width": 3 }));
    const summary = el("div", { className: "rose" }, curve,
      el("div", { className: "number", textContent: `${formatNumber(values[0])} → ${formatNumber(last)}` }),
      el("small", { textContent: `in ${values.length - 1} steps` }));
    return el("div", { className: "figure patternbox" }, el("div", { className: "name", textContent: name }),
      el("div", { className: "risen" }, picture.node, summary),
      el("div", { className: "caveat", textContent: CAVEAT }));
  }

  // The test digits that excite it most, with the place that did; a click makes one the input.
  digits() {
    const found = this.data.digits, { stage } = this, narrow = stage.narrow;
    const of = found ? `of ${found.of.toLocaleString("en")} test ${this.data.noun}s; ` : "";
    const name = el("div", { className: "name" }, "excited most by",
      el("small", { textContent: `${of}a click makes one the input` }));
    if (!found) return el("div", { className: "figure" }, name,
      el("div", { className: "pending", textContent: "asking …" }));
    const count = found.numbers.length, side = narrow ? (stage.width - 4 * 12) / 5
      : Math.min(stage.width / count - 16, 118);
    const cards = found.numbers.map((index, k) => {
      const picture = new MapPicture(28, 28, side / 28, `test ${this.data.noun} ${index}`), field = found.fields[k];
      picture.draw(this.colours, inkShade, found.pixels.subarray(784 * k, 784 * (k + 1)), 255);
      if (field) picture.box("frame", field[0], field[2], field[1] - field[0] + 1, field[3] - field[2] + 1);
      const button = el("button", { className: "excited drawn", onclick: () => stage.emit("digit", index),
        ariaLabel: `test ${this.data.noun} ${index}, ${found.phrases[k]}: ${formatNumber(found.values[k])}; take it `
          + `as the input` },
      picture.node, el("span", { className: "number", textContent: formatNumber(found.values[k]) }));
      button.dataset.id = `excited-${k}`;
      button.dataset.digit = index;
      return button;
    });
    return el("div", { className: "figure" }, name, el("div", { className: "excitedones" }, ...cards));
  }

  slice(step) {
    const size = this.rows * this.columns, start = (step * this.count + this.stage.channel) * size;
    return this.data.slices.subarray(start, start + size);
  }

  point(index) {
    const d = this.data, step = this.stage.step;
    this.below.textContent = index < 0 ? `b = ${formatNumber(d.biases[step])}`
      : `row ${Math.floor(index / this.columns) + 1}, column ${(index % this.columns) + 1}: `
      + `${signed(this.slice(step)[index])}`;
  }

  draw(step) {
    const { colours, largest, stage } = this, values = this.slice(step), size = values.length;
    if (this.table instanceof NumberTable) this.table.fill(colours, signShade, values, largest, { plus: true });
    else this.table.draw(colours, signShade, values, largest);
    this.point(-1);
    this.before?.draw(colours, this.slice(0), largest);
    this.heading.textContent = this.count > 1 ? `weights of slice ${stage.channel + 1}` : "weights";
    this.tiles?.forEach(({ picture }, c) => {
      const start = (step * this.count + c) * size;
      picture.draw(colours, this.data.slices.subarray(start, start + size), largest);
    });
    if (this.tiles) this.markChannel();
    Object.assign(stage.root.dataset, { learned: this.data.steps[step], channel: stage.channel + 1,
      map: this.data.map });
  }

  sentence(step) {
    return `${afterSteps(this.data, step)}: ${this.what}, bias ${formatNumber(this.data.biases[step])}.`;
  }
}
