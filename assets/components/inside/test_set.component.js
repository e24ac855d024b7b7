// uses svg_export.js confusion_matrix.js digit_list.js
// The whole test set before the current network: the confusion matrix, and beside it the digits of one cell or
// all wrong ones, page by page. A click on a digit makes it the input.

const sets = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = sets.get(parentElement);
  if (!view) {
    view = new TestSet(parentElement.querySelector(".root"));
    sets.set(parentElement, view);
  }
  view.emit = setTriggerValue;
  view.show(data);
  return cleanupOf(view);
}

class TestSet {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("testset");
    const button = (text, act) => el("button", { textContent: text, onclick: act });
    const part = (tag, className, ...children) => el(tag, { className }, ...children);
    this.caption = el("span");
    this.name = part("strong", "name");
    this.all = button("All wrong answers", () => this.emit("cell", []));
    this.before = button("←", () => this.emit("page", this.data.page - 1));
    this.after = button("→", () => this.emit("page", this.data.page + 1));
    this.count = part("span", "number");
    this.digits = new DigitList((number) => this.emit("digit", number));
    this.place = part("div", "place");
    this.save = button("SVG", () => download("confusion-matrix.svg", "image/svg+xml",
      svgOf([this.head, this.columns], paletteOf(this.root).background)));
    this.save.ariaLabel = "Save this picture as SVG, for slides";
    this.head = part("div", "head", el("h2", { textContent: "Test set" }), this.caption);
    this.columns = part("div", "columns", this.place, part("div", "list", this.name, this.digits.node));
    this.tools = part("div", "tools", this.all, this.before, this.count, this.after, this.save);
    root.append(this.head, this.tools, this.columns);
    this.name.setAttribute("aria-live", "polite");
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.onKey = (event) => {
      if (isTyping(event) || shortcutOf(event) !== "f") return;
      stageOnly();
      event.preventDefault();
    };
  }

  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("keydown", this.onKey);
    stageOnly(false);
  }

  show(data) {
    this.data = { ...data, pixels: unpack(data.pixels) };
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
    this.draw();
  }

  draw() {
    const d = this.data, colours = paletteOf(this.root), [label, answer] = d.cell, { noun } = d;
    this.before.ariaLabel = `The ${noun}s before`;
    this.after.ariaLabel = `More ${noun}s`;
    this.digits.node.classList.toggle("named", areWords(d.names));
    this.digits.node.ariaLabel = `${noun[0].toUpperCase()}${noun.slice(1)}s`;
    if (this.matrix?.count !== d.names.length) {
      this.matrix = new ConfusionMatrix(d.names.length, (row, column) => {
        const same = this.data.cell[0] === row && this.data.cell[1] === column;
        this.emit("cell", same ? [] : [row, column]);
      });
      this.place.replaceChildren(this.matrix.node);
    }
    this.matrix.show(colours, d.names, d.counts, d.cell);
    this.caption.textContent = `${d.wrong.toLocaleString("en")} wrong of ${d.of.toLocaleString("en")} · row: what it `
      + `is, column: what was answered`;
    const many = d.total.toLocaleString("en");
    this.name.textContent = d.cell.length
      ? `${many} ${d.total === 1 ? "is" : "are"} ${d.names[label]}, answered `
      + `${d.names[answer]}${d.total > 1 ? ", the surest first" : ""}`
      : d.total ? `${many} wrong answers, the surest first` : "No wrong answer";
    this.all.ariaPressed = String(!d.cell.length);
    const first = d.page * d.most, last = first + d.numbers.length, paged = d.total > d.most;
    this.before.hidden = this.after.hidden = this.count.hidden = !paged;
    this.before.disabled = !d.page;
    this.after.disabled = last >= d.total;
    this.count.textContent = `${(first + 1).toLocaleString("en")}–${last.toLocaleString("en")} of ${many}`;
    this.digits.show(colours, d.numbers, d.pixels, (n) => {
      const is = d.names[d.labels[n]], was = d.names[d.answers[n]], share = percent(d.shares[n]);
      return { words: `${is} → ${was}`, more: share,
               aria: `test ${noun} ${d.numbers[n]}: ${is}, answered ${was} with ${share}: open its path` };
    });
    Object.assign(this.root.dataset, { wrong: d.wrong, total: d.total, cell: d.cell.join() });
  }
}
