// uses grid.js guess.js stage.js gradient_grid.js
// Weights that look for a hidden filter: w ← w − η·g, a beat a step, with every number of it.

const DESCENT_ARRAYS = ["signal", "hiddenFilter", "targets", "weights", "outputs", "errors", "losses", "grads",
  "checks", "moves"];

class GradientDescentStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of DESCENT_ARRAYS) read[name] = unpack(data[name]);
    read.mistakes = data.mistakes.map(({ why, values }) => ({ why, values: unpack(values) }));
    this.steps = read.losses.length;
    return read;
  }

  last() { return this.step === this.steps - 1; }

  rowAt(values, k = this.step) {
    const size = values.length / this.steps;
    return values.subarray(k * size, (k + 1) * size);
  }

  // The loss of these weights; typed guesses are about the first weight's sign, so options are words.
  value() { return this.data.losses[this.step]; }

  // Which way each weight goes, as signs; wrong ones from typical mistakes.
  options() {
    if (this.last()) return [];
    const goes = (v) => (Math.abs(v) < 5e-7 ? "stays" : v > 0 ? "up" : "down");
    const way = (moves) => [...moves].map((v, k) => `w${subscript(k + 1)} ${goes(v)}`).join(", ");
    const options = [{ text: way(this.rowAt(this.data.moves)), right: true, why: "" }];
    for (const { why, values } of this.data.mistakes) {
      const text = way(this.rowAt(values));
      if (options.length < 4 && options.every((each) => each.text !== text)) options.push({ text, right: false, why });
    }
    return options.length < 2 ? [] : shuffled(options, this.step);
  }

  build() {
    const d = this.data, L = d.signal.length, O = d.targets.length, F = d.hiddenFilter.length,
      narrow = this.width < 700;
    // two decimals need wider cells than the whole numbers of the first line
    const whole = sideFor(this.width, 60, L + O + F, 3, 200, Math.max(L, O), narrow);
    const few = sideFor(this.width, 280, 3 * F, 2, 176, F, narrow, 88);
    const many = sideFor(this.width, 60 + F * few, 2 * O, 1, 80, O, narrow, 80);
    const grid = (columns, side, name) => new Grid(1, columns, side, name);
    this.signal = grid(L, whole, "Signal");
    this.hiddenGrid = grid(F, whole, "Hidden filter");
    this.target = grid(O, whole, "Target");
    this.weights = grid(F, few, "Weights");
    this.output = grid(O, many, "Output");
    this.error = grid(O, many, "Error");
    this.gradient = grid(F, few, "Gradient");
    this.check = grid(F, few, "Finite differences");
    this.nextWeights = grid(F, few, "New weights");
    editable(this, this.signal, "input", d.signal);
    editable(this, this.hiddenGrid, "hidden", d.hiddenFilter);
    editable(this, this.weights, "start", d.weights, (k) => (this.step ? -1 : k));  // the first guess alone is chosen
    this.grids = [this.signal, this.hiddenGrid, this.weights];
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: d.caption }));
    this.curve = el("div", { className: "curve" });
    this.row.replaceChildren(
      strip(figure("Signal", this.signal), figure("Hidden filter", this.hiddenGrid), figure("Target y", this.target)),
      strip(figure("Weights w", this.weights), figure("Output o", this.output), figure("Error o − y", this.error)),
      secret(strip(figure("Gradient g", this.gradient), figure("by finite differences", this.check),
        figure("w − η·g", this.nextWeights), this.curve)));
    this.terms = el("div", { className: "terms number" });
    this.total = el("div", { className: "total number" });
    this.rest = el("div", { className: "rest" });
    this.sum.replaceChildren(this.terms, this.total, this.rest);
    this.side = few;
    drawPlain(this.signal, this.colours, d.signal);
    drawPlain(this.target, this.colours, d.targets);
  }

  draw() {
    const d = this.data, hidden = this.hidden, last = this.last();
    const found = last && d.found && !hidden;
    const paper = rgb(this.colours.background);
    d.hiddenFilter.forEach((v, k) => this.hiddenGrid.set(k, paper, found ? formatNumber(v) : "?"));
    drawPlain(this.weights, this.colours, this.rowAt(d.weights));
    drawPlain(this.output, this.colours, this.rowAt(d.outputs));
    drawSigned(this.error, this.colours, this.rowAt(d.errors), this.largest(d.errors));
    const grads = this.rowAt(d.grads), blank = () => "empty", mark = () => "?", none = () => "";
    const zeros = new Float64Array(grads.length);
    for (const [shown, values] of [[this.gradient, grads], [this.check, this.rowAt(d.checks)]]) {
      if (hidden) drawSigned(shown, this.colours, zeros, 1, blank, mark);
      else drawSigned(shown, this.colours, values, this.largest(d.grads));
    }
    if (hidden || last) drawSigned(this.nextWeights, this.colours, zeros, 1, blank, hidden ? mark : none);
    else drawPlain(this.nextWeights, this.colours, this.rowAt(d.weights, this.step + 1));
    this.drawCurve();
    this.words();
  }

  // Shades fade as the numbers shrink: full is the largest of the first step, or of this one where it runs away.
  largest(values) { return Math.max(largestOf(this.rowAt(values, 0)), largestOf(this.rowAt(values))); }

  // The loss up to this step; the axis ends at the largest loss shown.
  drawCurve() {
    const d = this.data, k = this.step, height = this.side * 1.3;
    const width = Math.max(Math.min(this.width - 3 * d.hiddenFilter.length * this.side - 110, 400), 160);
    const shown = d.losses.subarray(0, k + 1), most = largestOf(shown) || 1;
    const steps = Math.max(Math.min(this.steps, 12), k + 1) - 1 || 1;
    const at = (n) => [8 + (n / steps) * (width - 16), height - 8 - (shown[n] / most) * (height - 16)];
    const points = [...shown.keys()].map((n) => at(n).map((v) => v.toFixed(1)).join(","));
    const [x, y] = at(k);
    this.curve.innerHTML = `<svg width="${width}" height="${height}" role="img" aria-label="Loss, step by step">
      <polyline points="8,4 8,${height - 8} ${width - 4},${height - 8}" fill="none" stroke="var(--muted)"/>
      <polyline points="${points.join(" ")}" fill="none" stroke="var(--ink)" stroke-width="3"/>
      ${points.map((p) => `<circle cx="${p.split(",")[0]}" cy="${p.split(",")[1]}" r="3.5" fill="var(--ink)"/>`)
        .join("")}
      <circle cx="${x}" cy="${y}" r="7" fill="var(--background)" stroke="var(--ink)" stroke-width="3"/></svg>`;
    this.curve.prepend(el("div", { className: "name", textContent: "Loss" }));
  }

  // More decimals for small values, so that a falling loss is seen to fall.
  digits(v) {
    const size = Math.abs(v);
    if (size < 1e-6) return v === 0 ? "0" : "< 0.000001";
    return formatNumber(v, size < 0.1 ? Math.min(1 - Math.floor(Math.log10(size)), 6) : 3);
  }

  words() {
    const d = this.data, k = this.step, w = this.rowAt(d.weights), g = this.rowAt(d.grads), F = w.length;
    this.terms.replaceChildren();
    this.total.textContent = `loss ${this.digits(d.losses[k])}`;
    if (this.hidden) {
      this.terms.textContent = this.last() ? "Is this the hidden filter?"
        : "w ← w − η·g: which way does each weight go?";
      this.rest.textContent = "";
      return;
    }
    if (this.last()) {
      this.terms.textContent = d.ending;
      this.rest.textContent = "";
      return;
    }
    const next = this.rowAt(d.weights, k + 1);
    const rate = String(Number(d.rate.toFixed(4)));
    for (let p = 0; p < F; p += 1) {
      const slope = g[p] < 0 ? `(${this.digits(g[p])})` : this.digits(g[p]);
      const text = `w${subscript(p + 1)} ← ${this.digits(w[p])} − ${rate} × ${slope} = ${this.digits(next[p])}`;
      this.terms.append(el("div", { textContent: text }));
    }
    this.rest.textContent = d.note;
  }

  sentence() {
    const d = this.data, k = this.step, w = [...this.rowAt(d.weights)].map((v) => formatNumber(v)).join(", ");
    const start = `Step ${k + 1} of ${this.steps}: weights ${w}, loss ${this.digits(d.losses[k])}.`;
    if (this.hidden) return `${start} ${this.last() ? "Is this the hidden filter?" : "Which way does each weight go?"}`;
    if (this.last()) return `${start} ${d.ending}`;
    return `${start} Gradient ${[...this.rowAt(d.grads)].map((v) => formatNumber(v)).join(", ")}; next weights `
      + `${[...this.rowAt(d.weights, k + 1)].map((v) => formatNumber(v)).join(", ")}.`;
  }
}

export default mount(GradientDescentStage);
