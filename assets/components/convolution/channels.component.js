// uses grid.js guess.js stage.js
// Several channels: each with its own slice of the filter and its own products, all into Σ + b, one map a filter.

const CHANNEL_ARRAYS = ["padded", "filters", "bias", "starts", "patches", "products", "partial", "sums", "biased",
  "outputs"];

const TABLE = 1100, WINDOW = 175;  // what is left of the maps, and how much of it the window's own column takes

class ChannelsStage extends Stage {
  channels = 0;
  maps = 0;    // output maps, one a filter
  places = 0;  // of one output map
  size = 0;    // F

  read(data) {
    const read = { ...data };
    for (const name of CHANNEL_ARRAYS) read[name] = unpack(data[name]);
    [this.places, this.maps] = read.outputs.shape;
    [this.channels, this.size] = read.filters.shape;
    this.steps = this.places * this.maps;
    return read;
  }

  // Map by map: which filter, and which place of its map.
  get filter() { return Math.floor(this.step / this.places); }

  get place() { return this.step % this.places; }

  at(values) { return values[this.optionIndex()]; }

  optionIndex() { return this.place * this.maps + this.filter; }

  value() { return this.at(this.data.outputs); }

  rowLength() { return this.data.shape[1]; }

  key(event) {
    const undo = (event.ctrlKey || event.metaKey) && shortcutOf(event) === "z" && !event.shiftKey;
    if (undo && !event.composedPath()[0].matches?.("input, textarea")) {
      this.emit("undo", Date.now());
      event.preventDefault();
    } else super.key(event);
  }

  build() {
    const d = this.data, [, rows, columns] = d.padded.shape, F = this.size, narrow = this.width < 700;
    this.lectured = !!MOUNTED.lecture;
    const short = this.lectured && this.width > 1340 && this.maps < 3;  // the lecture's strip takes of the height
    this.root.classList.toggle("compact", this.width < 1340 || short);
    this.root.classList.toggle("tight", this.width < 1080);
    const high = Math.min(narrow ? 100 : 540 / this.channels, 170);
    const side = Math.min(high / rows, (narrow ? this.width * 0.27 : 170) / columns, 36);
    const lens = Math.min(high / F, narrow ? this.width * 0.2 / F : 54);
    const span = (text, className = "") => el("span", { className, textContent: text });
    this.rows = Array.from({ length: this.channels }, (_, c) => {
      const name = (what) => `${what} of channel ${c + 1}`;
      const part = {
        input: new Grid(rows, columns, side, `Channel ${c + 1}`), patch: new Grid(F, F, lens, name("Window")),
        slice: new Grid(F, F, lens, name("Slice")), products: new Grid(F, F, lens, name("Products")),
        sum: span("", "part number"),
        zero: el("button", { textContent: "zero", className: "zeroing", onclick: () => {
          this.emit("zero", { channel: c, filter: this.filter });
          this.focus();
        } }),
      };
      this.listenTo(part, c);
      part.cells = [span(c + 1, "which"), part.input.node, part.patch.node, span("×", "times"), part.slice.node,
        part.zero, span("=", "equals"), part.products.node, span("Σ", "sigma"), part.sum];
      return part;
    });
    const head = ["", "Channel", "Window", "", "Slice", "", "", "Products", "", "Sum"];
    this.names = head.map((text) => el("div", { className: "name", textContent: text }));
    this.names[2].classList.add("patched");
    const table = el("div", { className: "channels" }, ...this.names, ...this.rows.flatMap((part) => part.cells));
    table.style.gridAutoRows = `minmax(${Math.max(rows * side, F * lens) + 3}px, auto)`;
    this.rows.forEach((part) => part.patch.node.classList.add("patched"));
    const [mr, mc] = d.shape, across = this.maps > 1 ? 2 : 1, down = Math.ceil(this.maps / across);
    const beside = this.width - (this.root.classList.contains("compact") ? TABLE - WINDOW : TABLE);
    const room = narrow ? this.width / across - 12 : Math.min(250, beside / across - 26);
    const mapSide = Math.min(48, Math.max(room / mc, 20), (down > 1 ? 164 : 260) / mr);
    this.outputs = Array.from({ length: this.maps }, (_, f) => {
      const grid = new Grid(mr, mc, mapSide, `Map ${f + 1}`);
      grid.onHover((place) => this.rows.forEach(({ input }) => input.light(place < 0 ? [] : this.patchOf(place))));
      grid.onCell((place) => { this.stop(); this.go(f * this.places + place, false); });
      return grid;
    });
    this.grids = [...this.outputs, ...this.rows.flatMap(({ input, slice }) => [input, slice])];
    this.figures = this.outputs.map((grid, f) => figure(`Map ${f + 1}`, grid, d.changed.length
      ? d.changed[f] ? `${d.changed[f]} of ${this.places} changed` : "as before" : ""));
    this.adding = el("div", { className: "adding number secret" });
    const maps = el("div", { className: "maps secret" }, ...this.figures);
    const right = el("div", { className: "right" }, maps, this.adding);
    this.row.replaceChildren(table, this.flow(), right);
    if (short) right.append(this.sum);
    else this.row.after(this.sum);
    if (this.maps > 2) this.sum.after(this.guess.node);
    else right.append(this.guess.node);
    maps.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    this.sum.replaceChildren(this.shapes(), this.counters());
    this.strongest = d.filters.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestIn = d.padded.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestProduct = d.products.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestOut = d.outputs.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.rows.forEach(({ input }, c) => this.drawInput(input, c));
    this.connect(table);
    this.drawn = -1;
  }

