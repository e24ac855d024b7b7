// uses grid.js guess.js stage.js value_grid.js
// One map under max pooling, average pooling and a strided convolution, window by window.

class WindowsStage extends Stage {
  read(data) {
    const read = { ...data, outputs: unpackAll(data.outputs) };
    for (const name of ["map", "filter", "starts", "winners", "touched", "values", "ties"])
      read[name] = unpack(data[name]);
    this.steps = read.winners.length;
    return read;
  }

  value() { return this.data.outputs[this.data.asked][this.step]; }

  rowLength() { return this.data.shape[1]; }

  build() {
    const d = this.data, [rows, columns] = d.map.shape, [or, oc] = d.shape, { F } = d.size;
    const narrow = this.width < 700;
    const widest = narrow ? columns : columns + 3 * oc + F;
    const side = Math.max(Math.min((this.width - (narrow ? 8 : rows > 20 ? 500 : 190)) / widest, 62, 390 / rows),
      rows > 20 ? 8 : 14);
    const small = Math.min(Math.max(side, 20), 46);
    this.largest = largestOf(d.map);
    this.shade = shadeFor(d.map);
    this.map = new Grid(rows, columns, side, "Map");
    this.map.onHover((index) => this.point(index));
    if (d.editable) this.map.onEdit((index, value) => this.emit("edit", { grid: "map", index, value }));
    this.outputs = Object.fromEntries(KINDS.map((kind) => [kind, new Grid(or, oc, side, NAMES[kind])]));
    for (const kind of KINDS) {
      this.outputs[kind].onCell((step) => { this.stop(); this.go(step, false); });
      this.outputs[kind].onHover((index) => this.map.light(index < 0 ? [] : windowCells(d, index)));
    }
    this.filter = new Grid(F, F, F > 3 ? Math.min(small, 30) : small, "Filter");
    d.filter.forEach((v, k) => this.filter.set(k, rgb(this.colours.background), formatNumber(v)));
    this.filter.flush();
    this.lens = side < READABLE ? new Grid(F, F, Math.min(48, 200 / F), "Window") : null;
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const shown = [figure("Map", this.map, `${rows} × ${columns}`, d.editable ? "click a cell and type" : "")];
    if (this.lens) shown.push(figure("Window", this.lens));
    shown.push(figure(NAMES.max, this.outputs.max), figure(NAMES.mean, this.outputs.mean),
      figure("Filter", this.filter, "", d.filterName), figure(NAMES.stride, this.outputs.stride));
    shown.at(-2).querySelector(".below").style.maxWidth = "9rem";
    this.row.replaceChildren(el("div", { className: "figures" }, ...shown));
    this.sums = el("div", { className: "sums number" });
    this.sum.replaceChildren(this.sums,
      el("div", { className: "formula number", textContent: pooledFormula(d) }));
    this.painted = false;
  }

  // From a cell of the map to every output whose window reads it.
  point(index) {
    const steps = [...Array(index < 0 ? 0 : this.steps).keys()].filter((k) => windowCells(this.data, k)
      .includes(index));
    for (const kind of KINDS) this.outputs[kind].light(steps);
  }

  draw() {
    const d = this.data, k = this.step, { F } = d.size, oc = d.shape[1];
    this.drawMap();
    this.map.box("frame", d.starts[2 * k], d.starts[2 * k + 1], F, F);
    const won = windowCells(d, k)[d.winners[k]];
    if (this.hidden) this.map.unbox("winner");
    else this.map.box("winner", Math.floor(won / d.size.W), won % d.size.W, 1, 1);
    if (this.lens) this.drawLens();
    for (const kind of KINDS) {
      const values = d.outputs[kind], shade = kind === "stride" ? signShade : this.shade;
      fillGrid(this.outputs[kind], values, shade, this.colours, kind === "stride" ? largestOf(values) : this.largest,
        (n) => (n < k || (n === k && !this.hidden) ? this.fits(kind, values[n]) : n === k ? "?" : ""),
        (n) => (n > k || (n === k && this.hidden) ? "empty" : ""));
      this.outputs[kind].box("frame", Math.floor(k / oc), k % oc, 1, 1);
    }
    this.drawSums();
  }

