// uses grid.js guess.js stage.js lens.js window_cells.js product_terms.js
// One filter over one picture or signal: padded input, window, filter, products, sum, output.

const ARRAYS_SENT = ["padded", "filter", "starts", "products", "sums", "biased", "outputs", "touched", "origin",
  "weights"];
// Pixels of a digit that is read in a lecture hall (where the stage is 1200 wide or more), or in one's hand.
const READABLE = 24, READABLE_PHONE = 15;
const LONG = 90;  // letters of the products in a sentence
// An edit that gets no answer, because the connection was lost over it, is sent again: after how long, how often.
const UNANSWERED = 4000, SENT_AGAIN = 15;

function clamp(value, low, high) { return Math.max(Math.min(value, high), low); }

class ConvolutionStage extends Stage {
  constructor(shadow) {
    super(shadow);
    this.pending = [];  // edits that Python has not yet taken over
    this.symbolsButton = this.button("Symbols", "Symbols or numbers", () => this.switchTerms());
    this.paintButton = this.button("Paint", "Paint the input by dragging", () => this.switchPaint());
    this.predictButton.after(this.symbolsButton, this.paintButton);
    this.keys.textContent =
      `${KEYS} · S: symbols or numbers · double click or Enter on a cell: another number · Ctrl+Z: undo`;
    this.code = el("div", { className: "code secret" });
    this.line.after(this.code);
    this.lens = new Lens(this.root);
  }

  read(data) {
    const read = { ...data };
    for (const name of ARRAYS_SENT) read[name] = unpack(data[name]);
    read.longest = [read.filter, read.products].reduce(
      (most, values) => values.reduce((longest, v) => Math.max(longest, formatNumber(v).length), most), 1);
    this.steps = read.outputs.length;
    this.pending = this.pending.filter((each) => each.number > data.edited);
    if (data.terms !== this.sentTerms) this.symbols = data.terms === "symbols";
    this.sentTerms = data.terms;
    return read;
  }

  value() { return this.data.outputs[this.step]; }

  rowLength() { return this.data.shape[1]; }

