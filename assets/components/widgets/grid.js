// A grid of numbers: DOM cells where they can be read, shades on a canvas where there are too many.
// Cells can be clicked, hovered, walked by arrow keys and, where asked for, edited by typing.

const MOST_CELLS = 400;          // beyond this a grid is a canvas
const DIGIT = 0.6;               // a short number's height as a share of its cell
const LEAST_DIGIT = 11;          // pixels; smaller digits are left to a lens and to screen readers
const EDITED = /^[-−]?\d{0,4}([.,]\d{0,4})?$/;

class Grid {
  // `side` is a cell's, in pixels; `name` is for tests and screen readers.
  // With more than `most` cells it is a canvas.
  constructor(rows, columns, side, name = "", most = MOST_CELLS) {
    this.rows = rows;
    this.columns = columns;
    this.side = side;
    this.current = 0;
    this.node = el("div", { className: "grid" });
    this.node.dataset.name = name.toLowerCase();
    this.big = rows * columns > most;
    if (this.big) {
      this.canvas = el("canvas", { width: columns, height: rows });
      this.canvas.style.width = `${columns * side}px`;
      this.canvas.style.height = `${rows * side}px`;
      this.canvas.setAttribute("role", "img");
      this.canvas.setAttribute("aria-label", `${name}, ${rows} × ${columns}`);
      this.pixels = this.canvas.getContext("2d").createImageData(columns, rows);
      this.node.append(this.canvas);
    } else {
      this.table = el("div", { className: "cells" });
      this.table.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
      this.table.style.gridAutoRows = `${side}px`;
      this.table.setAttribute("role", "grid");
      this.table.setAttribute("aria-label", `${name}, ${rows} × ${columns}`);
      this.cells = [];
      for (let row = 0; row < rows; row += 1) {
        const line = el("div", { className: "cellrow" });
        line.setAttribute("role", "row");
        for (let column = 0; column < columns; column += 1) {
          const cell = el("div", { className: "cell" });
          cell.setAttribute("role", "gridcell");
          this.cells.push(cell);
          line.append(cell);
        }
        this.table.append(line);
      }
      this.node.append(this.table);
    }
  }

  // Show one cell. `kind` holds class names: zero (padding), dropped, empty, …
  set(index, shade, text, kind = "") {
    if (this.big) {
      this.pixels.data.set([...shade, 255], 4 * index);
      return;
    }
    const cell = this.cells[index];
    if (cell === this.edited) return;
    const size = Math.min(DIGIT, 1.55 / Math.max(text.length, 2)) * this.side;
    cell.className = `cell ${kind}`;
    cell.textContent = size < LEAST_DIGIT ? "" : text;
    if (size < LEAST_DIGIT) cell.ariaLabel = text || "not yet";
    cell.style.background = kind.includes("zero") ? "" : toCss(shade);
    cell.style.color = kind.includes("zero") ? "" : textOn(shade);
    cell.style.fontSize = `${size}px`;
  }

  flush() {
    if (this.big) this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
  }

  // A frame around some cells: "frame" is the window, "inner" the input inside its padding, others as styled.
  box(name, row, column, rows, columns) {
    const frame = this[name] || this.node.appendChild(el("div", { className: name }));
    this[name] = frame;
    const pad = name === "inner" ? 1 : 3;
    Object.assign(frame.style, {
      left: `${column * this.side - pad}px`, top: `${row * this.side - pad}px`,
      width: `${columns * this.side + 2 * pad}px`, height: `${rows * this.side + 2 * pad}px`,
    });
    frame.hidden = false;
  }

  unbox(name) { if (this[name]) this[name].hidden = true; }

