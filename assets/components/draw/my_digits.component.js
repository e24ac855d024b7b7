// My digits: a button for each class that labels and keeps what is drawn, and the wall of what was kept, with the
// network's answers. A press on a picture chooses it: the buttons then give it another label. Keys 0 to 9 press the
// buttons of these names.

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
    this.labels = [];
    this.choices = el("div", { className: "labels" });
    this.remove = button("Take it out", () => this.emit({ do: "remove", number: this.chosen }));
    this.opens = [["Convolution", "convolution"], ["Inside", "inside"]].map(([title, page]) =>
      button(`Open in ${title}`, () => this.emit({ do: "open", number: this.chosen, page })));
    this.done = button("Done", () => this.choose(null));
    this.undo = button("Undo", () => this.emit({ do: "undo" }));
    this.clear = button("Take all out", () => this.emit({ do: "clear" }));
    this.count = el("div", { className: "count" });
    this.count.setAttribute("aria-live", "polite");
    this.list = el("div", { className: "list", role: "group" });
    this.list.addEventListener("keydown", (event) => this.onArrow(event));
    root.append(this.words, this.choices, this.count,
      el("div", { className: "acts" }, this.remove, ...this.opens, this.done, this.undo, this.clear), this.list);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.onKey = (event) => {
      if (isTyping(event)) return;
      const key = shortcutOf(event);
      const named = /^[0-9]$/.test(key) ? this.data.classes.findIndex(({ name }) => name === key) : -1;
      if (named >= 0) this.label(named);
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

  // A button for each class of the network that answers.
  makeLabels() {
    const { classes } = this.data, key = classes.map(({ name }) => name).join("\n");
    if (key === this.madeFor) return;
    this.madeFor = key;
    this.labels = classes.map(({ name }, k) =>
      el("button", { className: "label", textContent: name, title: name, onclick: () => this.label(k) }));
    this.choices.classList.toggle("many", classes.length > 12);
    this.root.classList.toggle("named", classes.some(({ name }) => name.length > 2));
    this.choices.replaceChildren(...this.labels);
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
    const { numbers, labels, right, asked, says, canUndo, noun, classes } = this.data, drawn = says !== "",
      chosen = numbers.indexOf(this.chosen), is = noun === "digit" ? "is a" : "is";
    const editing = chosen >= 0, count = numbers.length, title = this.title();
    this.makeLabels();
    this.list.ariaLabel = `Your ${noun}s: a press chooses one`;
    this.words.textContent = editing ? `${title} ${chosen + 1} ${is}`
      : drawn ? `The network says ${says}. It ${is}`
      : noun === "digit" ? "Draw a digit, then say what it is: a" : "Draw one of these, then say which it is";
    this.labels.forEach((node, k) => {
      const { name, phrase } = classes[k];
      node.disabled = !editing && !drawn;
      node.ariaPressed = String(editing && labels[chosen].name === name);
      node.ariaLabel = editing ? `${title} ${chosen + 1} is ${phrase}` : `This is ${phrase}: keep it`;
    });
    for (const node of [this.remove, ...this.opens, this.done]) node.hidden = !editing;
    this.undo.hidden = !canUndo;
    this.clear.hidden = !count || editing;
    const others = count - asked;
    this.count.textContent = !count ? `No ${noun}s are kept yet.`
      : `${count} ${count === 1 ? noun : `${noun}s`} kept. The network answers ${right} of ${asked} correctly`
        + (right < asked ? "; after ✗ is what it says instead." : ".")
        + (others ? ` ${others} ${others === 1 ? "is" : "are"} labelled with other classes than its own.` : "");
    Object.assign(this.root.dataset, { count, right });
    while (this.digits.length > count) this.digits.pop().node.remove();
    while (this.digits.length < count) this.add();
    const colours = paletteOf(this.root);
    const shades = Array.from({ length: 256 }, (_, value) => inkShade(colours, value, 255));
    this.digits.forEach((digit, k) => this.drawDigit(digit, k, shades));
  }

  title() { return this.data.noun[0].toUpperCase() + this.data.noun.slice(1); }

  add() {
    const canvas = el("canvas", { width: 28, height: 28 }), words = el("span");
    const node = el("button", { className: "digit" }, canvas, words);
    const digit = { node, canvas, words };
    node.addEventListener("click", () => this.choose(this.chosen === digit.number ? null : digit.number));
    this.digits.push(digit);
    this.list.append(node);
  }

  drawDigit(digit, k, shades) {
    const { name, phrase } = this.data.labels[k], answer = this.data.answers[k], right = this.data.correct[k];
    const known = this.data.known[k];
    digit.number = this.data.numbers[k];
    digit.words.textContent = right ? `${name} ✓` : known ? `${name} ✗ ${answer}` : `${name}: ${answer}`;
    digit.node.classList.toggle("wrong", known && !right);
    digit.node.ariaPressed = String(digit.number === this.chosen);
    digit.node.ariaLabel = `${this.title()} ${k + 1}: ${phrase}, answered ${answer}`
      + (right ? "" : known ? ", wrong" : ", which cannot be right: it is none of the network's classes");
    digit.node.tabIndex = digit.number === this.chosen || (this.chosen === null && k === 0) ? 0 : -1;
    const pen = digit.canvas.getContext("2d"), pixels = pen.createImageData(28, 28);
    for (let cell = 0; cell < 784; cell += 1) pixels.data.set([...shades[this.images[784 * k + cell]], 255], 4 * cell);
    pen.putImageData(pixels, 0, 0);
  }
}