  // Everything that depends on the width or the theme.
  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    const { side, lens } = d.signal ? this.signalSides() : this.pictureSides();
    this.lens.hide();
    this.input = new Grid(rows, columns, side, "Input");
    this.filter = new Grid(fr, fc, lens, "Filter");
    this.products = new Grid(fr, fc, lens, "Products");
    this.output = new Grid(or, oc, side, "Output");
    this.grids = [this.input, this.filter, this.products, this.output];
    this.largestIn = d.padded.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestOut = d.outputs.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestProduct = d.products.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.head.replaceChildren(el("h2", { textContent: d.title }),
      el("span", { className: "secret", textContent: d.caption }),
      el("span", { className: "secret work number", textContent: d.counter.join(this.width < 1400 ? "\n" : "    ") }));
    this.buildRow();
    this.terms = el("div", { className: "terms number" });
    this.total = el("div", { className: "total number" });
    this.rest = el("div", { className: "rest number" });
    this.sum.replaceChildren(this.terms, el("div", {}, this.total, this.rest),
      el("div", { className: "formula number", textContent: d.formula.join("\n") }));
    this.code.replaceChildren(el("code"), el("small", { textContent: `${d.code.shapes}; Python counts from 0` }),
      this.button("Copy", "Copy the line of NumPy", () => copyText(this.code.firstChild.textContent)));
    this.listenToGrids();
    this.paint(this.painting);
    for (let k = 0; k < d.padded.length; k += 1) this.drawCell(k, d.padded[k]);
    this.input.flush();
    if (d.origin.some((at) => at < 0))
      this.input.box("inner", ...d.border, rows - 2 * d.border[0], columns - 2 * d.border[1]);
    d.filter.forEach((v, k) => this.filter.set(k, signShade(this.colours, 0, 1), formatNumber(v)));
    this.filter.flush();
    this.drawn = -1;
  }

  // Filter and products as large as their digits need, the two large grids share the rest.
  pictureSides() {
    const d = this.data, [rows, columns] = d.padded.shape, fc = d.filter.shape[1], oc = d.shape[1];
    const narrow = this.width < 700, tall = Math.min(Math.max(innerHeight - 516, 260), 420);
    const longest = d.longest;
    const room = this.width - (narrow ? 30 : 220), least = narrow ? READABLE_PHONE
      : READABLE * Math.min(this.width / 1200, 1);
    const need = longest > 2 ? (least * longest) / 1.55 : least / DIGIT;
    if (narrow) return { side: clamp(room / (columns + oc), 5, 62),
      lens: Math.min(Math.max(need, 38), room / (2 * fc)) };
    const common = Math.min(room / (columns + oc + 2 * fc), 62, tall / rows);
    const lens = Math.max(common, Math.min(need, (0.55 * room) / (2 * fc), tall / fc));
    return { side: clamp((room - 2 * fc * lens) / (columns + oc), 5, Math.min(tall / rows, 62)), lens };
  }

  signalSides() {
    const d = this.data, label = this.width < 700 ? 0 : 170;
    const side = Math.max(Math.min((this.width - label - 12) / d.padded.shape[1], 66), 30);
    return { side, lens: side };
  }

  buildRow() {
    const d = this.data, [or, oc] = d.shape, sign = (text) => el("span", { className: "sign", textContent: text });
    const note = d.transposed ? "turned by 180°" : d.filterName;
    const input = figure("Input", this.input), products = figure("Products", this.products);
    const filter = figure("Filter", this.filter, note, d.signal && !d.transposed
      ? "not flipped, so strictly a cross-correlation" : "");
    const output = figure("Output", this.output, d.signal ? `${oc} cells` : `${or} × ${oc}`);
    output.classList.add("secret");
    this.row.classList.toggle("stacked", d.signal);
    if (d.signal) this.row.replaceChildren(input, filter, products, output);
    else if (this.width < 700) this.row.replaceChildren(input, output, filter, products);
    else this.row.replaceChildren(input, sign("×"), filter, sign("="), products, sign("Σ →"), output);
    if (d.signal && this.output.columns + 2 * d.border[1] <= d.padded.shape[1] + 2 && d.shape[1] > 1
      && d.starts[3] - d.starts[1] === 1) {
      this.output.node.style.marginLeft = `${((d.filter.shape[1] - 1) * d.dilation * this.output.side) / 2}px`;
    }
  }

  // Pointing at one cell lights those that it has to do with, in the other grids.
  listenToGrids() {
    const d = this.data;
    this.output.onCell((step, event) => {
      this.stop();
      this.go(step, false);
      this.send("pin", step + 1);
      if (event) this.focus();
    });
    this.output.onHover((k) => {
      if (k < 0) this.lightGaps();
      else this.input.light(cellsRead(d, k));
      this.look(this.output, k <= this.step ? k : -1, (n) => this.shownOutput(n), (n) => this.outputShade(n));
    });
    this.input.onHover((cell) => {
      this.output.light(cell < 0 ? [] : readersOf(d, cell));
      this.look(this.input, cell, (n) => formatNumber(d.padded[n]),
        (n) => inkShade(this.colours, d.padded[n], this.largestIn));
    });
    this.filter.onHover((p) => (p < 0 ? this.lightGaps() : this.input.light(multipliedBy(d, p))));
    const refused = (text) => { this.line.textContent = this.refusal(text); };
    this.input.onEdit((cell, value) => this.edit("input", [d.origin[cell]], value), { bound: d.bound, refused,
      exact: (cell) => d.padded[cell], locked: (cell) => d.origin[cell] < 0 });
    this.filter.onEdit((p, value) => this.edit("filter", [d.weights[p]], value),
      { bound: d.bound, refused, exact: (p) => d.filter[p] });
    this.input.onPaint((cell) => (d.padded[cell] ? 0 : this.largestIn || 1), (cell, value) => {
      this.drawCell(cell, value);
      this.input.flush();
    }, (cells, value) => this.edit("input", cells.map((cell) => d.origin[cell]), value));
  }

  refusal(text) {
    const [low, high] = this.data.bound, said = text ? `“${text}” is` : "A blank is";
    return `${said} no number from ${formatNumber(low)} to ${formatNumber(high)} with at most four decimals: the cell `
      + `stays as it was.`;
  }

  // A dilated window passes over cells that it does not read: those that it reads are lit while nothing else is.
  lightGaps() { this.input.light(this.data.dilation > 1 ? cellsRead(this.data, this.step) : []); }

  look(grid, index, text, shade) {
    if (grid.side * DIGIT < 0.75 * READABLE) this.lens.show(grid, index, text, shade);
  }

  edit(part, cells, value) {
    const number = Math.max(Date.now(), (this.lastEdit || 0) + 1);
    this.lastEdit = number;
    this.pending.push({ number, part, cells, value });
    this.sendEdits();
  }

  // Those that were not answered yet.
  sendEdits(again = SENT_AGAIN) {
    clearTimeout(this.unanswered);
    if (!this.pending.length) return;
    this.emit("edit", [...this.pending]);
    if (again) this.unanswered = setTimeout(() => MOUNTED.stage === this && this.sendEdits(again - 1), UNANSWERED);
  }

  // With the edits, lest they be forgotten over it.
  send(name, value) {
    this.sendEdits();
    this.emit(name, value);
  }

  switchTerms() {
    this.symbols = !this.symbols;
    this.redraw();
    this.send("terms", this.symbols ? "symbols" : "numbers");
  }

  switchPaint() { this.paint(!this.painting); }

  paint(on) {
    this.painting = !!on;
    this.input.paint(this.painting);
    this.paintButton.ariaPressed = String(this.painting);
    this.paintButton.textContent = this.painting ? "✓ Paint" : "Paint";
  }

  key(event) {
    const typing = event.composedPath()[0]?.matches?.("input, textarea");
    if ((event.ctrlKey || event.metaKey) && shortcutOf(event) === "z" && !event.shiftKey && !typing)
      this.emit("undo", Date.now());
    else if (shortcutOf(event) === "s" && !isTyping(event)) this.switchTerms();
    else { super.key(event); return; }
    event.preventDefault();
  }

  // One cell of the input; its own zeros apart from those of the padding and those between cells.
  drawCell(cell, value) {
    const d = this.data, zero = d.origin[cell] < 0;
    this.input.set(cell, inkShade(this.colours, value, Math.max(this.largestIn, Math.abs(value))), formatNumber(value),
      `${zero ? "zero" : ""} ${d.touched[cell] ? "" : "dropped"}`);
  }

  draw() {
    const d = this.data, k = this.step, [fr, fc] = d.filter.shape, D = d.dilation, columns = d.shape[1];
    const row = d.starts[2 * k], column = d.starts[2 * k + 1];
    this.input.box("frame", row, column, D * (fr - 1) + 1, D * (fc - 1) + 1);
    if (D > 1) this.lightGaps();
    for (let p = 0; p < fr * fc; p += 1) {
      const v = d.products[k * fr * fc + p];
      if (this.hidden) this.products.set(p, signShade(this.colours, 0, 1), "?");
      else this.products.set(p, signShade(this.colours, v, this.largestProduct), formatNumber(v));
    }
    this.products.flush();
    this.drawOutput();
    this.output.box("frame", Math.floor(k / columns), k % columns, 1, 1);
    if (d.signal && D === 1) {  // filter and products walk along under the window
      for (const grid of [this.filter, this.products]) grid.node.style.marginLeft = `${column * grid.side}px`;
    }
    if (d.signal) this.row.scrollLeft = column * this.input.side - this.row.clientWidth / 2;  // on a phone
    this.code.firstChild.textContent = this.codeLine();
    this.symbolsButton.textContent = this.symbols ? "Numbers" : "Symbols";
  }

  known(n) { return n < this.step || (n === this.step && !this.hidden); }

  shownOutput(n) { return this.known(n) ? formatNumber(this.data.outputs[n]) : n === this.step ? "?" : ""; }

  outputShade(n) {
    if (!this.known(n)) return rgb(this.colours.background);
    return (this.data.relu ? inkShade : signShade)(this.colours, this.data.outputs[n], this.largestOut);
  }

  // Only what changed since the last step: 784 cells at 60 frames a second.
  drawOutput() {
    const k = this.step, last = this.drawn;
    const from = last < 0 ? 0 : Math.min(last, k), to = last < 0 ? this.steps - 1 : Math.max(last, k);
    for (let n = from; n <= to; n += 1) {
      this.output.set(n, this.outputShade(n), this.shownOutput(n), this.known(n) ? "" : "empty");
    }
    this.output.flush();
    this.drawn = k;
  }

  codeLine() {
    const d = this.data, [fr, fc] = d.filter.shape, step = d.dilation > 1 ? `:${d.dilation}` : "";
    const slice = (start, size) => `${start}:${start + d.dilation * (size - 1) + 1}${step}`;
    return d.code.line.replace("{rows}", slice(d.starts[2 * this.step], fr))
      .replace("{columns}", slice(d.starts[2 * this.step + 1], fc));
  }

  sentence() {
    const d = this.data, k = this.step;
    const at = d.shape[0] > 1 ? `row ${Math.floor(k / d.shape[1]) + 1}, column ${k % d.shape[1] + 1}` : `cell ${k + 1}`;
    const start = `Step ${k + 1} of ${this.steps}: ${at}.`;
    showTerms(this.terms, this);
    this.total.textContent = this.hidden ? "= ?" : `= ${formatNumber(d.sums[k])}`;
    this.rest.textContent = "";
    if (this.hidden) return `${start} Which value is it?`;
    const sum = formatNumber(d.sums[k]), bias = formatNumber(d.bias), out = formatNumber(d.outputs[k]);
    this.rest.textContent = `+ bias ${bias} = ${formatNumber(d.biased[k])}${d.relu ? ` → ReLU → ${out}` : ""}`;
    const some = this.nonZero(), relu = d.relu ? `; ReLU leaves ${out}` : "";
    const terms = some.map((p) => numberTerm(this, p)).join(" + ");
    const said = !some.length ? "All products are 0" : terms.length > LONG ? `${some.length} products add up to ${sum}`
      : `${terms} = ${sum}`;
    return `${start} ${said}; plus bias ${bias} is ${formatNumber(d.biased[k])}${relu}.`;
  }

  nonZero() {
    const d = this.data, count = d.filter.length;
    return Array.from({ length: count }, (_, p) => p).filter((p) => d.products[this.step * count + p] !== 0);
  }
}

export default mount(ConvolutionStage);
