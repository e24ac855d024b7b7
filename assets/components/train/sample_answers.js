// Ten test digits and what the network would answer now; one of them, chosen by a click, with its probabilities.

class SampleAnswers {
  // `changed` is called when another digit is chosen or the answers are revealed.
  constructor(changed) {
    this.changed = changed;
    this.digit = 7;
    this.picture = el("canvas", { width: 28, height: 28, role: "img" });
    this.shares = new ProbabilityBars();
    this.oneName = el("div", { className: "name" });
    this.grid = el("div", { className: "ten" });
    this.words = el("span");
    this.reveal = el("button", { textContent: "Reveal", onclick: () => { this.revealed = true; changed(); } });
    this.one = el("div", {}, this.oneName,
      el("div", { className: "one" }, this.picture, this.shares.node));
    this.all = el("div", {}, el("div", { className: "name" }, this.words, " ", this.reveal), this.grid);
  }

  make(count) {
    this.cells = Array.from({ length: count }, (_, n) => {
      const canvas = el("canvas", { width: 28, height: 28 }), verdict = el("div", { className: "verdict" });
      const node = el("button", { onclick: () => { this.digit = n; this.changed(); } }, canvas, verdict);
      return { canvas, verdict, node };
    });
    this.digit = Math.min(this.digit, count - 1);
    this.grid.replaceChildren(...this.cells.map((cell) => cell.node));
  }

  // d: the board's data; view: which of its views; returns how many are right, or "" while that is not known.
  draw(d, view, step, colours) {
    const [, count, classes] = d.probabilities.shape;
    this.one.hidden = this.all.hidden = !count || (d.recorded && d.views.length < 2);
    const known = step > 0 || this.revealed || !["idle", "recorded"].includes(d.state);
    const bars = d.shown.shape[2], at = (n) => view * count + n;
    const of = (n) => ({ probabilities: d.probabilities.subarray(at(n) * classes, (at(n) + 1) * classes),
      shown: d.shown.subarray(at(n) * bars, (at(n) + 1) * bars), label: d.answers[at(n)] });
    const bytes = (n) => d.digits.subarray(784 * n, 784 * (n + 1));
    const right = d.right[view];
    this.cells.forEach((cell, n) => {
      const good = d.correct[at(n)], answer = d.names[d.answers[at(n)]] ?? "–";  // -1: no finite probabilities
      paintDigit(cell.canvas, colours, bytes(n), `${d.run} ${n}`);
      cell.node.ariaPressed = String(n === this.digit);
      cell.node.ariaLabel =
        `test ${d.noun} ${d.names[d.labels[n]]}: `
        + `${known ? `answered ${answer}, ${good ? "right" : "wrong"}` : "not asked yet"}`;
      cell.node.title = known ? answer : "";
      cell.verdict.className = `verdict ${known ? (good ? "right" : "wrong") : ""}`;
      cell.verdict.replaceChildren(known ? answer : "?", " ",
        el("b", { textContent: known ? (good ? "✓" : "✗") : "" }));
    });
    const when = step > 0 ? "" : " before training";
    this.grid.classList.toggle("named", areWords(d.names));
    this.words.textContent = known ? `${right} of ${count} right${when}`
      : `How many of ${count} are right before training?`;
    this.reveal.hidden = known || !!MOUNTED.lecture;
    this.oneName.textContent = `One test ${d.noun}`;
    this.picture.ariaLabel = `test ${d.noun} ${d.names[d.labels[this.digit]]}`;
    paintDigit(this.picture, colours, bytes(this.digit), `${d.run} ${this.digit}`);
    this.shares.show(of(this.digit), { known, names: d.names });
    return known ? right : "";
  }
}
