// Bars of probabilities, one for each class.

const MOST_SHARES = 12, LIKELIEST_SHARES = 10;

// A bar for each class, of many classes only for the likeliest; unknown shares are question marks.
class ProbabilityBars {
  constructor() {
    this.node = el("div", { className: "shares" });
    this.bars = [];
  }

  show(probabilities, { known = true, names = null } = {}) {
    const best = probabilities.indexOf(Math.max(...probabilities));
    const many = probabilities.length > MOST_SHARES, count = many ? LIKELIEST_SHARES : probabilities.length;
    if (this.bars.length !== count) this.make(count);
    const shown = [...probabilities.keys()];
    if (many && known) shown.sort((a, b) => probabilities[b] - probabilities[a]);
    this.bars.forEach((bar, place) => {
      const k = shown[place];
      const finite = Number.isFinite(probabilities[k]);
      bar.name.textContent = names ? names[k] : k;
      bar.fill.style.width = known && finite ? `${100 * probabilities[k]}%` : "0";
      bar.track.classList.toggle("best", k === best);
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
