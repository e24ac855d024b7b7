// Bars of probabilities, one for each class.

// A bar for each class that is `shown`, of many classes the likeliest; `label` is the answer's, which is marked.
// Unknown shares are question marks.
class ProbabilityBars {
  constructor() {
    this.node = el("div", { className: "shares" });
    this.bars = [];
  }

  show({ probabilities, shown, label }, { known = true, names = null } = {}) {
    if (this.bars.length !== shown.length) this.make(shown.length);
    this.bars.forEach((bar, place) => {
      const k = known ? shown[place] : place;
      const finite = Number.isFinite(probabilities[k]);
      bar.name.textContent = bar.name.title = names ? names[k] : k;
      bar.fill.style.width = known && finite ? `${100 * probabilities[k]}%` : "0";
      bar.track.classList.toggle("best", k === label);
      bar.share.textContent = known ? (finite ? percent(probabilities[k]) : "–") : "?";
    });
  }

  make(count) {
    this.bars = Array.from({ length: count }, () => {
      const fill = el("div"), track = el("div", { className: "track" }, fill);
      return { fill, track, name: el("strong"), share: el("span", { className: "number" }) };
    });
    this.node.replaceChildren(...this.bars.flatMap((bar) => [bar.name, bar.track, bar.share]));
  }
}