  // Light some cells (an array of indices), and no others. Their number is in `data-lit`.
  light(indices) {
    this.lit?.remove();
    this.node.dataset.lit = indices.length;
    this.lit = this.big ? this.litCanvas(indices) : el("div");
    if (!this.big) {
      this.lit.append(...indices.map((index) => {
        const node = el("div", { className: "lit" });
        Object.assign(node.style, {
          left: `${(index % this.columns) * this.side}px`, top: `${Math.floor(index / this.columns) * this.side}px`,
          width: `${this.side}px`, height: `${this.side}px`,
        });
        return node;
      }));
    }
    this.node.append(this.lit);
  }

  // In a big grid the lit cells are framed on one more canvas.
  litCanvas(indices) {
    const side = Math.round(this.side * 2), canvas = el("canvas", { className: "litcanvas",
      width: this.columns * side, height: this.rows * side });
    canvas.style.width = `${this.columns * this.side}px`;
    canvas.style.height = `${this.rows * this.side}px`;
    const pen = canvas.getContext("2d"), style = getComputedStyle(this.node);
    const inset = 3;
    for (const [strokeStyle, lineWidth] of [[style.getPropertyValue("--background"), 5], [style.color, 2.5]]) {
      Object.assign(pen, { strokeStyle, lineWidth });
      for (const index of indices) {
        pen.strokeRect((index % this.columns) * side + inset, Math.floor(index / this.columns) * side + inset,
          side - 2 * inset, side - 2 * inset);
      }
    }
    return canvas;
  }

  at(event) {
    const area = this.node.getBoundingClientRect();
    const column = Math.floor(((event.clientX - area.left) / area.width) * this.columns);
    const row = Math.floor(((event.clientY - area.top) / area.height) * this.rows);
    return row >= 0 && column >= 0 && row < this.rows && column < this.columns ? row * this.columns + column : -1;
  }

  onCell(call) {
    this.node.classList.add("clickable");
    this.choose = call;
    this.node.addEventListener("click", (event) => {
      const index = this.at(event);
      if (index >= 0) call(index, event);
    });
    this.walkable();
  }

  // call(index) as the pointer enters a cell or the keyboard reaches it, call(-1) as it leaves.
  onHover(call) {
    let last = -1;
    const tell = (index) => { if (index !== last) call(last = index); };
    this.node.addEventListener("pointermove", (event) => tell(this.at(event)));
    this.node.addEventListener("pointerdown", (event) => tell(this.at(event)));
    this.node.addEventListener("pointerleave", () => tell(-1));
    this.node.addEventListener("focusin", () => tell(this.current));
    this.node.addEventListener("focusout", () => tell(-1));
    this.hover = tell;
    this.walkable();
  }

  // call(index, value) when another number was typed into a cell; a double click or Enter begins, Enter ends.
  // `rules`, all optional: bound [lowest, highest]; exact(index), the number a cell holds; locked(index), whether it
  // cannot be changed; refused(text) hears what is no such number, and the cell stays as it was.
  onEdit(call, rules = {}) {
    this.node.classList.add("editable");
    this.edit = call;
    this.rules = rules;
    this.node.addEventListener("dblclick", (event) => {
      const index = this.at(event);
      if (index >= 0) this.type(index, "");
    });
    this.walkable();
  }

  // Paint by dragging while `painting` is set: begin(index) gives the value to paint, show(index, value) draws it,
  // done(indices, value) hears it when the pointer lifts.
  onPaint(begin, show, done) {
    let value = null, cells = new Set();
    const dab = (event) => {
      const index = this.at(event);
      if (index < 0 || cells.has(index) || this.rules?.locked?.(index)) return;
      cells.add(index);
      show(index, value);
    };
    this.node.addEventListener("pointerdown", (event) => {
      const index = this.at(event);
      if (!this.painting || index < 0 || this.rules?.locked?.(index)) return;
      event.preventDefault();
      this.node.setPointerCapture(event.pointerId);
      this.node.classList.add("painted");
      value = begin(index);
      dab(event);
    });
    this.node.addEventListener("pointermove", (event) => { if (cells.size) dab(event); });
    const lift = () => {
      this.node.classList.remove("painted");
      if (cells.size) done([...cells], value);
      cells = new Set();
    };
    this.node.addEventListener("pointerup", lift);
    this.node.addEventListener("pointercancel", lift);
  }

