// My digits: ten buttons that label and keep what is drawn, and the wall of what was kept, with the network's answers.
// A press on a picture chooses it: the ten buttons then give it another label. Keys 0 to 9 press the buttons.

const walls = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  let wall = walls.get(parentElement);
  if (!wall) {
    wall = new MyDigits(root);
    walls.set(parentElement, wall);
  }
  wall.emit = (action) => setTriggerValue("action", action);
  wall.show(data);
  return cleanupOf(wall);
}

class MyDigits {
  /** @type {(action: object) => void} calls on_action_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    this.chosen = null;
    this.digits = [];
    root.classList.add("mine");
    const button = (text, act) => el("button", { textContent: text, onclick: act });
    this.words = el("div", { className: "words" });
    this.words.setAttribute("aria-live", "polite");
    this.labels = Array.from({ length: 10 }, (_, k) => {
      const node = button(String(k), () => this.label(k));
      node.className = "label";
      return node;
    });
    this.remove = button("Take it out", () => this.emit({ do: "remove", number: this.chosen }));
    this.opens = [["Convolution", "convolution"], ["Inside", "inside"]].map(([title, page]) =>
      button(`Open in ${title}`, () => this.emit({ do: "open", number: this.chosen, page })));
    this.done = button("Done", () => this.choose(null));
    this.undo = button("Undo", () => this.emit({ do: "undo" }));
    this.clear = button("Take all out", () => this.emit({ do: "clear" }));
    this.count = el("div", { className: "count" });
    this.count.setAttribute("aria-live", "polite");
    this.list = el("div", { className: "list", role: "group", ariaLabel: "Your digits: a press chooses one" });
    this.list.addEventListener("keydown", (event) => this.onArrow(event));
    root.append(this.words, el("div", { className: "labels" }, ...this.labels), this.count,
      el("div", { className: "acts" }, this.remove, ...this.opens, this.done, this.undo, this.clear), this.list);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.onKey = (event) => {
      if (isTyping(event)) return;
      const key = shortcutOf(event);
      if (/^[0-9]$/.test(key)) this.label(Number(key));
      else if (event.key === "Escape" && this.chosen !== null) this.choose(null);
      else return;
      event.preventDefault();
    };
  }

  // The same wall may be shown again afterwards: Streamlit also ends a mounting that a newer one follows.
  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("keydown", this.onKey);
  }

  show(data) {
    this.data = data;
    this.images = unpack(data.images);
    if (!data.numbers.includes(this.chosen)) this.chosen = null;
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
    this.draw();
  }

  label(k) {
    if (this.chosen !== null) this.emit({ do: "relabel", number: this.chosen, label: k });
    else if (this.data.says && MOUNTED.stage?.drawing?.strokes.length) {
      this.emit({ do: "keep", label: k, drawing: MOUNTED.stage.drawing });  // what one sees, not what Python got last
    }
  }

  choose(number) {
    this.chosen = number;
    this.draw();
  }

  // One digit is in the tab order, arrow keys move over them.
  onArrow(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.digits.findIndex((digit) => digit.node === event.composedPath()
      .find((node) => node.localName === "button"));
    if (!step || at < 0) return;
    this.digits[Math.min(Math.max(at + step, 0), this.data.numbers.length - 1)].node.focus();
    event.preventDefault();
  }

  draw() {
    const { numbers, labels, right, says, canUndo } = this.data, drawn = says !== "",
      chosen = numbers.indexOf(this.chosen);
    const editing = chosen >= 0, count = numbers.length;
    this.words.textContent = editing ? `Digit ${chosen + 1} is a` : drawn ? `The network says ${says}. It is a`
      : "Draw a digit, then say what it is: a";
    this.labels.forEach((node, k) => {
      node.disabled = !editing && !drawn;
      node.ariaPressed = String(editing && labels[chosen] === k);
      node.ariaLabel = editing ? `Digit ${chosen + 1} is a ${k}` : `This is a ${k}: keep it`;
    });
    for (const node of [this.remove, ...this.opens, this.done]) node.hidden = !editing;
    this.undo.hidden = !canUndo;
    this.clear.hidden = !count || editing;
    this.count.textContent = !count ? "No digits are kept yet."
      : `${count} ${count === 1 ? "digit" : "digits"} kept. The network answers ${right} of ${count} rightly`
        + (right < count ? "; after ✗ is what it says instead." : ".");
    Object.assign(this.root.dataset, { count, right });
    while (this.digits.length > count) this.digits.pop().node.remove();
    while (this.digits.length < count) this.add();
    const colours = paletteOf(this.root);
    const shades = Array.from({ length: 256 }, (_, value) => inkShade(colours, value, 255));
    this.digits.forEach((digit, k) => this.drawDigit(digit, k, shades));
  }

  add() {
    const canvas = el("canvas", { width: 28, height: 28 }), words = el("span");
    const node = el("button", { className: "digit" }, canvas, words);
    const digit = { node, canvas, words };
    node.addEventListener("click", () => this.choose(this.chosen === digit.number ? null : digit.number));
    this.digits.push(digit);
    this.list.append(node);
  }

  drawDigit(digit, k, shades) {
    const label = this.data.labels[k], answer = this.data.answers[k], right = this.data.correct[k];
    digit.number = this.data.numbers[k];
    digit.words.textContent = right ? `${label} ✓` : `${label} ✗ ${answer}`;
    digit.node.classList.toggle("wrong", !right);
    digit.node.ariaPressed = String(digit.number === this.chosen);
    digit.node.ariaLabel = `Digit ${k + 1}: a ${label}, answered ${answer}${right ? "" : ", wrong"}`;
    digit.node.tabIndex = digit.number === this.chosen || (this.chosen === null && k === 0) ? 0 : -1;
    const pen = digit.canvas.getContext("2d"), pixels = pen.createImageData(28, 28);
    for (let cell = 0; cell < 784; cell += 1) pixels.data.set([...shades[this.images[784 * k + cell]], 255], 4 * cell);
    pen.putImageData(pixels, 0, 0);
  }
}
