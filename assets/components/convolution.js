// uses grid.js guess.js stage.js
// One filter over one picture or signal: padded input, window, filter, products, sum, output.

const ARRAYS_SENT = ["padded", "filter", "starts", "products", "sums", "biased", "outputs", "touched"];

class ConvolutionStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of ARRAYS_SENT) read[name] = unpack(data[name]);
    read.mistakes = data.mistakes.map(({ why, values }) => ({ why, values: unpack(values) }));
    this.steps = read.outputs.length;
    return read;
  }

  value() { return this.data.outputs[this.step]; }

  mistakes() { return this.data.mistakes.map(({ why, values }) => ({ why, value: values[this.step] })); }

  rowLength() { return this.data.shape[1]; }

  // Everything that depends on the width or the theme.
  build() {
    const d = this.data, [rows, columns] = d.padded.shape, [fr, fc] = d.filter.shape, [or, oc] = d.shape;
    const narrow = this.width < 700, big = rows * columns > MOST_CELLS;
    const widest = narrow ? columns : columns + oc + (big ? 0 : 2 * fc);
    const gaps = narrow ? 8 : big ? 520 : 270;
    const side = Math.max(Math.min((this.width - gaps) / widest, big ? 10.5 : 62, 420 / rows), big ? 5 : 14);
    const lens = big ? Math.min(62, narrow ? 48 : (this.width - 290 - side * (columns + oc)) / (2 * fc)) : side;
    this.input = new Grid(rows, columns, side, "Input");
    this.filter = new Grid(fr, fc, lens, "Filter");
    this.products = new Grid(fr, fc, lens, "Products");
    this.output = new Grid(or, oc, side, "Output");
    this.output.onCell((step) => { this.stop(); this.go(step, false); });
    this.largestOut = d.outputs.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    this.largestProduct = d.products.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const size = oc > 1 && or > 1 ? `${or} × ${oc}` : `${or * oc}`;
    this.head.replaceChildren(element("h2", { textContent: d.title }), element("span", { textContent: d.caption }));
    const sign = (text) => element("span", { className: "sign", textContent: text });
    this.row.replaceChildren(figure("Input", this.input), sign("×"),
      figure("Filter", this.filter, "", `${d.filterName}; not flipped, so strictly a cross-correlation`), sign("="),
      figure("Products", this.products), sign("Σ →"), figure("Output", this.output, size));
    this.row.querySelectorAll(".below").forEach((node) => { node.style.maxWidth = `${Math.max(fc * lens, 150)}px`; });
    this.terms = element("div", { className: "terms number" });
    this.total = element("div", { className: "total number" });
    this.rest = element("div", { className: "rest number" });
    this.sum.replaceChildren(this.terms, this.total, this.rest,
      element("div", { className: "formula number", textContent: this.formula() }));
    this.drawInput();
    d.filter.forEach((v, k) => this.filter.set(k, signShade(this.colours, 0, 1), number(v)));
    this.filter.flush();
    this.drawn = -1;
  }

  drawInput() {
    const d = this.data, [rows, columns] = d.padded.shape, [br, bc] = d.border;
    const largest = d.padded.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    d.padded.forEach((v, k) => {
      const row = Math.floor(k / columns), column = k % columns;
      const zero = row < br || column < bc || row >= rows - br || column >= columns - bc;
      this.input.set(k, inkShade(this.colours, v, largest), number(v),
        `${zero ? "zero" : ""} ${d.touched[k] ? "" : "dropped"}`);
    });
    this.input.flush();
    this.input.box("inner", br, bc, rows - 2 * br, columns - 2 * bc);
  }

  formula() {
    const { W, F, P, S, D } = this.data.size, reach = D * (F - 1) + 1, room = W - reach + 2 * P;
    const name = D > 1 ? "(D(F − 1) + 1)" : "F";
    const floor = this.data.leftover ? ["⌊", "⌋"] : ["", ""];
    const value = `${floor[0]}(${W} − ${reach} + 2·${P})/${S}${floor[1]} + 1`;
    return `O = (W − ${name} + 2P)/S + 1\n  = ${value}\n  = ${Math.floor(room / S) + 1}`;
  }

  draw() {
    const d = this.data, k = this.step, [fr, fc] = d.filter.shape, D = d.size.D, columns = d.shape[1];
    const row = d.starts[2 * k], column = d.starts[2 * k + 1];
    this.input.box("frame", row, column, D * (fr - 1) + 1, D * (fc - 1) + 1);
    for (let p = 0; p < fr * fc; p += 1) {
      const v = d.products[k * fr * fc + p];
      if (this.hidden) this.products.set(p, signShade(this.colours, 0, 1), "?");
      else this.products.set(p, signShade(this.colours, v, this.largestProduct), number(v));
    }
    this.products.flush();
    this.drawOutput();
    this.output.box("frame", Math.floor(k / columns), k % columns, 1, 1);
  }

  // Only what changed since the last step: 784 cells at 60 frames a second.
  drawOutput() {
    const k = this.step, last = this.drawn;
    const from = last < 0 ? 0 : Math.min(last, k), to = last < 0 ? this.steps - 1 : Math.max(last, k);
    const shade = this.data.relu ? inkShade : signShade;
    for (let n = from; n <= to; n += 1) {
      const v = this.data.outputs[n], known = n < k || (n === k && !this.hidden);
      if (known) this.output.set(n, shade(this.colours, v, this.largestOut), number(v));
      else this.output.set(n, rgb(this.colours.background), n === k ? "?" : "", "empty");
    }
    this.output.flush();
    this.drawn = k;
  }

  sentence() {
    const d = this.data, k = this.step, count = d.filter.length, [fr, fc] = d.filter.shape, D = d.size.D;
    const at = d.shape[0] > 1 ? `row ${Math.floor(k / d.shape[1]) + 1}, column ${k % d.shape[1] + 1}`
      : `cell ${k + 1}`;
    const start = `Step ${k + 1} of ${this.steps}: ${at}.`;
    if (this.hidden) {
      this.terms.textContent = `${count} products, one sum`;
      this.total.textContent = "= ?";
      this.rest.textContent = "";
      return `${start} Which value is it?`;
    }
    const bracket = (v) => (v < 0 ? `(${number(v)})` : number(v));
    const term = (p) => {
      const row = d.starts[2 * k] + D * Math.floor(p / fc), column = d.starts[2 * k + 1] + D * (p % fc);
      return `${bracket(d.padded[row * d.padded.shape[1] + column])}×${bracket(d.filter[p])}`;
    };
    const some = Array.from({ length: count }, (_, p) => p).filter((p) => d.products[k * count + p] !== 0);
    this.terms.replaceChildren();
    for (let p = 0; p < count; p += 1) {
      const zero = d.products[k * count + p] === 0;
      if (count > 9 && zero) continue;
      if (this.terms.childNodes.length) this.terms.append(p % fc === 0 ? element("br") : "", " + ");
      this.terms.append(element(zero ? "s" : "span", { textContent: term(p) }));
    }
    const sum = number(d.sums[k]), bias = number(d.bias), out = number(d.outputs[k]);
    this.total.textContent = `= ${sum}`;
    this.rest.textContent = `+ bias ${bias} = ${number(d.biased[k])}${d.relu ? ` → ReLU → ${out}` : ""}`;
    const said = some.length ? some.map(term).join(" + ") : "all products are 0";
    const relu = d.relu ? `; ReLU leaves ${out}` : "";
    return `${start} ${said}${some.length ? ` = ${sum}` : ""}; plus bias ${bias} is ${number(d.biased[k])}${relu}.`;
  }
}

export default mount(ConvolutionStage);