  paint(on) {
    this.painting = on;
    this.node.style.touchAction = on ? "none" : "";
    this.node.style.cursor = on ? "crosshair" : "";
  }

  // Arrow keys walk over the cells, one of which is in the tab order; a canvas is walked as one.
  walkable() {
    if (this.walking) return;
    this.walking = true;
    if (this.big) {
      this.canvas.tabIndex = 0;
      this.canvas.setAttribute("role", "application");
      this.canvas.addEventListener("keydown", (event) => this.key(event));
      return;
    }
    this.cells.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
    this.table.addEventListener("focusin", (event) => {
      const index = this.cells.indexOf(event.target);
      if (index < 0) return;
      this.cells[this.current].tabIndex = -1;
      this.current = index;
      event.target.tabIndex = 0;
    });
    this.table.addEventListener("keydown", (event) => this.key(event));
    if (this.edit || !this.choose) this.node.addEventListener("click", (event) => this.cells[this.at(event)]?.focus());
  }

  focusCell(index) {
    if (index < 0 || index >= this.rows * this.columns) return;
    this.current = index;
    (this.big ? this.canvas : this.cells[index]).focus({ preventScroll: true });
    this.hover?.(index);
  }

  key(event) {
    if (event.composedPath()[0] === this.edited?.firstChild || event.ctrlKey || event.metaKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns }[event.key];
    if (step) this.focusCell(this.current + step);
    else if (this.edit && /^[-−.,\d]$/.test(typedCharacter(event))) this.type(this.current, typedCharacter(event));
    else if (this.edit && (event.key === "Enter" || event.key === "F2")) this.type(this.current, "");
    else if (this.choose && [" ", "Enter"].includes(event.key)) this.choose(this.current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  type(index, begun) {
    if (this.rules.locked?.(index)) return;
    const { bound, exact, refused } = this.rules, cell = this.big ? this.floating(index) : this.cells[index];
    const before = cell.textContent, shown = exact ? String(exact(index)) : before.replace("−", "-");
    const field = el("input", { className: "typed", value: begun || shown, ariaLabel: "New value" });
    field.inputMode = "decimal";
    this.edited = cell;
    cell.replaceChildren(field);
    field.focus();
    if (!begun) field.select();
    let done = false;
    const end = (keep, next) => {
      if (done) return;
      done = true;
      this.edited = null;
      if (this.big) cell.remove();
      else cell.textContent = before;
      const text = field.value.trim().replace("−", "-").replace(",", "."), value = Number(text);
      const fits = EDITED.test(text) && /\d/.test(text) && (!bound || (value >= bound[0] && value <= bound[1]));
      if (keep && !fits) refused?.(field.value.trim().slice(0, 20));
      else if (keep && text !== shown) this.edit(index, value);
      if (next !== undefined) this.focusCell(Math.min(Math.max(next, 0), this.rows * this.columns - 1));
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const steps = { Enter: 1, Tab: event.shiftKey ? -1 : 1, ArrowDown: this.columns, ArrowUp: -this.columns };
      if (event.key in steps) end(true, index + steps[event.key]);
      else if (event.key === "Escape") end(false, index);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", () => end(true));
  }

  // A cell to type into, over a canvas.
  floating(index) {
    const cell = el("div", { className: "cell floating" });
    Object.assign(cell.style, {
      left: `${(index % this.columns) * this.side}px`, top: `${Math.floor(index / this.columns) * this.side}px`,
    });
    this.node.append(cell);
    return cell;
  }
}

function figure(name, grid, note = "", below = "") {
  return el("div", { className: "figure" },
    el("div", { className: "name", textContent: name }, el("small", { textContent: note })),
    grid.node, el("div", { className: "below", textContent: below }));
}
