// An answer, which a lecture may conceal: the best digits with a bar, a logit and a probability each.

class AnswerBars {
  constructor(word = "answer") {
    this.word = word;
    this.title = el("div", { className: "answer" });
    this.bars = el("div", { className: "bars" });
    this.node = el("div", { className: "answers secret" }, this.title, this.bars);
  }

  // `logits` false leaves them out; unknown answers show question marks.
  fill(data, known, logits = true) {
    this.title.textContent = known ? `${this.word} ${data.names[data.digit]}${data.sure ? "" : ", unsure"}`
      : `${this.word} ?`;
    this.node.dataset.digit = known ? data.digit : "";
    const low = Math.min(0, ...data.best.map((digit) => data.logits[digit]));
    const high = Math.max(...data.best.map((digit) => data.logits[digit]));
    this.bars.replaceChildren(...data.best.map((digit) => {
      const share = logits ? (data.logits[digit] - low) / (high - low || 1) : data.probabilities[digit];
      const fill = el("div", { className: "fill" });
      fill.style.width = known ? `${100 * share}%` : "0";
      const bar = el("div", { className: known && digit === data.digit ? "bar best" : "bar" },
        el("strong", { textContent: known ? data.names[digit] : "?", title: known ? data.names[digit] : "" }),
        el("div", { className: "track" }, fill));
      if (logits) bar.append(el("span",
        { className: "number logit", textContent: known ? `logit ${formatNumber(data.logits[digit], 1)}` : "" }));
      bar.append(el("span", { className: "number", textContent: known ? percent(data.probabilities[digit]) : "" }));
      bar.dataset.digit = known ? digit : "";
      return bar;
    }));
    this.node.classList.toggle("nologits", !logits);
    this.node.classList.toggle("named", data.names.some((name) => name.length > 1));
  }
}
