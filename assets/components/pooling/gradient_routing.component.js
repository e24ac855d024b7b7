// uses grid.js guess.js stage.js value_grid.js
// Pooling backward, window by window: the winner takes the gradient, the average shares it.

class GradientRoutingStage extends Stage {
  read(data) {
    const read = { ...data, routed: unpackAll(data.routed), after: unpackAll(data.after) };
    for (const name of ["map", "starts", "winners", "touched", "grad"]) read[name] = unpack(data[name]);
    this.steps = read.winners.length;
    return read;
  }

  value() { return this.data.after.max[this.step * this.data.size.F ** 2 + this.data.winners[this.step]]; }

  rowLength() { return this.data.shape[1]; }

  build() {
    const d = this.data, [rows, columns] = d.map.shape, [or, oc] = d.shape, { F } = d.size, narrow = this.width < 700;
    const widest = narrow ? columns : 3 * columns + oc;  // lenses beside the gradients take their own room
    const side = Math.max(Math.min((this.width - (narrow ? 8 : rows > 20 ? 460 : 130)) / widest, 62, 390 / rows),
      rows > 20 ? 8 : 14);
    this.shade = shadeFor(d.map);
    this.map = new Grid(rows, columns, side, "Map");
    this.grad = new Grid(or, oc, side, "Output gradient");
    this.grad.onCell((step) => { this.stop(); this.go(step, false); });
    if (side >= 20) this.grad.onEdit((index, value) => this.emit("edit", { grid: "grad", index, value }));
    this.back = { max: new Grid(rows, columns, side, "Max gradient"),
      mean: new Grid(rows, columns, side, "Mean gradient") };
    this.lenses = side < READABLE
      ? { max: new Grid(F, F, Math.min(56, 200 / F), "Max adds"),
      mean: new Grid(F, F, Math.min(56, 200 / F), "Mean adds") } : null;
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const shown = [figure("Map", this.map), figure("dL/d(output)", this.grad, "", side < 20 ? ""
      : "double click a cell and type"),
      figure("max: dL/d(map)", this.back.max)];
    if (this.lenses) shown.push(figure("Window", this.lenses.max));
    shown.push(figure("mean: dL/d(map)", this.back.mean));
    if (this.lenses) shown.push(figure("Window", this.lenses.mean));
    this.row.replaceChildren(el("div", { className: "figures" }, ...shown));
    this.sums = el("div", { className: "sums number" });
    this.sum.replaceChildren(this.sums);
    this.largest = Math.max(largestOf(d.after.max), largestOf(d.after.mean));  // one scale, to compare them
    const most = largestOf(d.map);
    fillGrid(this.map, d.map, this.shade, this.colours, most, (k) => (side < 20 ? " " : formatNumber(d.map[k])),
      (k) => (d.touched[k] ? "" : "zero dropped"));
  }

  // What each cell holds after window k: the last window that reached it left it there.
  held(kind, k) {
    const d = this.data, count = d.size.F ** 2, held = new Float64Array(d.map.length);
    for (let n = 0; n <= k; n += 1) windowCells(d, n).forEach((cell, p) => {
      held[cell] = d.after[kind][n * count + p];
    });
    return held;
  }

  draw() {
    const d = this.data, k = this.step, { F, W } = d.size, oc = d.shape[1];
    const row = d.starts[2 * k], column = d.starts[2 * k + 1], won = windowCells(d, k)[d.winners[k]];
    fillGrid(this.grad, d.grad, signShade, this.colours, largestOf(d.grad),
      (n) => (this.grad.side < 20 ? " " : formatNumber(d.grad[n])));
    this.grad.box("frame", Math.floor(k / oc), k % oc, 1, 1);
    const at = this.hidden ? k - 1 : k, current = new Set(windowCells(d, k));
    for (const kind of ["max", "mean"]) {
      const held = this.held(kind, at), grid = this.back[kind];
      fillGrid(grid, held, signShade, this.colours, this.largest,
        (n) => (this.hidden && current.has(n) ? "?" : grid.side < 20 ? " " : formatNumber(held[n])),
        (n) => (d.touched[n] ? "" : "zero dropped"));
      grid.box("frame", row, column, F, F);
      if (this.lenses) {
        const lens = this.lenses[kind], first = k * F * F, values = d.after[kind].subarray(first, first + F * F);
        fillGrid(lens, values, signShade, this.colours, this.largest,
          (p) => (this.hidden ? "?" : formatNumber(values[p])));
      }
    }
    this.map.box("frame", row, column, F, F);
    this.map.box("winner", Math.floor(won / W), won % W, 1, 1);
    if (this.hidden) this.back.max.unbox("winner");
    else this.back.max.box("winner", Math.floor(won / W), won % W, 1, 1);
    this.drawSums(won);
  }

  drawSums(won) {
    const d = this.data, k = this.step, count = d.size.F ** 2, at = k * count + d.winners[k];
    const mark = (text) => el("b", { textContent: this.hidden ? "?" : text });
    const before = this.held("max", k - 1)[won], shared = this.held("mean", k - 1)[won];
    this.sums.replaceChildren(
      el("span", { className: "label", textContent: "max" }),
      el("span", {}, `the winner, ${place(won, d.size.W)}: ${formatNumber(before)} + ${bracketed(d.routed.max[at])} = `,
        mark(formatNumber(d.after.max[at]))),
      el("span", { className: "label", textContent: "mean" }),
      el("span", {}, `each of ${count} cells: ${bracketed(d.grad[k])}/${count} = ${formatNumber(d.routed.mean[at])}; `
        + `the same cell: ${formatNumber(shared)} + ${bracketed(d.routed.mean[at])} = `,
      mark(formatNumber(d.after.mean[at]))));
  }

  sentence() {
    const d = this.data, k = this.step, count = d.size.F ** 2, at = k * count + d.winners[k];
    const won = windowCells(d, k)[d.winners[k]];
    const start = `Window ${k + 1} of ${this.steps}: ${place(k, d.shape[1])}, gradient ${formatNumber(d.grad[k])}.`;
    if (this.hidden) return `${start} Which input gradient does the winner hold afterwards under max pooling?`;
    return `${start} Max pooling adds ${formatNumber(d.routed.max[at])} to ${place(won, d.size.W)}, which now holds `
      + `${formatNumber(d.after.max[at])}; average pooling adds ${formatNumber(d.routed.mean[at])} to each of ${count} `
      + `cells.`;
  }
}

export default mount(GradientRoutingStage);
