// uses grid.js guess.js stage.js image_view.js
// A picture before and after one or two filters. A pixel, under the pointer or walked to by arrow keys,
// shows its patch, the weights, the products and what the convolution gave there. A step is a pixel of a map.

const LENS = 216, LARGE = 300;   // pixels a side of patch, filter and products; beyond 3 × 3 they need more
const REST_OF_STAGE = 515;       // pixels of height that all but the pictures take
const GUESS = 64;                // a row of options
const CHANNELS = ["red", "green", "blue"];

class PicturesStage extends Stage {
  constructor(shadow) {
    super(shadow);
    this.root.classList.add("pictures");
    this.map = this.channel = this.pin = 0;
    this.scrub.hidden = true;  // a slider over 65,536 pixels leads nowhere
    this.here = el("button", { textContent: "Animate here", onclick: () => this.emit("animate", this.place()) });
    this.channels = el("span", { className: "channels" });
    this.playButton.before(this.here, this.channels);
  }

  read(data) {
    const read = { ...data, input: unpack(data.input) };
    read.maps = data.maps.map((map) => ({ ...map, values: unpack(map.values), filter: unpack(map.filter) }));
    if (this.scene !== this.seen || this.map >= read.maps.length) {
      this.map = Math.min(data.map || 0, read.maps.length - 1);
      this.channel = 0;
      this.pin = (data.step || 1) - 1;
    }
    this.seen = this.scene;
    this.countSteps(read);
    return read;
  }

  countSteps(data = this.data) {
    const [rows, columns] = data.maps[this.map].values.shape;
    this.steps = rows * columns;
  }

  rowLength() { return this.data.maps[this.map].values.shape[1]; }

  // Row and column, counted from 0, of a step of the current map.
  spot(step = this.step) { return [Math.floor(step / this.rowLength()), step % this.rowLength()]; }

  // What Python receives for the pixel: rows and columns counted from 1.
  place() {
    const [row, column] = this.spot(this.pin);
    return { map: this.map, row: row + 1, column: column + 1, channel: this.channel };
  }

  biased(map, row, column) {
    const [, columns, channels] = map.values.shape;
    return map.values[(row * columns + column) * channels + this.channel] / map.per;
  }

  output(map, row, column) {
    const value = this.biased(map, row, column);
    return map.relu && value < 0 ? 0 : value;
  }

  value() {
    const [row, column] = this.spot();
    return this.output(this.data.maps[this.map], row, column);
  }

  // What a filter reads at (row, column); null in the padding.
  cell(source, row, column) {
    const [rows, columns, channels] = source ? this.data.maps[source - 1].values.shape : this.data.input.shape;
    if (row < 0 || column < 0 || row >= rows || column >= columns) return null;
    if (source) return this.output(this.data.maps[source - 1], row, column);
    return this.data.input[(row * columns + column) * channels + this.channel] / 255;
  }

  options() { return shuffled(this.data.guess ?? [], this.data.caption.length); }

  // The lecture's strip asks its own question; options in words leave no number to type.
  go(step, hidden) {
    super.go(step, hidden);
    if (hidden && MOUNTED.lecture?.data.options.length) this.guess.close();
    else if (this.guess.open && this.options().length) Object.assign(this.guess, { typing: false }).render();
  }

  togglePredict() {
    super.togglePredict();
    this.rebuild();
  }

  begin(scene) {
    super.begin(scene);
    this.pin = this.step;
  }

  // Only the first reveal hides anything here: the pixels beyond are seen with the map.
  walk(forward) {
    const predict = this.predict;
    if (forward && !this.hidden) this.predict = false;
    const went = super.walk(forward);
    this.predict = predict;
    this.pin = this.step;
    return went;
  }

