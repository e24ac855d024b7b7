// uses grid.js guess.js stage.js
// A 1-D convolution as a dense layer: a banded matrix times the signal, row by row.

const MATRIX_ARRAYS = ["signal", "matrix", "products", "sums", "weight", "filter", "outputs", "biased"];

class MatrixStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of MATRIX_ARRAYS) read[name] = unpack(data[name]);
    this.steps = read.outputs.length;
    return read;
  }

  value() { return this.data.outputs[this.step]; }

  build() {
    const d = this.data, [rows, columns] = d.matrix.shape, F = d.filter.length, narrow = this.width < 700;
    const largest = (values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const room = narrow ? this.width - 10 : (this.width - 330) * columns / (columns + 2);
    const side = Math.max(Math.min(62, room / columns, 470 / Math.max(rows, columns)), 6);
    this.filter = new Grid(1, F, Math.min(62, 300 / F), "Filter");
    this.matrix = new Grid(rows, columns, side, "Matrix");
    this.signal = new Grid(columns, 1, side, "Signal");
    this.output = new Grid(rows, 1, side, "Output");
    this.grids = [this.filter, this.matrix, this.output];
    this.output.onCell((step) => { this.stop(); this.go(step, false); });
    this.filter.onHover((p) => this.matrix.light(p < 0 || this.matrix.big ? [] : this.band(p)));
    this.matrix.onHover((index) => {
      const p = index < 0 ? -1 : d.weight[index];
      this.filter.light(p < 0 ? [] : [p]);
      this.matrix.light(p < 0 ? [] : this.band(p));
    });
    this.strongest = largest(d.filter);
    this.largestOut = largest(d.outputs);
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const sign = (text) => el("span", { className: "sign", textContent: text });
    this.row.replaceChildren(figure("Matrix", this.matrix, `${rows} × ${columns}`), sign("×"),
      figure("Signal", this.signal), sign("="), figure("Output", this.output),
      el("div", { className: "beside" }, figure("Filter", this.filter),
        ...d.words.map((textContent) => el("p", { textContent })),
        el("p", { className: "hint", textContent: "Point at a weight to highlight every place where it is used." })));
    this.row.querySelectorAll(".figure")[2].classList.add("secret");
    d.matrix.forEach((v, k) => this.matrix.set(k, signShade(this.colours, v, 1.6 * this.strongest),
      d.weight[k] < 0 ? "" : formatNumber(v), d.weight[k] < 0 ? "none" : ""));
    this.matrix.flush();
    d.filter.forEach((v, p) => this.filter.set(p, signShade(this.colours, v, 1.6 * this.strongest), formatNumber(v)));
    d.signal.forEach((v, k) => this.signal.set(k, inkShade(this.colours, v, largest(d.signal)), formatNumber(v)));
    this.terms = el("div", { className: "terms number" });
    this.total = el("div", { className: "total number" });
    this.rest = el("div", { className: "rest number" });
    this.sum.replaceChildren(this.terms, this.total, this.rest);
  }

  band(p) {
    return Array.from(this.data.weight.keys()).filter((index) => this.data.weight[index] === p);
  }

  draw() {
    const d = this.data, k = this.step, [, columns] = d.matrix.shape, shade = d.relu ? inkShade : signShade;
    this.matrix.box("frame", k, 0, 1, columns);
    for (let c = 0; c < columns; c += 1) this.signal.cells[c].classList.toggle("read", d.weight[k * columns + c] >= 0);
    d.outputs.forEach((v, n) => {
      const known = n < k || (n === k && !this.hidden);
      if (known) this.output.set(n, shade(this.colours, v, this.largestOut), formatNumber(v));
      else this.output.set(n, rgb(this.colours.background), n === k ? "?" : "", "empty");
    });
    this.output.flush();
    this.output.box("frame", k, 0, 1, 1);
  }

  sentence() {
    const d = this.data, k = this.step, columns = d.matrix.shape[1], start = `Row ${k + 1} of ${this.steps}.`;
    if (this.hidden) {
      this.terms.textContent = `row ${k + 1} × signal`;
      this.total.textContent = "= ?";
      this.rest.textContent = "";
      return `${start} Which value is it?`;
    }
    const terms = [];
    for (let c = 0; c < columns; c += 1) {
      const at = k * columns + c;
      if (d.weight[at] >= 0) terms.push(`${bracketed(d.matrix[at])}×${bracketed(d.signal[c])}`);
    }
    const sum = formatNumber(d.sums[k]), extra = d.bias || d.relu;
    this.terms.textContent = terms.join(" + ") || "no weight meets the signal";
    this.total.textContent = `= ${sum}`;
    const relu = d.relu ? ` → ReLU → ${formatNumber(d.outputs[k])}` : "";
    this.rest.textContent = extra ? `+ bias ${formatNumber(d.bias)} = ${formatNumber(d.biased[k])}${relu}` : "";
    const biased = extra ? `; plus bias ${formatNumber(d.bias)} is ${formatNumber(d.biased[k])}${relu}` : "";
    return `${start} ${terms.join(" + ") || "nothing"} = ${sum}${biased}. `
      + `The other ${columns - terms.length} cells of the row are 0.`;
  }
}

export default mount(MatrixStage);
