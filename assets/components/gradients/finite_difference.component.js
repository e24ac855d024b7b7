// uses grid.js guess.js stage.js gradient_grid.js
// One cell nudged: the loss before and after, its slope, and who touched the cell.
// Steps: as it was, nudged, one for each output that reads the cell (or would), and the sum of what they give.

const LEDGER = 400;  // pixels beside the grids

const FLIPPED = "On the way forward the filter is not flipped: what the lecture calls convolution is, strictly, "
  + "cross-correlation.";

const NUDGE_ARRAYS = ["padded", "nudged", "filter", "nudgedFilter", "before", "after", "changed"];

class FiniteDifferenceStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of NUDGE_ARRAYS) read[name] = unpack(data[name]);
    this.steps = data.touches.length + 3;
    return read;
  }

  value() {
    const d = this.data, k = this.step;
    if (k === 0) return d.lossBefore;
    if (k === 1) return d.slope;
    return k < this.steps - 1 ? d.touches[k - 2].term : d.analytic;
  }

  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    const narrow = this.width < 700, gaps = LEDGER + 60;
    const side = d.flat
      ? flatSide(this.width - (narrow ? 0 : LEDGER), 60, Math.max(columns + 1 + fc, 2 * oc), Math.max(columns + 1, oc),
      narrow)
      : sideFor(this.width, gaps + 60, columns + fc + 2 * oc, rows, 400, Math.max(columns, oc), narrow);
    this.input = new Grid(rows, columns, side, "Input");
    this.filter = new Grid(fr, fc, side, "Filter");
    this.before = new Grid(or, oc, side, "Before");
    this.after = new Grid(or, oc, side, "After");
    this.grids = [this.input, this.filter];
    for (const part of ["input", "filter"]) {
      const grid = this[part];
      const inside = (k) => (part === "input" ? innerIndex(k, d.padded.shape, d.border) : k);
      editable(this, grid, part, part === "input" ? d.padded : d.filter, inside);
      grid.onCell((k) => {
        this.stop();
        if (part === d.part && k === d.cell) this.go(1, this.predict);
        else if (inside(k) >= 0) this.emit("cell", { part, index: inside(k) });
      });
    }
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const name = (letter, grid) => (d.flat ? labelled(grid, letter) : grid);
    this.ledger = el("div", { className: "ledger number" });
    const aside = el("div", { className: "aside secret" }, this.ledger,
      el("div", { className: "check", textContent: d.flipped ? FLIPPED : "" }));
    if (!narrow) aside.style.width = `${LEDGER}px`;
    this.row.classList.toggle("beside", !narrow);
    const input = figure(d.flat ? "Signal t, padded" : "Input t, padded", name("t", this.input));
    if (d.flat) input.style.marginRight = `${side}px`;  // room for the window of an output that does not exist
    const filter = figure("Filter w", name("w", this.filter));
    this.beforeFigure = figure("Output before", name("o", this.before), " ");
    this.afterFigure = secret(figure("Output after", name("o", this.after), " "));
    const grids = d.flat ? stack(strip(input, filter), strip(this.beforeFigure, this.afterFigure))
      : strip(input, filter, this.beforeFigure, this.afterFigure);
    grids.classList.add("grids");
    this.row.replaceChildren(grids, aside);
    this.terms = el("div", { className: "terms number" });
    this.total = el("div", { className: "total number" });
    this.sum.replaceChildren(this.terms, this.total);
    this.largestOut = Math.max(largestOf(d.before), largestOf(d.after));
  }

  nudgedNow() { return this.step > 1 || (this.step === 1 && !this.hidden); }

  draw() {
    const d = this.data, nudged = this.nudgedNow(), columns = d.padded.shape[1];
    drawPadded(this.input, this.colours, nudged ? d.nudged : d.padded, d.padded.shape, d.border);
    drawPlain(this.filter, this.colours, nudged ? d.nudgedFilter : d.filter);
    const own = d.part === "input" ? this.input : this.filter, other = d.part === "input" ? this.filter : this.input;
    own.box("frame", Math.floor(d.cell / own.columns), d.cell % own.columns, 1, 1);
    other.unbox("frame");
    drawSigned(this.before, this.colours, d.before, this.largestOut);
    const empty = () => "empty";
    if (nudged) drawSigned(this.after, this.colours, d.after, this.largestOut);
    else drawSigned(this.after, this.colours, d.before.map(() => 0), 1, empty, () => (this.step === 1 ? "?" : ""));
    this.after.light(nudged ? [...d.changed.keys()].filter((k) => d.changed[k]) : []);
    const note = (node, text) => { node.querySelector("small").textContent = text; };
    note(this.beforeFigure, d.flat || this.width > 700 ? `${d.lossName} = ${formatNumber(d.lossBefore)}` : "");
    note(this.afterFigure, nudged ? `${d.lossName} = ${formatNumber(d.lossAfter)}` : "");
    this.drawTouch(columns);
    this.drawLedger();
    this.drawTerms();
  }

  // The window that reads the cell; dashed, and sticking out where there is no such output.
  drawTouch(columns) {
    const d = this.data, touch = d.touches[this.step - 2];
    this.input.unbox("ghost");
    this.input.light([]);
    this.filter.light([]);
    const changed = this.nudgedNow() ? [...d.changed.keys()].filter((k) => d.changed[k]) : [];
    this.after.light(touch ? (touch.exists ? [touch.output] : []) : changed);
    if (!touch) return;
    const [row, column] = touch.start, from = Math.max(column, -1), to = Math.min(column + d.reach, columns + 1);
    const top = Math.max(row, -1), bottom = Math.min(row + (d.flat ? 1 : d.reach), d.padded.shape[0] + 1);
    this.input.box("ghost", top, from, bottom - top, to - from);
    const fc = d.filter.shape[1];
    if (d.part === "input") this.filter.light([touch.weight]);
    else this.input.light([(row + d.dilation * Math.floor(d.cell / fc)) * columns + column
      + d.dilation * (d.cell % fc)]);
  }

  drawLedger() {
    const d = this.data, shown = this.nudgedNow(), last = this.step === this.steps - 1 && !this.hidden;
    const nudged = `${d.cellName}: ${formatNumber(d.old)} ${d.amount < 0 ? "−" : "+"} `
      + `${formatNumber(Math.abs(d.amount))}`;
    const quotient = shown ? ` (${formatNumber(d.lossAfter)} − ${bracketed(d.lossBefore)})/${bracketed(d.amount)}` : "";
    const rows = [[`loss L = ${d.lossName}`, formatNumber(d.lossBefore)],
      [nudged, shown ? formatNumber(d.lossAfter) : "?"],
      [`slope${quotient}`, shown ? formatNumber(d.slope) : "?"],
      [`gradient dL/d${d.cellName}`, last ? formatNumber(d.analytic) : "?"],
      ["difference", last ? d.difference : "?"]];
    this.ledger.replaceChildren(...rows.flatMap(([text, value]) => [
      el("span", { textContent: text }), el("b", { textContent: value })]));
  }

  touchText(touch) {
    const d = this.data;
    const by = d.part === "input" ? cellWeight(touch, d) : `${cellOf(touch, d)} = ${formatNumber(touch.factor)}`;
    if (touch.stepped) return `with ${by}: the stride steps over it → 0`;
    const name = cellName("o", touch.place[0], touch.place[1], d.flat);
    const need = touch.missing === null ? "" : `would need t${subscript(touch.missing)}: it `;
    if (!touch.exists) return `${name} ${need}does not exist → 0 × ${bracketed(touch.factor)}`;
    return `${name} reads it with ${by}: ${bracketed(touch.grad)} × ${bracketed(touch.factor)} = `
      + `${formatNumber(touch.term)}`;
  }

  drawTerms() {
    const d = this.data, k = this.step, upto = Math.max(Math.min(k - 1, d.touches.length), 0);
    this.terms.replaceChildren();
    this.total.textContent = "";
    if (k === 0) { this.terms.textContent = `Who touched ${d.cellName}? Go on: nudge it.`; return; }
    if (k === 1) {
      this.terms.textContent = this.hidden
        ? `${d.cellName} grows by ${formatNumber(d.amount)}: what is the slope of the loss?`
        : `${d.count} of ${d.before.length} outputs change`;
      this.total.textContent = this.hidden ? "slope ?" : `slope ${formatNumber(d.slope)}`;
      return;
    }
    const hiddenTouch = this.hidden && k < this.steps - 1;
    for (const touch of d.touches.slice(0, upto).slice(-4)) {
      const now = touch === d.touches[k - 2];
      const text = now && hiddenTouch ? `${this.touchText(touch).split(/[:→]/)[0]}: ?` : this.touchText(touch);
      const said = touch.exists ? text : el("s", { textContent: text });
      this.terms.append(el("div", { className: now ? "now" : "" }, said));
    }
    if (hiddenTouch || (this.hidden && k === this.steps - 1)) {
      this.total.textContent = `dL/d${d.cellName} = ?`;
      return;
    }
    const terms = d.touches.slice(0, upto), short = terms.length > 6 ? terms.filter((t) => t.term !== 0) : terms;
    const text = short.length > 9 ? "…" : short.map((t) => bracketed(t.term)).join(" + ");
    this.total.textContent =
      `dL/d${d.cellName} = ${text ? `${text} = ` : ""}${formatNumber(upto ? d.touches[upto - 1].running : 0)}`;
  }

  sentence() {
    const d = this.data, k = this.step, at = `Step ${k + 1} of ${this.steps}`;
    if (k === 0) return `${at}: the loss ${d.lossName} is ${this.hidden ? "?" : formatNumber(d.lossBefore)}.`;
    if (k === 1) {
      return this.hidden ? `${at}: ${d.cellName} grows by ${formatNumber(d.amount)}. What is the slope?`
        : `${at}: ${d.cellName} grows by ${formatNumber(d.amount)}; the loss goes from ${formatNumber(d.lossBefore)} `
          + `to ${formatNumber(d.lossAfter)}: slope ${formatNumber(d.slope)}.`;
    }
    if (k < this.steps - 1) {
      const text = this.touchText(d.touches[k - 2]);
      return `${at}: ${this.hidden ? `${text.split(/[:→]/)[0]}. What does it give?` : `${text}.`}`;
    }
    if (this.hidden) return `${at}: what is the gradient dL/d${d.cellName}?`;
    const slopes = `${at}: gradient ${formatNumber(d.analytic)}, slope ${formatNumber(d.slope)}, difference`;
    return `${slopes} ${d.difference}. ${d.curved}`.trim();
  }
}

function cellWeight(touch, d) {
  return `${nameOf("w", touch.weight, d.filter.shape[1], d.flat)} = ${formatNumber(touch.factor)}`;
}

function cellOf(touch, d) {
  const fc = d.filter.shape[1], row = touch.start[0] + d.dilation * Math.floor(d.cell / fc);
  return cellName("t", row, touch.start[1] + d.dilation * (d.cell % fc), d.flat);
}

export default mount(FiniteDifferenceStage);