  build() {
    const d = this.data, [rows, columns] = d.input.shape, size = d.maps[this.map].filter.shape[0];
    const room = this.room(d.maps.length + 1);
    const layout = JSON.stringify([room, this.width, d.scene, d.input.shape, d.maps.map((map) => map.values.shape)]);
    if (layout !== this.layout) {
      this.layout = layout;
      const target = () => (this.data.layout === "beside" ? this.map : 0);
      this.input = this.view(new ImageView(rows, columns, room, "Input"), target);
      this.outputs = d.maps.map((map, k) => {
        const [height, width] = map.values.shape;
        return this.view(new ImageView(height, width, room, d.maps.length > 1 ? `Map ${"AB"[k]}` : "Map"), () => k);
      });
      this.figures = [figure("Input", this.input, `${rows} × ${columns}`),
        ...this.outputs.map((view) => figure("", view))];
      [this.input, ...this.outputs].forEach((view, k) => {
        this.figures[k].lastChild.style.maxWidth = `${Math.max(view.columns * view.scale, 170)}px`;
      });
      this.row.replaceChildren(...this.figures);
      this.panes = null;
    }
    const channels = d.input.shape[2] > 1 ? "; each channel by itself" : "";
    this.head.replaceChildren(el("h2", { textContent: d.title }),
      el("span", { textContent: d.caption + channels }));
    this.figures.slice(1).forEach((node, k) => {
      const map = d.maps[k], [height, width] = map.values.shape;
      node.firstChild.replaceChildren(`${d.maps.length > 1 ? "AB"[k] + ": " : ""}${map.name}`,
        el("small", { textContent: `${height} × ${width}${map.source ? " of A" : ""}` }));
      node.lastChild.replaceChildren(this.legend(map));
    });
    this.figures[0].lastChild.replaceChildren(this.inputLegend());
    this.lens(size);
    this.paint();
    this.channels.replaceChildren(...(d.input.shape[2] < 3 ? [] : CHANNELS.map((name, k) => {
      const button = el("button", { textContent: name, onclick: () => { this.channel = k; this.rebuild(); } });
      button.setAttribute("aria-pressed", String(k === this.channel));
      return button;
    })));
  }

  lensSide() { return Math.max(...this.data.maps.map((map) => map.filter.shape[0])) > 3 ? LARGE : LENS; }

  // Width and height for each picture: all beside each other, and the lens below on the same screen.
  room(count) {
    if (this.width < 700) return count > 2 ? [240, 240] : [Math.min(this.width - 12, 320), 320];
    const left = innerHeight - Math.max(this.root.getBoundingClientRect().top, 0) - REST_OF_STAGE
      - (this.lensSide() - LENS) - (this.predict ? (this.data.guess ? 2 : 1) * GUESS : 0);
    return [(this.width - 26 * count) / count, Math.min(Math.max(left, 220), 460)];
  }

