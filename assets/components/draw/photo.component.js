// uses pixel_canvas.js
// A photo with a numbered box around every digit; the number that was read, in large digits; and below, each digit
// as the network sees it, with its answer. A digit is selected by a click or the arrow keys; typing a class corrects
// it.

const photos = new WeakMap();
const HIGHEST = 34; // of the photo on the page, in rem
const LEAST = 0.01; // of the picture's side that a box drawn by hand has

export default function ({ data, parentElement, setTriggerValue }) {
  let photo = photos.get(parentElement);
  if (!photo) {
    photo = new PhotoView(parentElement.querySelector(".root"));
    photos.set(parentElement, photo);
  }
  photo.emit = (action) => setTriggerValue("action", { ...action, mark: photo.data.mark });  // of which photo
  photo.show(data);
  photo.wire();
  MOUNTED.stage = photo;
  MOUNTED.lecture?.meet(photo);
  return cleanupOf(photo);
}

class PhotoView {
  /** @type {(action: object) => void} calls on_action_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    this.selected = null;
    this.boxing = false;
    root.classList.add("photo");
    this.picture = el("img", { alt: "The photo", draggable: false });
    this.sheet = el("div", { className: "sheet" }, this.picture);
    this.line = el("div", { className: "line" });
    this.line.setAttribute("role", "status");
    this.words = el("p", { className: "words" });
    this.cards = el("div", { className: "cards", role: "group" });
    this.box = el("button", { textContent: "Draw a box", onclick: () => this.setBoxing(!this.boxing) });
    this.choice = el("select", { onchange: () => this.correct(this.choice.value) });
    this.drop = el("button", { textContent: "Drop it", onclick: () => this.dropSelected() });
    this.which = el("strong");
    this.editor = el("div", { className: "editor chosen" }, this.which, this.choice, this.drop);
    root.append(
      el("div", { className: "left" }, this.sheet, el("div", { className: "editor" }, this.box, this.editor)),
      el("div", { className: "right" }, this.line, this.words, this.cards));
    this.cards.addEventListener("keydown", (event) => this.key(event));
    this.sheet.addEventListener("pointerdown", (event) => this.down(event));
    this.sheet.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.sheet.addEventListener(name, (event) => this.up(event));
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.paint());
    this.onKey = (event) => {
      if (isTyping(event) || shortcutOf(event) !== "f") return;
      stageOnly();
      event.preventDefault();
    };
  }

  wire() {
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
  }

  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("keydown", this.onKey);
    if (MOUNTED.stage === this) MOUNTED.stage = null;
    if (!MOUNTED.lecture) stageOnly(false);
  }

  // A lecture may hide what was read until it is revealed.
  walk() { return false; }

  begin({ hidden, concealed }) { this.root.classList.toggle("concealed", hidden || concealed); }

  show(data) {
    const focused = this.root.getRootNode().activeElement?.dataset?.number;
    if (this.data?.mark !== data.mark) {
      this.picture.src = data.url;
      const ratio = data.size[0] / data.size[1];
      Object.assign(this.sheet.style, { aspectRatio: String(ratio), maxWidth: `${HIGHEST * ratio}rem` });
      this.selected = null;
      this.setBoxing(false);
    }
    this.data = { ...data, images: unpack(data.images) };
    this.choice.replaceChildren(...data.names.map((name) => el("option", { value: name, textContent: name })));
    this.sheet.replaceChildren(this.picture, ...data.digits.map((digit, n) => this.frame(digit, n)));
    this.cards.replaceChildren(...data.digits.map((digit, n) => this.card(digit, n)));
    if (!data.digits.some((digit) => digit.number === this.selected)) this.selected = null;
    this.read();
    this.paint();
    this.mark();
    if (focused) this.cards.querySelector(`[data-number="${focused}"]`)?.focus();
  }

  // A digit's name, and the signs beside it: ? where the network is unsure, * where a hand corrected it.
  name(digit) { return digit.byHand ?? digit.answer; }

  sign(digit) { return digit.byHand !== null ? "*" : digit.sure ? "" : "?"; }

  words_of(digit) {
    if (digit.byHand !== null) return "by hand";
    return digit.sure ? percent(digit.share) : `unsure, ${percent(digit.share)}`;
  }

  title() { return this.data.noun[0].toUpperCase() + this.data.noun.slice(1); }

  frame(digit, n) {
    const [left, top, right, bottom] = digit.box;
    const node = el("button", { className: "frame", ariaLabel: `${this.title()} ${n + 1} on the photo`, tabIndex: -1,
      onclick: () => this.select(digit.number, true) }, el("span", { textContent: n + 1 }));
    Object.assign(node.style, { left: `${100 * left}%`, top: `${100 * top}%`,
      width: `${100 * (right - left)}%`, height: `${100 * (bottom - top)}%` });
    node.dataset.number = digit.number;
    return node;
  }

  card(digit, n) {
    const node = el("button", { className: "card", onclick: () => this.select(digit.number),
      ariaLabel: `${this.title()} ${n + 1}: ${this.name(digit)}, ${this.words_of(digit)}` },
      el("span", { className: "place", textContent: n + 1 }),
      el("canvas", { width: 28, height: 28 }),
      el("strong", { textContent: this.name(digit) + this.sign(digit), title: this.name(digit) }),
      el("span", { className: "share", textContent: digit.byHand !== null ? "by hand" : percent(digit.share) }));
    node.dataset.number = digit.number;
    node.tabIndex = n && digit.number !== this.selected ? -1 : 0;
    return node;
  }

  read() {
    const rows = [];
    this.cards.ariaLabel = `The ${this.data.noun}s that were found`;
    this.choice.ariaLabel = `The ${this.data.noun}'s right class`;
    for (const digit of this.data.digits) (rows[digit.row] ||= []).push(digit);
    const long = this.data.names.some((name) => name.length > 1);
    this.line.replaceChildren(...rows.filter(Boolean).map((row) => el("div", {}, ...row.flatMap((digit) => [
      el("span", { className: digit.sure || digit.byHand !== null ? "" : "unsure", textContent: this.name(digit) }),
      ...(this.sign(digit) ? [el("sup", { textContent: this.sign(digit) })] : []), " "]))));
    this.root.classList.toggle("named", long);
    this.line.classList.toggle("long", long || Math.max(...rows.filter(Boolean).map((row) => row.length), 0) > 12);
    const digits = this.data.digits, unsure = digits.filter((digit) => !digit.sure && digit.byHand === null).length;
    const byHand = digits.filter((digit) => digit.byHand !== null).length;
    const joined = digits.map((digit, n) => digit.joined ? n + 1 : 0).filter(Boolean);
    this.words.textContent = [
      `${digits.length} ${this.data.noun}${digits.length === 1 ? "" : "s"} found`,
      unsure ? `? unsure of ${unsure}` : "", byHand ? `* ${byHand} by hand` : "",
      joined.length ? `${joined.join(", ")}: perhaps two that touch` : "",
      this.data.more ? `${this.data.more} more were left out` : "",
    ].filter(Boolean).join(" · ");
    this.root.dataset.read = rows.filter(Boolean).map((row) => row.map((d) => this.name(d)).join(" ")).join(" / ");
  }

  paint() {
    const colours = paletteOf(this.root);
    this.cards.querySelectorAll("canvas").forEach((canvas, n) => paintDigit(canvas, colours,
      this.data.images.subarray(784 * n, 784 * (n + 1)), `${this.data.mark} ${this.data.digits[n].number}`));
  }

  select(number, focus = false) {
    if (number !== this.selected) this.emit({ choose: number });
    this.selected = number;
    this.mark();
    const card = this.cards.querySelector(`[data-number="${number}"]`);
    if (focus) card?.focus();
  }

  mark() {
    const at = this.data.digits.findIndex((digit) => digit.number === this.selected);
    for (const node of this.root.querySelectorAll("[data-number]")) {
      node.classList.toggle("selected", Number(node.dataset.number) === this.selected);
    }
    for (const card of this.cards.children) {
      card.ariaPressed = String(Number(card.dataset.number) === this.selected);
    }
    this.editor.hidden = at < 0;
    if (at < 0) return;
    this.which.textContent = `${this.title()} ${at + 1} is${this.data.noun === "digit" ? " a" : ""}`;
    this.choice.value = this.name(this.data.digits[at]);
  }

  correct(name) {
    if (this.selected !== null && this.data.names.includes(name)) this.emit({ correct: this.selected, name });
  }

  dropSelected() {
    if (this.selected !== null) this.emit({ drop: this.selected });
  }

  key(event) {
    const cards = [...this.cards.children], at = cards.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step ? cards[at + step] : null;
    const named = [event.key, shortcutOf(event)].find((key) => this.data.names.includes(key));
    if (next) {
      this.select(Number(next.dataset.number), true);
    } else if (["Delete", "Backspace"].includes(event.key)) {
      this.selected = Number(event.target.dataset.number);
      this.dropSelected();
    } else if (named) {
      this.selected = Number(event.target.dataset.number);
      this.correct(named);
    } else if (!step) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // A box drawn by hand, in shares of the picture.
  setBoxing(on) {
    this.boxing = on;
    this.box.ariaPressed = String(on);
    this.box.textContent = on ? `Drag around a ${this.data.noun}` : "Draw a box";
    this.sheet.classList.toggle("boxing", on);
  }

  at(event) {
    const area = this.sheet.getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
      .map((n) => Math.min(Math.max(n, 0), 1));
  }

  down(event) {
    if (!this.boxing || event.button) return;
    event.preventDefault();
    this.sheet.setPointerCapture(event.pointerId);
    this.from = this.at(event);
    this.rubber = el("div", { className: "rubber" });
    this.sheet.append(this.rubber);
    this.move(event);
  }

  move(event) {
    if (!this.from) return;
    const to = this.at(event), low = to.map((n, k) => Math.min(n, this.from[k])),
      high = to.map((n, k) => Math.max(n, this.from[k]));
    Object.assign(this.rubber.style, { left: `${100 * low[0]}%`, top: `${100 * low[1]}%`,
      width: `${100 * (high[0] - low[0])}%`, height: `${100 * (high[1] - low[1])}%` });
    this.drawn = [...low, ...high];
  }

  up(event) {
    if (!this.from) return;
    this.from = null;
    this.rubber.remove();
    const [left, top, right, bottom] = this.drawn;
    if (event.type === "pointerup" && right - left > LEAST && bottom - top > LEAST) {
      this.setBoxing(false);
      this.emit({ box: this.drawn });
    }
  }
}
