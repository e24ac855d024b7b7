// A map as a picture of shades, and a small table of numbers: what the pages inside a network are made of.

// A map: always shades on a canvas, however few cells it has. Frames, clicks and hovers as for a Grid.
class MapPicture extends Grid {
  constructor(rows, columns, side, name) {
    super(rows, columns, side, name, 0);
    this.node.classList.add("picture");
  }

  // values in row order; `shade` is inkShade or signShade.
  draw(colours, shade, values, largest) {
    for (let k = 0; k < values.length; k += 1) this.set(k, shade(colours, values[k], largest));
    this.flush();
    this.node.dataset.known = "true";
    return this;
  }

  // Nothing is known yet.
  blank(colours, text = "") {
    for (let k = 0; k < this.rows * this.columns; k += 1) this.set(k, rgb(colours.surface));
    this.flush();
    this.node.dataset.known = "false";
    this.mark = this.mark || this.node.appendChild(el("div", { className: "unknown" }));
    this.mark.textContent = text;
    return this;
  }

  // Arrow keys move over the cells, Enter chooses.
  walkable() {
    if (this.walking) return;
    this.walking = true;
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "application");
    this.node.setAttribute("aria-label", `${this.canvas.ariaLabel}: arrow keys move, Enter opens a cell`);
    this.current = Math.floor(this.rows / 2) * this.columns + Math.floor(this.columns / 2);
    this.node.addEventListener("keydown", (event) => {
      const row = Math.floor(this.current / this.columns), column = this.current % this.columns;
      const to = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column],
                   ArrowUp: [row - 1, column] }[event.key];
      if (to && to[0] >= 0 && to[1] >= 0 && to[0] < this.rows && to[1] < this.columns) {
        this.current = to[0] * this.columns + to[1];
        this.hover?.(this.current);
        this.box("cursor", ...to, 1, 1);
      } else if (!to && event.key === "Enter" && this.choose) this.choose(this.current);
      else if (!to) return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.node.addEventListener("focusout", () => this.unbox("cursor"));
  }
}

// A table of numbers, each on the shade of its sign; cells are wider than high. Without room: shades alone.
class NumberTable {
  constructor(rows, columns, width, height, name, size = 24) {
    this.rows = rows;
    this.columns = columns;
    this.width = width;
    this.height = height;
    this.room = Math.min(size, height * 0.78, width / 3.05);
    this.node = el("div", { className: "numbers number" });
    this.node.dataset.name = name.toLowerCase();
    this.node.style.gridTemplateColumns = `repeat(${columns}, ${width}px)`;
    this.node.style.gridAutoRows = `${height}px`;
    this.node.setAttribute("role", "img");
    this.name = name;
    this.cells = Array.from({ length: rows * columns }, () => el("div", { className: "cell" }));
    this.node.append(...this.cells);
  }

  /**
   * `plus` writes the sign of what is above zero too; `known` false shows a question mark instead.
   * @param {{plus?: boolean, known?: boolean, zero?: (k: number) => boolean}} options
   */
  fill(colours, shade, values, largest, options = {}) {
    const { plus = false, known = true, zero = () => false } = options;
    const texts = Array.from(values, (v) => signed(v, plus));
    this.node.ariaLabel = `${this.name}: ${known ? texts.join(", ") : "hidden"}`;
    this.cells.forEach((cell, k) => {
      const colour = known ? shade(colours, values[k], largest) : rgb(colours.surface);
      cell.textContent = this.room < 11 ? "" : known ? texts[k] : "?";
      cell.classList.toggle("zero", zero(k));
      cell.style.background = zero(k) ? "" : toCss(colour);
      cell.style.color = zero(k) ? "" : textOn(colour);
      cell.style.fontSize = `${this.room}px`;
    });
    return this;
  }
}