  // target() says which map a pixel of this picture belongs to.
  view(view, target) {
    const canvas = view.canvas, go = ([row, column]) => this.point(target(), row, column);
    canvas.addEventListener("pointermove", (event) => { this.stop(); go(view.at(event)); });
    canvas.addEventListener("pointerdown", (event) => { this.stop(); go(view.at(event)); });
    canvas.addEventListener("pointerleave", () => { if (!this.playing) this.go(this.pin, this.hidden); });
    canvas.addEventListener("click", (event) => { go(view.at(event)); this.keep(); });
    canvas.addEventListener("keydown", (event) => {
      const by = event.shiftKey ? 10 : 1;
      const move = { ArrowLeft: [0, -by], ArrowRight: [0, by], ArrowUp: [-by, 0], ArrowDown: [by, 0] }[event.key];
      if (move) {
        const [row, column] = this.spot();
        go([row + move[0], column + move[1]]);
        this.pin = this.step;
      } else if (event.key === "Enter") this.keep();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return view;
  }

  point(map, row, column) {
    const changed = map !== this.map;
    this.map = map;
    this.countSteps();
    const [rows, columns] = this.data.maps[map].values.shape;
    const step = Math.min(Math.max(row, 0), rows - 1) * columns + Math.min(Math.max(column, 0), columns - 1);
    if (changed) {
      this.pin = step;
      this.lens(this.data.maps[map].filter.shape[0]);
    }
    if (changed || step !== this.step) this.go(step, this.hidden);
  }

  keep() {
    this.pin = this.step;
    this.emit("pixel", this.place());
  }

  // Patch × filter = products: the same grids as long as the size stays, so that typing goes on.
  lens(size) {
    const side = Math.floor(this.width < 700 ? Math.min((this.width - 30) / 2 / size, 64)
      : Math.min(this.lensSide(), (this.width - 430) / 3) / size);
    const key = `${size} ${side} ${this.map}`;
    if (this.panes?.key === key) return;
    this.panes = { key, patch: new Grid(size, size, side, "Patch"), filter: new Grid(size, size, side, "Filter"),
      products: new Grid(size, size, side, "Products") };
    this.panes.filter.onEdit((index, value) => {
      const map = this.data.maps[this.map];
      if (formatNumber(value) !== formatNumber(map.filter[index])) this.emit("weight", { map: this.map, index, value });
    });
    const sign = (text) => el("span", { className: "sign", textContent: text });
    this.total = el("div", { className: "total number" });
    this.rest = el("div", { className: "rest number" });
    this.filterFigure = figure("Filter", this.panes.filter);
    this.sum.replaceChildren(figure("Patch", this.panes.patch), sign("×"), this.filterFigure, sign("="),
      figure("Products", this.panes.products), sign("Σ →"),
      el("div", { className: "answer" }, this.total, this.rest));
  }

  paint() {
    const d = this.data, channels = d.input.shape[2], [r, g, b] = [0, 1, 2].map((k) => Math.min(k, channels - 1));
    const ink = Array.from({ length: 256 }, (_, v) => inkShade(this.colours, v, 255));
    this.input.paint((k) => (d.ink ? ink[d.input[k]]
      : [d.input[k * channels + r], d.input[k * channels + g], d.input[k * channels + b]]));
    d.maps.forEach((map, index) => this.outputs[index].paint(this.colouring(map)));
  }

  // A map's colours: as a picture, around mid-grey (three channels), ink after ReLU, or blue and orange around zero.
  colouring(map) {
    const d = this.data, values = map.values, channels = values.shape[2], per = map.per;
    const at = (k) => { const v = values[k] / per; return map.relu && v < 0 ? 0 : v; };
    if (channels === 3) {
      const level = map.shows === "picture" ? (v) => 255 * v : (v) => 127.5 + (127.5 * v) / (map.largest || 1);
      return (k) => [level(at(3 * k)), level(at(3 * k + 1)), level(at(3 * k + 2))];
    }
    if (map.shows === "picture" && !d.ink) return (k) => { const v = 255 * at(k); return [v, v, v]; };
    const largest = map.shows === "picture" ? 1 : map.largest || 1;
    const shade = map.relu || map.shows === "picture" ? inkShade : signShade;
    const shades = Array.from({ length: 511 }, (_, k) => shade(this.colours, k - 255, 255));
    const least = map.shows === "picture" ? 0 : -1;
    return (k) => shades[Math.round(255 * Math.min(Math.max(at(k) / largest, least), 1)) + 255];
  }

  legend(map) {
    const d = this.data, colours = this.colours;
    const bar = (gradient, ...labels) => el("span", { className: "scale" },
      ...labels.slice(0, 1).map((text) => el("span", { className: "number", textContent: text })),
      Object.assign(el("i"), { style: `background: linear-gradient(to right, ${gradient})` }),
      ...labels.slice(1).map((text) => el("span", { className: "number", textContent: text })));
    const most = formatNumber(map.largest);
    if (map.shows === "picture") return d.ink ? this.inputLegend() : bar("#000, #fff", "0", "1");
    if (map.shows === "middle") return bar("#000, #808080, #fff", formatNumber(-map.largest), most);
    if (map.relu) return bar(`${toCss(inkShade(colours, 0, 1))}, ${toCss(inkShade(colours, 1, 1))}`, "0", most);
    return bar(`${colours.negative}, ${colours.background}, ${colours.positive}`, formatNumber(-map.largest), most);
  }

  inputLegend() {
    const from = this.data.ink ? toCss(inkShade(this.colours, 0, 1)) : "#000";
    const to = this.data.ink ? toCss(inkShade(this.colours, 1, 1)) : "#fff";
    return el("span", { className: "scale" }, el("span", { className: "number", textContent: "0" }),
      Object.assign(el("i"), { style: `background: linear-gradient(to right, ${from}, ${to})` }),
      el("span", { className: "number", textContent: this.data.ink ? "1 is ink" : "1 is light" }));
  }

  draw() {
    const d = this.data, map = d.maps[this.map], [row, column] = this.spot(), size = map.filter.shape[0];
    const top = row - map.border, left = column - map.border;
    this.figures.forEach((node, k) => node.classList.toggle("current", k === this.map + 1));
    this.input.box.hidden = map.source !== 0;
    this.outputs.forEach((view, k) => {
      view.cover.hidden = !this.hidden;
      this.figures[k + 1].lastChild.style.visibility = this.hidden ? "hidden" : "";
      view.box.hidden = k !== this.map && d.layout !== "beside" && map.source !== k + 1;
      if (k === this.map || d.layout === "beside") view.frame(row, column, 1);
    });
    (map.source ? this.outputs[map.source - 1] : this.input).frame(top, left, size);
    const { patch, filter, products } = this.panes, digits = size > 4 ? 1 : 2;
    const short = (v) => (Number.isInteger(v) ? formatNumber(v) : formatNumber(v, digits));
    const plain = signShade(this.colours, 0, 1);
    const most = largestOf(map.filter) * (map.source ? d.maps[0].largest : 1);
    for (let p = 0; p < size * size; p += 1) {
      const value = this.cell(map.source, top + Math.floor(p / size), left + (p % size));
      const product = (value ?? 0) * map.filter[p];
      if (this.hidden && map.source) patch.set(p, plain, "?");
      else patch.set(p, this.patchShade(map, value ?? 0), short(value ?? 0), value === null ? "zero" : "");
      filter.set(p, plain, formatNumber(map.filter[p]));
      if (this.hidden) products.set(p, plain, "?");
      else products.set(p, signShade(this.colours, product, most), short(product));
    }
    this.filterFigure.firstChild.replaceChildren(d.maps.length > 1 ? `Filter ${"AB"[this.map]}` : "Filter",
      el("small", { textContent: map.name }));
    this.answer(map, row, column);
    Object.assign(this.root.dataset, { map: this.map, row: row + 1, column: column + 1 });
  }

  // As the picture itself shows it that the filter reads.
  patchShade(map, value) {
    const d = this.data, first = d.maps[0], level = Math.round(255 * Math.min(Math.max(value, 0), 1));
    if (!d.ink && (!map.source || first.shows === "picture")) return [level, level, level];
    if (!map.source) return inkShade(this.colours, value, 1);
    return (first.relu ? inkShade : signShade)(this.colours, value, first.largest);
  }

  answer(map, row, column) {
    const bias = map.bias ? ` + bias ${formatNumber(map.bias)}` : "";
    if (this.hidden) {
      this.total.textContent = "?";
      this.rest.textContent = "";
      return;
    }
    this.total.textContent = formatNumber(this.output(map, row, column));
    const relu = map.relu ? `${formatNumber(this.biased(map, row, column))} → ReLU` : "";
    const lines = [[bias.trim(), relu].filter(Boolean).join(" = ")];
    this.data.maps.forEach((other, k) => {
      if (other === map || this.data.layout !== "beside") return;
      const [rows, columns] = other.values.shape;  // an even filter's map is a little smaller
      if (row < rows && column < columns)
        lines.push(`${"AB"[k]} here: ${formatNumber(this.output(other, row, column))}`);
    });
    this.rest.replaceChildren(...lines.filter(Boolean).map((text) => el("div", { textContent: text })));
  }

  sentence() {
    const d = this.data, map = d.maps[this.map], [row, column] = this.spot(), size = map.filter.shape[0];
    const channel = d.input.shape[2] === 3 ? `, ${CHANNELS[this.channel]}` : "";
    const at = `Row ${row + 1}, column ${column + 1}${channel}, under ${map.name}`;
    if (this.hidden) return d.question || `${at}: which value?`;
    const biased = formatNumber(this.biased(map, row, column));
    return `${at}: ${size * size} products${map.bias ? ` and bias ${formatNumber(map.bias)}` : ""} sum to ${biased}`
      + `${map.relu ? `; ReLU leaves ${formatNumber(this.output(map, row, column))}` : ""}.`;
  }
}

export default mount(PicturesStage);
