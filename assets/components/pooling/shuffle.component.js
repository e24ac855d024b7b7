// uses grid.js guess.js stage.js value_grid.js
// Is anything lost by flattening? The length; then a dense layer's scores under three orders of the vector.

const ORDERS = ["as flattened", "vector and rows of the weights shuffled together", "only the vector shuffled"];

class ShuffleStage extends Stage {
  read(data) {
    const read = { ...data, scores: data.scores.map(unpack) };
    for (const name of ["vector", "weights", "shuffled", "shuffledWeights"]) read[name] = unpack(data[name]);
    this.steps = 1 + ORDERS.length;
    return read;
  }

  value() { return this.step ? NaN : this.data.length; }

  build() {
    const d = this.data, [height, width, channels] = d.shape, units = d.weights.shape[0], narrow = this.width < 700;
    this.long = d.length > 40;
    this.head.replaceChildren(el("h2", { textContent: d.title }),
      el("span", { textContent: `(${height}, ${width}, ${channels}), flattened, into a dense layer of ${units} `
        + `units` }));
    const side = Math.min((this.width - 200) / Math.max(d.length, 8), 46, 330 / (2 * units + 2));
    this.largest = largestOf(d.vector);
    this.heavy = largestOf(d.weights);
    this.box = el("div", { className: "orders" });
    this.verdict = el("div", { className: "verdict" });
    this.row.replaceChildren(el("div", {}, this.box, this.verdict));
    this.side = this.long || narrow ? 0 : Math.max(side, 16);
    this.sums = el("div", { className: "sums number" });
    this.sum.replaceChildren(this.sums);
  }

  // The vector over the weights that meet it, and the scores they give.
  order(n) {
    const d = this.data, units = d.weights.shape[0], parts = [];
    const vector = n ? d.shuffled : d.vector, weights = n === 1 ? d.shuffledWeights : d.weights;
    if (this.long) {
      const [height, width, channels] = d.shape;
      const grid = new Grid(height, width * channels, Math.min(7, (this.width - 60) / (width * channels)),
        `Vector ${ORDERS[n]}`);
      fillGrid(grid, vector, shadeFor(d.vector), this.colours, this.largest, () => " ");
      parts.push(figure("Vector", grid, `${d.length} values, wrapped`));
    } else if (this.side) {
      const grids = [new Grid(1, d.length, this.side, `Vector ${ORDERS[n]}`),
        new Grid(units, d.length, this.side, `Weights ${ORDERS[n]}`)];
      fillGrid(grids[0], vector, inkShade, this.colours, this.largest, (k) => formatNumber(vector[k]));
      fillGrid(grids[1], weights, signShade, this.colours, 2 * this.heavy, (k) => formatNumber(weights[k]));
      grids.forEach((grid) => grid.onHover((at) => grids.forEach((each) => each.light(at < 0 ? []
        : Array.from({ length: each.rows }, (_, row) => row * d.length + (at % d.length))))));
      const scores = el("div", { className: "beside number" }, ...Array.from(d.scores[n], (v) =>
        el("div", { textContent: `= ${this.hidden && n === this.step - 1 ? "?" : formatNumber(v)}` })));
      scores.style.lineHeight = `${this.side}px`;
      parts.push(el("div", {}, figure("Vector", grids[0], ORDERS[n]), figure("Weights", grids[1])), scores);
    }
    return el("div", { className: "order" }, ...parts);
  }

  draw() {
    const d = this.data, n = this.step - 1;
    if (n < 0) this.box.replaceChildren(el("div", { className: "length number", textContent:
      `${d.shape.join(" · ")} = ${this.hidden ? "?" : d.length}` }));
    else this.box.replaceChildren(this.order(0), ...(n ? [this.order(n)] : []));
    this.sums.replaceChildren();
    this.verdict.textContent = "";
    if (n < 0) return;
    const units = d.scores[0].length;
    this.sum.hidden = !!this.side;
    const verdict = n && !this.hidden ? `largest difference: ${this.gap(n)}` : "";
    this.verdict.textContent = this.side ? verdict : "";
    if (this.side) return;
    const table = el("table", { className: "scores" }, el("caption", { textContent: "Scores" }));
    for (const k of n ? [0, n] : [0]) {
      const hide = this.hidden && k === n;
      table.append(el("tr", {}, el("th", { scope: "row", textContent: ORDERS[k] }),
        ...Array.from({ length: units },
          (_, u) => el("td", { textContent: hide ? "?" : formatNumber(d.scores[k][u]) }))));
    }
    this.sums.append(table);
    this.sums.append(el("div", { className: "verdict", textContent: verdict }));
  }

  // Rounding is shown as a bound: sums in another order may differ in the last digit.
  gap(n) {
    const value = this.data.differences[n];
    return value > 0 && value < 0.01 ? `below 10^−${Math.floor(-Math.log10(value))}`.replace(/\^−(\d+)/, (_, digits) =>
      `⁻${[...digits].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]).join("")}`) + " (rounding)" : formatNumber(value);
  }

  sentence() {
    const d = this.data, n = this.step - 1, [height, width, channels] = d.shape;
    if (n < 0) return this.hidden ? `How long is the vector of ${height} × ${width} × ${channels}?`
      : `${height} rows · ${width} columns · ${channels} channels = ${d.length} values: as many as before, only in a `
      + `line.`;
    if (this.hidden) return `${ORDERS[n]}: are the scores the same?`;
    return [`The dense layer gives every place of the vector its own row of weights.`,
      `The same products in another order: the same scores. No order is better, so nothing is lost.`,
      `Each value meets another's weights: other scores. The order has to stay as it was learned.`][n];
  }
}

export default mount(ShuffleStage);
