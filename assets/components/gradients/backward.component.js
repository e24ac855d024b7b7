// uses grid.js guess.js stage.js gradient_grid.js
// The backward pass, a step an output: its gradient scatters through the filter into dL/d(input),
// weighs its patch into dL/d(filter), and adds itself to dL/d(bias).

const SCATTER_ARRAYS = ["padded", "filter", "starts", "outputs", "outputGrad", "scattered", "dropped", "weighted",
  "inputGrads", "filterGrads", "biasGrads", "asked", "inputCheck", "filterCheck"];

class BackwardStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of SCATTER_ARRAYS) read[name] = unpack(data[name]);
    if (data.targets) read.targets = unpack(data.targets);
    this.steps = read.outputGrad.length;
    return read;
  }

  // The running gradient of the cell that is asked for; not a number where the whole window lies in the padding.
  value() {
    const d = this.data, cell = d.asked[this.step];
    return cell < 0 ? NaN : d.inputGrads[this.step * d.padded.length + cell];
  }

  rowLength() { return this.data.shape[1]; }

  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    const narrow = this.width < 700, aims = d.targets ? 1 : 0;
    const longest = Math.max(columns, oc), across = oc + 2 * fc + columns;
    const down = Math.max(rows + 0.7, 2 * fr + 1.4 + 1.7, or + aims * (or + 1.5));  // cells, and names between
    const side = d.flat ? flatSide(this.width, 200, Math.max(across, columns + 2 * fc + 1 + aims * oc), longest, narrow)
      : sideFor(this.width, 190, across + columns, down, 440, longest, narrow);
    this.out = new Grid(or, oc, side, "Output gradient");
    this.weights = new Grid(fr, fc, side, "Filter");
    this.scatter = new Grid(fr, fc, side, "Scattered");
    this.inputGrad = new Grid(rows, columns, side, "Input gradient");
    this.input = new Grid(rows, columns, side, "Input");
    this.weighted = new Grid(fr, fc, side, "Weighted patch");
    this.filterGrad = new Grid(fr, fc, side, "Filter gradient");
    this.biasGrad = new Grid(1, 1, side, "Bias gradient");
    this.grids = [this.out, this.weights, this.inputGrad, this.input, this.filterGrad];
    if (d.editGrads) editable(this, this.out, "grads", d.outputGrad);
    this.out.onCell((step) => { this.stop(); this.go(step, false); });
    editable(this, this.weights, "filter", d.filter);
    editable(this, this.input, "input", d.padded, (k) => innerIndex(k, d.padded.shape, d.border));
    this.inputGrad.onHover((k) => this.compare(k < 0 ? -1 : innerIndex(k, d.padded.shape, d.border), "t",
      d.inputCheck));
    this.filterGrad.onHover((k) => this.compare(k, "w", d.filterCheck));
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const out = figure("dL/d(output)", this.out, "", d.gradNote), filter = figure("Filter", this.weights);
    const scatter = secret(figure("Filter × g", this.scatter)),
      inputGrad = secret(figure("dL/d(input)", this.inputGrad));
    const input = figure("Input", this.input), weighted = secret(figure("Patch × g", this.weighted));
    const filterGrad = secret(figure("dL/d(filter)", this.filterGrad)),
      biasGrad = secret(figure("dL/d(bias)", this.biasGrad));
    const aim = [];
    if (d.targets) {
      this.target = new Grid(or, oc, side, "Target");
      editable(this, this.target, "targets", d.targets);
      this.grids.push(this.target);
      aim.push(figure("Target y", this.target));
    }
    this.row.replaceChildren(...(d.flat
      ? [strip(out, filter, scatter, inputGrad), strip(input, weighted, filterGrad, biasGrad, ...aim)]
      : [strip(stack(out, ...aim), stack(filter, scatter), inputGrad, input, stack(weighted, filterGrad, biasGrad))]));
    this.terms = el("div", { className: "terms number" });
    this.rest = el("div", { className: "rest number" });
    this.check = el("div", { className: "check number" });
    this.sum.replaceChildren(this.terms, this.rest, this.check);
    this.compare(-1);
    drawPlain(this.weights, this.colours, d.filter);
    drawPadded(this.input, this.colours, d.padded, d.padded.shape, d.border);
    if (d.targets) drawPlain(this.target, this.colours, d.targets);
    this.largest = { out: largestOf(d.outputGrad), scatter: largestOf(d.scattered), input: largestOf(d.inputGrads),
      weighted: largestOf(d.weighted), filter: largestOf(d.filterGrads), bias: largestOf(d.biasGrads) };
  }

  // Beside a gradient its finite difference: of the cell pointed at, else the largest of all.
  compare(index, letter, checks) {
    const d = this.data;
    this.check.textContent = `L = ${d.lossName} = ${formatNumber(d.loss)}\nfinite differences differ\nby ${d.worst}`;
    if (index < 0 || !checks) return;
    const width = letter === "t" ? d.padded.shape[1] - 2 * d.border[1] : d.filter.shape[1];
    const at = [Math.floor(index / width), index % width], border = letter === "t" ? d.border : [0, 0];
    const name = cellName(letter, at[0] + border[0], at[1] + border[1], d.flat);
    const last = checks[3 * index], quotient = checks[3 * index + 1], difference = checks[3 * index + 2];
    const off = difference !== 0 && Math.abs(difference) < 1e-6 ? "< 0.000001" : formatNumber(difference);
    this.check.textContent =
      `dL/d${name} in the end ${formatNumber(last)}\nby finite differences ${formatNumber(quotient)}\n`
      + `difference ${off}`;
  }

  draw() {
    const d = this.data, k = this.step, F = d.filter.length, cells = d.padded.length, [fr, fc] = d.filter.shape;
    const shown = this.hidden ? k - 1 : k, asked = this.hidden ? d.asked[k] : -1;
    const running = (values, size) => (shown < 0 ? new Float64Array(size)
      : values.subarray(shown * size, (shown + 1) * size));
    const row = d.starts[2 * k], column = d.starts[2 * k + 1], D = d.dilation;
    drawSigned(this.out, this.colours, d.outputGrad, this.largest.out);
    this.out.box("frame", Math.floor(k / d.shape[1]), k % d.shape[1], 1, 1);
    const here = (values) => values.subarray(k * F, (k + 1) * F), unknown = () => "?";
    const mark = (p) => (d.dropped[k * F + p] ? "dropped" : "");
    if (this.hidden) {
      const zeros = new Float64Array(F);
      for (const grid of [this.scatter, this.weighted]) drawSigned(grid, this.colours, zeros, 1, () => "", unknown);
    } else {
      drawSigned(this.scatter, this.colours, here(d.scattered), this.largest.scatter, mark);
      drawSigned(this.weighted, this.colours, here(d.weighted), this.largest.weighted);
    }
    const inGrads = running(d.inputGrads, cells);
    drawSigned(this.inputGrad, this.colours, inGrads, this.largest.input,
      (n) => (inBorder(n, d.padded.shape, d.border) ? "zero dropped" : ""),
        (v, n) => (n === asked ? "?" : formatNumber(v)));
    const [down, right] = d.border, [rows, columns] = d.padded.shape;
    this.inputGrad.box("inner", down, right, rows - 2 * down, columns - 2 * right);
    for (const grid of [this.inputGrad, this.input]) grid.box("frame", row, column, D * (fr - 1) + 1, D * (fc - 1) + 1);
    this.inputGrad.light(d.asked[k] >= 0 ? [d.asked[k]] : []);
    drawSigned(this.filterGrad, this.colours, running(d.filterGrads, F), this.largest.filter);
    drawSigned(this.biasGrad, this.colours, running(d.biasGrads, 1), this.largest.bias);
    this.words();
  }

  place(k) { return nameOf("o", k, this.data.shape[1], this.data.flat); }

  cell(k) { return nameOf("t", k, this.data.padded.shape[1], this.data.flat); }

  words() {
    const d = this.data, k = this.step, F = d.filter.length, [, fc] = d.filter.shape, g = d.outputGrad[k];
    this.terms.replaceChildren();
    if (this.hidden) {
      const asks = d.asked[k] >= 0 ? `: which value has dL/d${this.cell(d.asked[k])} then?` : "";
      this.terms.textContent = `g = ${formatNumber(g)} scatters through the filter${asks}`;
      this.rest.textContent = "";
      return;
    }
    const most = 9;
    for (let p = 0; p < Math.min(F, most); p += 1) {
      if (p) this.terms.append(p % fc === 0 && !d.flat ? el("br") : "  ");
      const text = `${bracketed(d.filter[p])}×${bracketed(g)} → ${this.cell(this.under(p))}`;
      this.terms.append(el(d.dropped[k * F + p] ? "s" : "span", { textContent: text }), p < F - 1 ? "," : "");
    }
    if (F > most) this.terms.append(" …");
    const lost = d.dropped.subarray(k * F, (k + 1) * F).reduce((sum, v) => sum + v, 0);
    const before = k ? `${formatNumber(d.biasGrads[k - 1])} + ` : "";
    this.rest.replaceChildren(...[`dL/d(bias) = `
      + `${before}${bracketed(g)}${k ? ` = ${formatNumber(d.biasGrads[k])}` : ""}`,
      lost ? `${lost} of ${F} fall on the padding` : ""].map((text) => el("div", { textContent: text })));
  }

  // The padded cell under the filter's cell p.
  under(p) {
    const d = this.data, fc = d.filter.shape[1];
    const row = d.starts[2 * this.step] + d.dilation * Math.floor(p / fc);
    return row * d.padded.shape[1] + d.starts[2 * this.step + 1] + d.dilation * (p % fc);
  }

  sentence() {
    const d = this.data, k = this.step, F = d.filter.length, asked = d.asked[k];
    const start = `Step ${k + 1} of ${this.steps}: ${this.place(k)} has gradient ${formatNumber(d.outputGrad[k])}.`;
    const asks = asked >= 0 ? `What is dL/d${this.cell(asked)} then?` : "Its window lies in the padding.";
    if (this.hidden) return `${start} ${asks}`;
    const lost = d.dropped.subarray(k * F, (k + 1) * F).reduce((sum, v) => sum + v, 0);
    const dropped = lost ? `; ${lost} of ${F} terms fall on the padding and are lost` : "";
    const value = asked >= 0 ? ` dL/d${this.cell(asked)} is now ${formatNumber(this.value())};` : "";
    return `${start}${value} dL/d(bias) is now ${formatNumber(d.biasGrads[k])}${dropped}.`;
  }
}

export default mount(BackwardStage);