  // Numbers can be typed into a channel and into a slice, and Python computes anew.
  listenTo(part, channel) {
    const d = this.data, [, rows, columns] = d.padded.shape, b = d.border, wide = columns - 2 * b;
    const inner = (cell) => {
      const row = Math.floor(cell / columns) - b, column = cell % columns - b;
      return row < 0 || column < 0 || row >= rows - 2 * b || column >= wide ? -1 : row * wide + column;
    };
    const refused = (text) => {
      this.adding.replaceChildren(el("div", { textContent: `“${text}” is no number from ${formatNumber(d.bound[0])} to `
        + `${formatNumber(d.bound[1])} with at most four decimals: the cell stays as it was.` }));
    };
    part.input.onEdit((cell, value) => this.emit("edit", { channel, filter: -1, cell: inner(cell), value }), {
      bound: d.bound, refused, locked: (cell) => inner(cell) < 0,
      exact: (cell) => d.padded[channel * rows * columns + cell] });
    part.slice.onEdit((cell, value) => this.emit("edit", { channel, filter: this.filter, cell, value }), {
      bound: d.bound, refused, locked: () => d.zeroed[channel][this.filter],
      exact: (cell) => d.filters[(channel * this.size ** 2 + cell) * this.maps + this.filter] });
  }

  listen() {
    super.listen();
    this.meet();
  }

  begin(scene) {
    this.meet();
    super.begin(scene);
  }

  // Make room for the lecture, whichever of the two came first.
  meet() { if (this.lectured !== !!MOUNTED.lecture) this.rebuild(); }

  // The cells of a channel that a place of a map was computed from.
  patchOf(place) {
    const d = this.data, columns = d.padded.shape[2], [row, column] = [d.starts[2 * place], d.starts[2 * place + 1]];
    return Array.from({ length: this.size ** 2 }, (_, p) => (row + d.dilation * Math.floor(p / this.size)) * columns
      + column + d.dilation * (p % this.size));
  }

  // Lines from every channel's sum into Σ + b.
  flow() {
    this.lines = svgEl("svg", { "aria-hidden": "true" });
    this.node = el("div", { className: "node", textContent: "Σ + b" });
    return el("div", { className: "flow" }, this.lines, this.node);
  }

  connect(table) {
    const flow = this.lines.parentElement, wide = 120, height = table.offsetHeight;
    const { top, height: shown } = table.getBoundingClientRect(), zoom = shown / height || 1;
    Object.assign(flow.style, { height: `${height}px`, width: `${wide}px` });
    this.lines.setAttribute("width", wide);
    this.lines.setAttribute("height", height);
    const rows = this.rows.map((part) => {
      const box = part.sum.getBoundingClientRect();
      return ((box.top + box.bottom) / 2 - top) / zoom;
    });
    const middle = (rows[0] + rows.at(-1)) / 2;
    this.lines.replaceChildren(...rows.map((y) => svgEl("line", { x1: 0, y1: y, x2: 66, y2: middle })));
    this.node.style.top = `${middle}px`;
  }

  drawInput(grid, c) {
    const d = this.data, [, rows, columns] = d.padded.shape, b = d.border;
    for (let k = 0; k < rows * columns; k += 1) {
      const row = Math.floor(k / columns), column = k % columns, v = d.padded[c * rows * columns + k];
      const zero = row < b || column < b || row >= rows - b || column >= columns - b;
      grid.set(k, inkShade(this.colours, v, this.largestIn), grid.side < 18 ? "" : formatNumber(v), zero ? "zero" : "");
    }
    grid.flush();
    grid.box("inner", b, b, rows - 2 * b, columns - 2 * b);
  }

