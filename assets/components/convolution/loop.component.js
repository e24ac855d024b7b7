// uses grid.js guess.js stage.js
// The loop behind a convolution, one product a beat: the active line lit, the cell, the weight, the running sum.

const LOOP_ARRAYS = ["padded", "filter", "outputs", "starts", "output", "weight", "cell", "product", "after"];

class LoopStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of LOOP_ARRAYS) read[name] = unpack(data[name]);
    this.steps = read.after.length;
    this.beatsEach = this.steps / read.outputs.length;
    return read;
  }

  // What the output cell held before this beat.
  before() { return this.step % this.beatsEach ? this.data.after[this.step - 1] : 0; }

  value() { return this.data.after[this.step]; }

  rowLength() { return this.data.shape[1] * this.beatsEach; }

  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    const narrow = this.width < 700, flat = rows === 1 && fr === 1;
    const widest = flat ? Math.max(columns, fc, oc) : narrow ? columns : columns + fc + oc;
    const side = Math.min(62, (this.width - (flat || narrow ? 10 : 660)) / widest,
      (narrow ? 420 : rows > 12 ? 340 : 400) / rows);
    const big = rows * columns > MOST_CELLS;
    const lens = big ? Math.min(62, 300 / fr) : side;
    this.input = new Grid(rows, columns, side, "Padded input");
    this.filter = new Grid(fr, fc, lens, "Filter");
    this.output = new Grid(or, oc, side, "Output");
    this.grids = [this.output];
    this.output.onCell((cell) => { this.stop(); this.go((cell + 1) * this.beatsEach - 1, false); });
    this.largestOut = [...d.outputs, ...d.after].reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const counted = (grid, n) => (flat && !grid.big ? [this.counting(n, side)] : []);
    const part = (name, grid) => {
      const node = figure(name, grid);
      node.lastChild.replaceWith(...counted(grid, grid.columns));
      return node;
    };
    this.filled = el("div", { className: "filled number secret" });
    const grids = [[this.input, "input_pad"], [this.filter, "param"], [this.output, "output"]]
      .map(([grid, name]) => part(name, grid));
    this.row.replaceChildren(el("div", { className: flat ? "flat" : "square" }, ...grids), this.filled);
    const zero = (row, column) => row < d.border[0] || column < d.border[1]
      || row >= rows - d.border[0] || column >= columns - d.border[1];
    const largest = d.padded.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    d.padded.forEach((v, k) => this.input.set(k, inkShade(this.colours, v, largest), formatNumber(v),
      zero(Math.floor(k / columns), k % columns) ? "zero" : ""));
    this.input.flush();
    this.input.box("inner", d.border[0], d.border[1], rows - 2 * d.border[0], columns - 2 * d.border[1]);
    d.filter.forEach((v, k) => this.filter.set(k, signShade(this.colours, 0, 1), formatNumber(v)));
    this.filter.flush();
    this.lines = d.code.map((text) => el("code", { textContent: text }));
    this.sum.replaceChildren(el("div", { className: "code number" }, ...this.lines));
    this.drawn = -1;
  }

  // 0, 1, 2, … below a grid of one row, as Python counts.
  counting(count, side) {
    const node = el("div", { className: "counting number" });
    for (let k = 0; k < count; k += 1) {
      node.append(el("span", { textContent: k }));
      node.lastChild.style.width = `${side}px`;
    }
    return node;
  }

  draw() {
    const d = this.data, k = this.step, columns = d.padded.shape[1], fc = d.filter.shape[1], oc = d.shape[1];
    const o = d.output[k], p = d.weight[k], adds = p >= 0, reach = (n) => d.dilation * (n - 1) + 1;
    this.input.box("window", d.starts[2 * o], d.starts[2 * o + 1], reach(d.filter.shape[0]), reach(fc));
    if (adds) {
      this.input.box("frame", Math.floor(d.cell[k] / columns), d.cell[k] % columns, 1, 1);
      this.filter.box("frame", Math.floor(p / fc), p % fc, 1, 1);
    } else {
      this.input.unbox("frame");
      this.filter.unbox("frame");
    }
    const shade = d.relu ? inkShade : signShade, running = this.hidden ? "?" : formatNumber(d.after[k]);
    for (let n = 0; n < d.outputs.length; n += 1) {
      const near = Math.abs(n - o) < 2 || Math.abs(n - this.drawn) < 2;
      if (this.drawn >= 0 && !near && (n < o) === (n < this.drawn)) continue;
      if (n < o) this.output.set(n, shade(this.colours, d.outputs[n], this.largestOut), formatNumber(d.outputs[n]));
      else if (n === o) this.output.set(n, rgb(this.colours.background), running, "running");
      else this.output.set(n, rgb(this.colours.background), "0", "empty");
    }
    this.output.flush();
    this.drawn = o;
    this.output.box("frame", Math.floor(o / oc), o % oc, 1, 1);
    // The filter slides along under its window.
    if (d.padded.shape[0] === 1 && d.dilation === 1) {
      this.filter.node.parentElement.style.marginLeft = `${d.starts[2 * o + 1] * this.input.side}px`;
    }
    this.lines.forEach((line, n) => {
      line.classList.toggle("active", n === (adds ? 2 : 3));
      line.ariaCurrent = String(n === (adds ? 2 : 3));
    });
  }

  // The names of the cells, as in the code: o and p, or r, c and i, j.
  names() {
    const d = this.data, k = this.step, signal = d.filter.shape[0] === 1 && d.padded.shape[0] === 1;
    const two = (index, columns) => `${Math.floor(index / columns)}, ${index % columns}`;
    if (signal) return { counters: `o = ${d.output[k]}${d.weight[k] < 0 ? "" : `, p = ${d.weight[k]}`}`,
      output: `output[${d.output[k]}]`, param: `param[${d.weight[k]}]`, cell: `input_pad[${d.cell[k]}]` };
    const [out, weight] = [two(d.output[k], d.shape[1]), two(d.weight[k], d.filter.shape[1])];
    return { counters: `r, c = ${out}${d.weight[k] < 0 ? "" : `; i, j = ${weight}`}`, output: `output[${out}]`,
      param: `param[${weight}]`, cell: `input_pad[${two(d.cell[k], d.padded.shape[1])}]` };
  }

  sentence() {
    const d = this.data, k = this.step, names = this.names(), adds = d.weight[k] >= 0;
    const after = this.hidden ? "?" : formatNumber(d.after[k]);
    const start = `Beat ${k + 1} of ${this.steps}: ${names.counters}.`;
    const product = adds ? `${bracketed(d.filter[d.weight[k]])} × ${bracketed(d.padded[d.cell[k]])}`
      : bracketed(d.bias);
    const relu = !adds && d.relu ? ["max(", ", 0)"] : ["", ""];
    this.filled.replaceChildren(
      el("div", { className: "counters", textContent: names.counters }),
      el("div", { textContent: adds ? `${names.output} += ${names.param} * ${names.cell}`
        : d.relu ? `${names.output} = max(${names.output} + bias, 0)` : `${names.output} += bias` }),
      el("div", { textContent: `${relu[0]}${formatNumber(this.before())} + ${product}${relu[1]} = ` },
        el("strong", { className: "total", textContent: after })));
    if (this.hidden) return `${start} What does ${names.output} hold next?`;
    const before = formatNumber(this.before());
    if (!adds) return `${start} ${before} plus bias ${formatNumber(d.bias)}${d.relu ? ", not below 0," : ""} is `
      + `${after}.`;
    return `${start} ${names.param} × ${names.cell} is ${product} = ${formatNumber(d.product[k])}; `
      + `${before} becomes ${after}.`;
  }
}

export default mount(LoopStage);