  // Digits that nobody could read are left out; a space keeps the shade.
  fits(kind, value) { return this.outputs[kind].side < 20 ? " " : formatNumber(value); }

  // Struck out: what was in a window and won none so far.
  drawMap() {
    const d = this.data;
    if (this.map.big && this.painted) return;
    this.painted = true;
    const won = new Set(), seen = new Set();
    for (let n = 0; n <= this.step - (this.hidden ? 1 : 0); n += 1) {
      const cells = windowCells(d, n);
      cells.forEach((cell) => seen.add(cell));
      won.add(cells[d.winners[n]]);
    }
    fillGrid(this.map, d.map, this.shade, this.colours, this.largest, (n) => formatNumber(d.map[n]), (n) =>
      (!d.touched[n] ? "zero dropped" : won.has(n) ? "won" : seen.has(n) ? "dropped" : ""));
  }

  drawLens() {
    const d = this.data, k = this.step, count = d.size.F ** 2;
    fillGrid(this.lens, d.values.subarray(k * count, (k + 1) * count), this.shade, this.colours, this.largest,
      (p) => formatNumber(d.values[k * count + p]), (p) => (this.hidden ? "" : p === d.winners[k] ? "won" : "dropped"));
  }

  drawSums() {
    const d = this.data, k = this.step, { F } = d.size, count = F * F;
    const values = Array.from(d.values.subarray(k * count, (k + 1) * count)), short = count > 9;
    const result = (kind) => el("b", { textContent: this.hidden ? "?" : formatNumber(d.outputs[kind][k]) });
    const line = (label, ...parts) => [el("span", { className: "label", textContent: label }),
      el("span", {}, ...parts)];
    const listed = short ? [`${count} values`] : values.flatMap((v, p) => [p ? ", " : "",
      el(this.hidden || p === d.winners[k] ? "span" : "s", { textContent: formatNumber(v) })]);
    const terms = values.map((v, p) => [v, d.filter[p]]).filter(([, w]) => w !== 0);
    const strided = short && terms.length > 5 ? `${terms.length} products`
      : terms.map(([v, w]) => `${bracketed(v)}×${bracketed(w)}`).join(" + ");
    this.sums.replaceChildren(
      ...line("max", "max(", ...listed, ") = ", result("max")),
      ...line("mean", short ? `the sum of ${count} values / ${count} = `
        : `(${values.map(bracketed).join(" + ")})/${count} = `,
        result("mean")),
      ...line("strided", `${strided} = `, result("stride")));
  }

  sentence() {
    const d = this.data, k = this.step, count = d.size.F ** 2;
    const start = `Window ${k + 1} of ${this.steps}: ${place(k, d.shape[1])}.`;
    if (this.hidden) return `${start} Which value does ${d.asked === "max" ? "max" : "average"} pooling give?`;
    const values = Array.from(d.values.subarray(k * count, (k + 1) * count));
    const lost = values.filter((_, p) => p !== d.winners[k]).map((v) => formatNumber(v));
    const won = windowCells(d, k)[d.winners[k]];
    const thrown = !lost.length ? "" : lost.length > 8 ? `, ${lost.length} values are thrown away`
      : `, ${lost.join(", ")} thrown away`;
    const tied = d.ties[k] > 1 ? ` (of ${d.ties[k]} equals the first wins)` : "";
    return `${start} Max keeps ${formatNumber(d.outputs.max[k])} from ${place(won, d.size.W)}${tied}${thrown}; `
      + `the mean is ${formatNumber(d.outputs.mean[k])}; the strided convolution gives `
      + `${formatNumber(d.outputs.stride[k])}.`;
  }
}

export default mount(WindowsStage);
