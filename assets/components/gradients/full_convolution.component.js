// uses grid.js guess.js stage.js gradient_grid.js
// The input's gradient twice: as a full convolution with the turned filter, and as the backward pass scatters it.

const ROTATED_ARRAYS = ["padded", "genuine", "filter", "rotated", "starts", "products", "outputs", "scattered"];

class FullConvolutionStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of ROTATED_ARRAYS) read[name] = unpack(data[name]);
    this.steps = read.outputs.length;
    return read;
  }

  value() { return this.data.outputs[this.step]; }

  rowLength() { return this.data.shape[1]; }

  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.rotated.shape, [or, oc] = d.shape;
    const narrow = this.width < 700;
    const side = d.flat ? flatSide(this.width, 120, Math.max(columns + 2 * fc, 2 * oc), Math.max(columns, oc), narrow)
      : sideFor(this.width, 150, columns + fc + 2 * oc, Math.max(rows, 2 * fr + 1), 430, Math.max(columns, oc), narrow);
    this.grads = new Grid(rows, columns, side, "Output gradient");
    this.filter = new Grid(fr, fc, side, "Filter");
    this.turned = new Grid(fr, fc, side, "Turned filter");
    this.output = new Grid(or, oc, side, "Convolution");
    this.scatter = new Grid(or, oc, side, "Scattered back");
    for (const grid of [this.output, this.scatter]) grid.onCell((step) => { this.stop(); this.go(step, false); });
    editable(this, this.filter, "filter", d.filter);
    this.grids = [this.filter, this.output, this.scatter];
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    const grads = figure("dL/d(output)", this.grads, d.zeros), filter = figure("Filter", this.filter);
    const turned = secret(figure("Turned by 180°", this.turned));
    const output = secret(figure("Full convolution", this.output)),
      scatter = secret(figure("Scattered back", this.scatter));
    this.row.replaceChildren(...(d.flat ? [strip(grads, filter, turned), strip(output, scatter)]
      : [strip(grads, stack(filter, turned), output, scatter)]));
    this.terms = el("div", { className: "terms number" });
    this.total = el("div", { className: "total number" });
    this.rest = el("div", { className: "rest number" });
    this.sum.replaceChildren(this.terms, this.total, this.rest);
    drawSigned(this.grads, this.colours, d.padded, largestOf(d.padded), (k) => (d.genuine[k] ? "" : "zero"));
    drawPlain(this.filter, this.colours, d.filter);
    drawPlain(this.turned, this.colours, d.rotated);
  }

  draw() {
    const d = this.data, k = this.step, [fr, fc] = d.rotated.shape, D = d.dilation, upto = this.hidden ? k - 1 : k;
    this.grads.box("frame", d.starts[2 * k], d.starts[2 * k + 1], D * (fr - 1) + 1, D * (fc - 1) + 1);
    const largest = Math.max(largestOf(d.outputs), largestOf(d.scattered));
    for (const [grid, values] of [[this.output, d.outputs], [this.scatter, d.scattered]]) {
      values.forEach((v, n) => {
        const kind = `${inBorder(n, d.shape, d.border) ? "zero dropped" : ""} ${n > upto ? "empty" : ""}`;
        grid.set(n, n > upto ? rgb(this.colours.background) : signShade(this.colours, v, largest),
          n > upto ? (n === k ? "?" : "") : formatNumber(v), kind);
      });
      grid.flush();
      grid.box("inner", d.border[0], d.border[1], d.shape[0] - 2 * d.border[0], d.shape[1] - 2 * d.border[1]);
      grid.box("frame", Math.floor(k / d.shape[1]), k % d.shape[1], 1, 1);
    }
    this.words();
  }

  words() {
    const d = this.data, k = this.step, F = d.rotated.length, [, fc] = d.rotated.shape;
    this.terms.replaceChildren();
    if (this.hidden) {
      this.terms.textContent = "the turned filter over the output's gradients: which sum?";
      this.total.textContent = "= ?";
      this.rest.textContent = "";
      return;
    }
    for (let p = 0; p < F; p += 1) {
      const zero = d.products[k * F + p] === 0;
      if (F > 9 && zero) continue;
      if (this.terms.childNodes.length) this.terms.append(p % fc === 0 ? el("br") : "", " + ");
      this.terms.append(el(zero ? "s" : "span",
        { textContent: `${bracketed(this.under(p))}×${bracketed(d.rotated[p])}` }));
    }
    this.total.textContent = `= ${formatNumber(d.outputs[k])}`;
    this.rest.textContent = `scattered back: ${formatNumber(d.scattered[k])}, difference ${d.differences[k]}`;
  }

  under(p) {
    const d = this.data, fc = d.rotated.shape[1], row = d.starts[2 * this.step] + d.dilation * Math.floor(p / fc);
    return d.padded[row * d.padded.shape[1] + d.starts[2 * this.step + 1] + d.dilation * (p % fc)];
  }

  sentence() {
    const d = this.data, k = this.step, name = nameOf("t", k, d.shape[1], d.flat);
    const start = `Step ${k + 1} of ${this.steps}: dL/d${name}.`;
    if (this.hidden) return `${start} Which value is it?`;
    const lost = inBorder(k, d.shape, d.border) ? "; it lies in the padding and is dropped" : "";
    return `${start} The full convolution gives ${formatNumber(d.outputs[k])}, scattering back `
      + `${formatNumber(d.scattered[k])}${lost}.`;
  }
}

export default mount(FullConvolutionStage);
