// A grid of numbers: DOM cells where they can be read, shades on a canvas where there are too many.
// Cells can be clicked, hovered, walked by arrow keys and, where asked for, edited by typing.

const MOST_CELLS = 400;          // beyond this a grid is a canvas
const EDITED = /^[-−]?\d{0,4}([.,]\d{0,4})?$/;

class Grid {
  // `side` is a cell's, in pixels; `name` is for tests and screen readers.
  constructor(rows, columns, side, name = "") {
    Object.assign(this, { rows, columns, side, current: 0 });
    this.node = element("div", { className: "grid" });
    this.node.dataset.name = name.toLowerCase();
    this.big = rows * columns > MOST_CELLS;
    if (this.big) {
      this.canvas = element("canvas", { width: columns, height: rows });
      this.canvas.style.width = `${columns * side}px`;
      this.canvas.style.height = `${rows * side}px`;
      this.canvas.setAttribute("role", "img");
      this.canvas.setAttribute("aria-label", `${name}, ${rows} × ${columns}`);
      this.pixels = this.canvas.getContext("2d").createImageData(columns, rows);
      this.node.append(this.canvas);
    } else {
      this.table = element("div", { className: "cells" });
      this.table.style.gridTemplateColumns = `repeat(${columns}, ${side}px)`;
      this.table.style.gridAutoRows = `${side}px`;
      this.table.setAttribute("role", "grid");
      this.table.setAttribute("aria-label", `${name}, ${rows} × ${columns}`);
      this.cells = [];
      for (let row = 0; row < rows; row += 1) {
        const line = element("div", { className: "cellrow" });
        line.setAttribute("role", "row");
        for (let column = 0; column < columns; column += 1) {
          const cell = element("div", { className: "cell" });
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
    cell.className = `cell ${kind}`;
    cell.textContent = text;
    cell.style.background = kind.includes("zero") ? "" : css(shade);
    cell.style.color = kind.includes("zero") ? "" : textOn(shade);
    cell.style.fontSize = `${Math.min(0.54, 1.55 / Math.max(text.length, 2)) * this.side}px`;
  }

  flush() {
    if (this.big) this.canvas.getContext("2d").putImageData(this.pixels, 0, 0);
  }

  // A frame around some cells: "frame" is the window, "inner" the input inside its padding, others as styled.
  box(name, row, column, rows, columns) {
    const frame = this[name] || this.node.appendChild(element("div", { className: name }));
    this[name] = frame;
    const pad = name === "inner" ? 1 : 3;
    Object.assign(frame.style, {
      left: `${column * this.side - pad}px`, top: `${row * this.side - pad}px`,
      width: `${columns * this.side + 2 * pad}px`, height: `${rows * this.side + 2 * pad}px`,
    });
    frame.hidden = false;
  }

  unbox(name) { if (this[name]) this[name].hidden = true; }

  // Light some cells (an array of indices), and no others.
  light(indices) {
    this.lit = this.lit || [];
    for (const node of this.lit) node.remove();
    this.lit = indices.map((index) => {
      const node = element("div", { className: "lit" });
      Object.assign(node.style, {
        left: `${(index % this.columns) * this.side}px`, top: `${Math.floor(index / this.columns) * this.side}px`,
        width: `${this.side}px`, height: `${this.side}px`,
      });
      this.node.append(node);
      return node;
    });
  }

  at(event) {
    const area = this.node.getBoundingClientRect();
    const column = Math.floor((event.clientX - area.left) / this.side);
    const row = Math.floor((event.clientY - area.top) / this.side);
    return row >= 0 && column >= 0 && row < this.rows && column < this.columns ? row * this.columns + column : -1;
  }

  onCell(call) {
    this.node.classList.add("clickable");
    this.choose = call;
    this.node.addEventListener("click", (event) => {
      const index = this.at(event);
      if (index >= 0) call(index);
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

  // call(index, value) when another number was typed into a cell; a click or Enter begins, Enter ends.
  onEdit(call) {
    this.node.classList.add("editable");
    this.edit = call;
    this.node.addEventListener("dblclick", (event) => {
      const index = this.at(event);
      if (index >= 0) this.type(index, "");
    });
    this.walkable();
  }

  // Arrow keys walk over the cells, one of which is in the tab order.
  walkable() {
    if (this.walking || this.big) return;
    this.walking = true;
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

  key(event) {
    if (event.composedPath()[0] === this.edited?.firstChild) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns }[event.key];
    if (step) {
      const next = this.current + step;
      if (next >= 0 && next < this.cells.length) {
        this.cells[next].focus();
        this.hover?.(next);
      }
    } else if (this.edit && /^[-−.,\d]$/.test(event.key)) this.type(this.current, event.key);
    else if (this.edit && (event.key === "Enter" || event.key === "F2")) this.type(this.current, "");
    else if (this.choose && [" ", "Enter"].includes(event.key)) this.choose(this.current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  type(index, begun) {
    const cell = this.cells[index], before = cell.textContent;
    const field = element("input", { className: "typed", value: begun || before.replace("−", "-"), ariaLabel: "New value" });
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
      cell.textContent = before;
      const text = field.value.trim().replace("−", "-").replace(",", ".");
      if (keep && EDITED.test(text) && /\d/.test(text)) this.edit(index, Number(text));
      this.cells[next]?.focus();
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const steps = { Enter: 1, Tab: event.shiftKey ? -1 : 1, ArrowDown: this.columns, ArrowUp: -this.columns };
      if (event.key in steps) end(true, Math.min(Math.max(index + steps[event.key], 0), this.cells.length - 1));
      else if (event.key === "Escape") end(false, index);
      else return;
      event.preventDefault();
    });
    field.addEventListener("blur", () => end(true));
  }
}

function figure(name, grid, note = "", below = "") {
  return element("div", { className: "figure" },
    element("div", { className: "name", textContent: name }, element("small", { textContent: note })),
    grid.node, element("div", { className: "below", textContent: below }));
}
