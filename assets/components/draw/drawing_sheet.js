// uses strokes.js
// The sheet one draws on: with pointer, pen and finger, or cell by cell with the keyboard.
// It tells `changed(resting)` whatever changes its ink. Keys are its own only while it has the keyboard's focus,
// which a pointer does not give it: so a lecture's keys go on after a drawing.

const CELLS = 28, RUBBER = 0.035;  // the eraser's radius, in units of the sheet's side
const PEN_ERASER = 5;              // the button at the other end of some pens
const HELP = "Arrow keys move, Space puts the pen down or lifts it, Backspace erases, Ctrl+Z takes back.";

class DrawingSheet {
  pen = 0;  // the width of the pen; set by the tools

  constructor(changed) {
    this.changed = changed;
    this.ink = new Strokes();
    this.erasing = false;
    this.pointer = null;     // the pointer that draws or erases
    this.cell = [13, 13];    // row and column of the keyboard's pen
    this.lowered = false;    // whether that is down
    this.paper = el("canvas", { className: "paper", tabIndex: 0 });
    this.paper.setAttribute("role", "application");
    this.describe("digit");
    this.cursor = el("div", { className: "cursor" });
    this.rubber = el("div", { className: "rubber", hidden: true });
    this.spoken = el("div", { className: "spoken" });
    this.spoken.setAttribute("aria-live", "polite");
    this.node = el("div", { className: "sheet" }, this.paper, el("div", { className: "lines" }), this.cursor,
      this.rubber);
    this.rubber.style.width = `${200 * RUBBER}%`;
    this.cursor.style.width = `${100 / CELLS}%`;
    const on = (name, act) => this.paper.addEventListener(name, act.bind(this));
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("mousedown", (event) => event.preventDefault());  // or the pointer would bring the focus
    on("pointerleave", () => { this.rubber.hidden = true; });
    for (const name of ["pointerup", "pointercancel"]) on(name, this.up);
    on("keydown", this.key);
    on("focus", () => { this.place(); this.spoken.textContent = HELP; });
    on("blur", () => { this.lift(); this.spoken.textContent = ""; });
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.paper);
  }

  // noun: what is drawn on it.
  describe(noun) {
    const article = noun === "image" ? "an" : "a";
    this.paper.setAttribute("aria-label", `Sheet to draw ${article} ${noun} on, ${CELLS} × ${CELLS} cells. ${HELP}`);
  }

  get resting() { return this.pointer === null && !this.lowered; }

  /** @returns {[number, number]} in units of the sheet's side */
  at(event) {
    const area = this.paper.getBoundingClientRect();
    return [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
  }

  down(event) {
    if (this.pointer !== null || ![0, PEN_ERASER].includes(event.button)) return;
    event.preventDefault();
    this.lift();
    this.rubbing = this.erasing || event.button === PEN_ERASER;
    this.rubbed = false;
    if (!this.rubbing && !this.ink.begin(this.at(event))) return this.full();
    this.pointer = event.pointerId;
    this.paper.setPointerCapture(event.pointerId);
    this.last = this.at(event);
    if (this.rubbing) this.rub(this.last);
    this.update();
  }

  move(event) {
    if (this.erasing) this.showRubber(this.at(event));
    if (this.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() || [];
    for (const each of events.length ? events : [event]) {
      if (this.rubbing) this.rub(this.at(each));
      else if (this.ink.extend(this.at(each))) this.drawEnd();
    }
    if (this.rubbing) this.draw();
    this.changed(false);
  }

  up(event) {
    if (this.pointer !== event.pointerId) return;
    this.pointer = null;
    if (!this.rubbing && event.type === "pointerup") this.ink.extend(this.at(event), true);
    this.update();
  }

  showRubber([x, y]) {
    this.rubber.hidden = false;
    Object.assign(this.rubber.style, { left: `${100 * x}%`, top: `${100 * y}%` });
  }

  // Along the way from the last place to this one.
  rub(place) {
    const steps = Math.ceil(Math.hypot(place[0] - this.last[0], place[1] - this.last[1]) / RUBBER) || 1;
    for (let k = 1; k <= steps; k += 1) {
      const here = this.last.map((value, axis) => value + ((place[axis] - value) * k) / steps);
      this.rubbed = this.ink.erase(here, RUBBER + this.pen / 2, !this.rubbed) || this.rubbed;
    }
    this.last = place;
  }

  full() { this.spoken.textContent = "The sheet is full: erase something, or clear it."; }

  centre() { return [(this.cell[1] + 0.5) / CELLS, (this.cell[0] + 0.5) / CELLS]; }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = this.cell;
    const to = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column],
                 ArrowUp: [row - 1, column] }[event.key];
    if (to) this.walk(to);
    else if ([" ", "Enter"].includes(event.key)) this.toggle(event);
    else if (["Backspace", "Delete"].includes(event.key)) this.erase();
    else if (event.key === "Escape" && this.lowered) this.lift();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.say();
  }

  walk(to) {
    this.cell = to.map((value) => Math.min(Math.max(value, 0), CELLS - 1));
    this.place();
    if (!this.lowered) return;
    this.ink.extend(this.centre());
    this.update();
  }

  toggle(event) {
    if (event.repeat) return;
    if (this.lowered) { this.lift(); return; }
    if (this.pointer !== null || !this.ink.begin(this.centre())) return;
    this.lowered = true;
    this.update();
  }

  lift() {
    if (!this.lowered) return;
    this.lowered = false;
    this.update();
  }

  erase() {
    this.lowered = false;
    this.ink.erase(this.centre(), 0.5 / CELLS + this.pen / 2, true);
    this.update();
  }

  place() {
    const [x, y] = this.centre();
    Object.assign(this.cursor.style, { left: `${100 * x}%`, top: `${100 * y}%` });
  }

  say() {
    const ink = this.ink.covers(this.centre(), this.pen) ? "ink" : "no ink";
    this.spoken.textContent = `row ${this.cell[0] + 1}, column ${this.cell[1] + 1}, ${ink}`
      + (this.lowered ? ", pen down" : "");
    this.cursor.classList.toggle("lowered", this.lowered);
  }

  // Back and forth in what was drawn; a stroke in the making ends.
  step(forward) {
    this.pointer = null;
    this.lowered = false;
    if (forward ? this.ink.redo() : this.ink.undo()) this.update();
  }

  replace(strokes) {
    this.pointer = null;
    this.lowered = false;
    this.ink.change(strokes);
    this.update();
  }

  update() {
    this.draw();
    this.changed(this.resting);
  }

  // The newest part of a stroke alone: drawing all of it anew at every point would hold up the hand.
  drawEnd() {
    drawStrokes(this.paper, [this.ink.strokes.at(-1).slice(-2)], this.pen, this.colour, false);
  }

  draw() {
    const side = Math.round(this.paper.clientWidth * devicePixelRatio);
    if (!side) return;
    if (this.paper.width !== side) this.paper.width = this.paper.height = side;
    this.colour = paletteOf(this.paper).ink;
    drawStrokes(this.paper, this.ink.strokes, this.pen, this.colour);
  }
}

// Strokes on a square canvas, which they fill.
function drawStrokes(canvas, strokes, width, ink, anew = true) {
  const pen = canvas.getContext("2d"), side = canvas.width;
  if (anew) pen.clearRect(0, 0, side, side);
  Object.assign(pen, { lineWidth: width * side, lineCap: "round", lineJoin: "round", strokeStyle: ink });
  for (const stroke of strokes) {
    pen.beginPath();
    stroke.forEach(([x, y]) => pen.lineTo(x * side, y * side));
    if (stroke.length === 1) pen.lineTo(stroke[0][0] * side + 0.01, stroke[0][1] * side);
    pen.stroke();
  }
}