  draw() {
    const d = this.data, f = this.filter, k = this.place, F = this.size, cells = F * F;
    const reach = d.dilation * (F - 1) + 1;
    this.names[4].textContent = `Slice of filter ${f + 1}`;
    this.rows.forEach((part, c) => {
      const zeroed = d.zeroed[c][f], slice = (p) => d.filters[(c * cells + p) * this.maps + f];
      part.input.box("frame", d.starts[2 * k], d.starts[2 * k + 1], reach, reach);
      for (let p = 0; p < cells; p += 1) {
        const patch = d.patches[(k * this.channels + c) * cells + p];
        const product = d.products[((k * this.maps + f) * this.channels + c) * cells + p];
        part.patch.set(p, inkShade(this.colours, patch, this.largestIn), formatNumber(patch));
        part.slice.set(p, signShade(this.colours, 0, 1), formatNumber(slice(p)), zeroed ? "zero" : "");
        if (this.hidden) part.products.set(p, signShade(this.colours, 0, 1), "?");
        else part.products.set(p, signShade(this.colours, product, this.largestProduct), formatNumber(product));
      }
      part.zero.ariaPressed = String(Boolean(zeroed));
      part.zero.textContent = zeroed ? "✓ zero" : "zero";
      part.zero.ariaLabel = `Set the slice of channel ${c + 1} in filter ${f + 1} to zeros`;
      part.sum.textContent = this.hidden ? "?" : formatNumber(d.partial[(k * this.maps + f) * this.channels + c]);
    });
    this.drawMaps();
  }

  drawMaps() {
    const d = this.data, shade = d.relu ? inkShade : signShade;
    const from = this.drawn < 0 ? 0 : Math.min(this.drawn, this.step), to = this.drawn < 0 ? this.steps - 1
      : Math.max(this.drawn, this.step);
    for (let n = from; n <= to; n += 1) {
      const f = Math.floor(n / this.places), k = n % this.places, v = d.outputs[k * this.maps + f];
      const known = n < this.step || (n === this.step && !this.hidden);
      if (known) this.outputs[f].set(k, shade(this.colours, v, this.largestOut), formatNumber(v));
      else this.outputs[f].set(k, rgb(this.colours.background), n === this.step ? "?" : "", "empty");
    }
    this.outputs.forEach((grid, f) => {
      grid.flush();
      if (f === this.filter) grid.box("frame", Math.floor(this.place / d.shape[1]), this.place % d.shape[1], 1, 1);
      else grid.unbox("frame");
      this.figures[f].classList.toggle("active", f === this.filter);
    });
    this.drawn = this.step;
  }

  shapes() {
    const head = (name, scope, title = "") => el("th", { scope, textContent: name, title });
    const cell = (shape) => el("td", { textContent: `(${shape.join(", ")})` });
    const row = (each) => el("tr", {}, head(each.name, "row", each.axes.join("; ")), cell(each.images),
      cell(each.filters), cell(each.maps));
    return el("table", { className: "shapes number" },
      el("tr", {}, el("td", { textContent: this.data.shapes[0].images.slice(1, 3).join(" × ") }),
        ...["images", "filters", "maps"].map((name) => head(name, "col"))),
      ...this.data.shapes.map(row));
  }

  counters() {
    return el("dl", { className: "counters number" }, ...this.data.counters.flatMap(([name, value]) =>
      [el("dt", { textContent: name }), el("dd", { textContent: value })]));
  }

  sentence() {
    const d = this.data, f = this.filter, k = this.place, columns = d.shape[1];
    const at = `map ${f + 1}, row ${Math.floor(k / columns) + 1}, column ${k % columns + 1}`;
    const place = el("div", { className: "place", textContent: at });
    if (this.hidden) {
      this.adding.replaceChildren(place, el("div", { textContent: `${this.channels} sums, one bias` }),
        el("div", { className: "total", textContent: "= ?" }));
      return `Step ${this.step + 1} of ${this.steps}: ${at}. Which value is it?`;
    }
    const bracket = (v, n) => (n && v < 0 ? `(${formatNumber(v)})` : formatNumber(v));
    const parts = Array.from({ length: this.channels }, (_, c) => d.partial[(k * this.maps + f) * this.channels + c]);
    const sum = parts.map(bracket).join(" + "), biased = formatNumber(this.at(d.biased)),
      out = formatNumber(this.at(d.outputs));
    const summed = this.channels > 1 ? `${sum} = ${formatNumber(this.at(d.sums))}` : `sum ${sum}`;
    this.adding.replaceChildren(place, el("div", { textContent: summed }),
      el("div", {}, `+ b ${bracketed(d.bias[f])} = `,
        el("strong", { className: "total", textContent: biased })),
      el("div", { textContent: d.relu ? `ReLU → ${out}` : "" }));
    return `Step ${this.step + 1} of ${this.steps}: ${at}. Channels: ${summed}; plus bias `
      + `${formatNumber(d.bias[f])} is ${biased}${d.relu ? `; ReLU leaves ${out}` : ""}.`;
  }
}

export default mount(ChannelsStage);
