// uses digit_list.js
// The hardest digits as a strip to click: what each is, and what was answered.

const strips = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let strip = strips.get(parentElement);
  if (!strip) {
    strip = new HardestStrip(parentElement.querySelector(".root"));
    strips.set(parentElement, strip);
  }
  strip.emit = setTriggerValue;
  strip.show(data);
  return cleanupOf(strip);
}

class HardestStrip {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("hardest");
    this.digits = new DigitList((number) => this.emit("digit", number));
    this.words = el("div", { className: "words" });
    root.append(this.words, this.digits.node);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
  }

  leave() { this.theme.removeEventListener("change", this.onTheme); }

  show(data) {
    this.data = { ...data, pixels: unpack(data.pixels) };
    this.theme.addEventListener("change", this.onTheme);
    this.draw();
  }

  draw() {
    const d = this.data;
    this.words.textContent = d.words;
    this.digits.node.classList.toggle("named", areWords(d.names));
    this.digits.node.ariaLabel = `The hardest ${d.noun}s`;
    this.digits.show(paletteOf(this.root), d.numbers, d.pixels, (n) => {
      const label = d.names[d.labels[n]], answer = d.names[d.answers[n]];
      return { words: d.correct[n] ? `${label} ✓` : `${label}→${answer}`,
               aria: `test ${d.noun} ${d.numbers[n]}: ${label}, answered ${answer} with ${percent(d.shares[n])}` };
    }, d.chosen);
  }
}
