// uses grid.js guess.js stage.js value_grid.js
// The same map once more, shifted: which outputs of max, mean and stride stay the same.

const ARROWS = { left: "←", right: "→", up: "↑", down: "↓" };

class TranslationStage extends Stage {
  read(data) {
    const read = { ...data, outputs: unpackAll(data.outputs), movedOutputs: unpackAll(data.movedOutputs),
      same: unpackAll(data.same) };
    for (const name of ["map", "moved", "starts", "winners", "touched", "counts"]) read[name] = unpack(data[name]);
    this.steps = KINDS.length;
    return read;
  }

  value() { return this.data.counts[this.step]; }

  build() {
    const d = this.data, [rows, columns] = d.map.shape, [or, oc] = d.shape, narrow = this.width < 700;
    const widest = narrow ? columns + oc + 1 : columns + 3 * Math.max(oc, 3);
    const side = Math.max(Math.min((this.width - (narrow ? 40 : 460)) / widest, 62, 470 / (2 * rows)), rows > 20 ? 7
      : 14);
    this.largest = largestOf(d.map);
    this.shade = shadeFor(d.map);
    this.pair = ["Map", "Shifted map"].map((name) => new Grid(rows, columns, side, name));
    this.before = Object.fromEntries(KINDS.map((kind) => [kind, new Grid(or, oc, side, `${NAMES[kind]} before`)]));
    this.after = Object.fromEntries(KINDS.map((kind) => [kind, new Grid(or, oc, side, `${NAMES[kind]} after`)]));
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const box = el("div", { className: "shifts" }, figure("Map", this.pair[0]),
      ...KINDS.map((kind) => figure(NAMES[kind], this.before[kind])),
      figure("Shifted map", this.pair[1]), ...KINDS.map((kind) => figure("", this.after[kind])));
    this.sums = el("div", { className: "sums number" });
    const arrow = (name) => el("button", { textContent: ARROWS[name], ariaLabel: `Shift by one pixel ${name}`,
      onclick: () => { this.emit("shift", name); this.focus(); } });
    const reset = el("button", { textContent: "reset", ariaLabel: "Shift back",
      onclick: () => { this.emit("shift", "reset"); this.focus(); } });
    this.row.replaceChildren(box, el("div", { className: "beside" }, this.sums, el("div", { className: "arrows" },
      el("span", { textContent: "shift by one pixel" }), ...Object.keys(ARROWS).map(arrow), reset)));
    this.sum.hidden = true;
    const text = (grid, v) => (grid.side < 20 ? " " : formatNumber(v));
    [d.map, d.moved].forEach((values, n) => fillGrid(this.pair[n], values, this.shade, this.colours, this.largest,
      (k) => formatNumber(values[k]), (k) => (d.touched[k] ? "" : "zero dropped")));
    for (const kind of KINDS) {
      fillGrid(this.before[kind], d.outputs[kind], kind === "stride" ? signShade : this.shade, this.colours,
        this.most(kind), (k) => text(this.before[kind], d.outputs[kind][k]));
    }
    this.text = text;
  }

  most(kind) {
    return kind === "stride" ? Math.max(largestOf(this.data.outputs.stride), largestOf(this.data.movedOutputs.stride))
      : this.largest;
  }

  known(n) { return n < this.step || (n === this.step && !this.hidden); }

  draw() {
    const d = this.data, total = d.winners.length;
    KINDS.forEach((kind, n) => {
      const values = d.movedOutputs[kind], grid = this.after[kind], known = this.known(n);
      fillGrid(grid, values, kind === "stride" ? signShade : this.shade, this.colours, this.most(kind),
        (k) => (known ? this.text(grid, values[k]) : n === this.step ? "?" : ""),
        (k) => (!known ? "empty" : d.same[kind][k] ? "won" : "dropped"));
    });
    const busy = (n) => (d.busy[n][1] === total ? "" : `, ${d.busy[n][0]} of the ${d.busy[n][1]} that are not blank`);
    this.sums.replaceChildren(...KINDS.flatMap((kind, n) => [
      el("span", { className: "label", textContent: kind === "stride" ? "strided" : kind }),
      el("span", {}, el("b", { textContent: this.known(n) ? `${formatNumber(d.counts[n])}` : n === this.step ? "?"
        : "·" }),
        ` of ${total} stay${this.known(n) ? busy(n) : ""}`)]));
  }

  sentence() {
    const d = this.data, kind = KINDS[this.step], total = d.winners.length;
    if (this.hidden) return `${NAMES[kind]}: how many of the ${total} outputs stay the same when the map is shifted?`;
    return `${NAMES[kind]}: ${formatNumber(d.counts[this.step])} of ${total} outputs stay the same; the others are `
      + `struck out.`;
  }
}

export default mount(TranslationStage);
