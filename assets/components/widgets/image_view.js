// One picture of rows × columns pixels on a canvas, as large as fits into [wide, high], with a frame and a cover.

const LEAST_FRAME = 16;  // a window on a large picture would be too small to see

class ImageView {
  /** @param {number} rows @param {number} columns @param {number[]} room @param {string} label */
  constructor(rows, columns, [wide, high], label) {
    this.rows = rows;
    this.columns = columns;
    this.scale = Math.min(wide / columns, high / rows);
    if (this.scale > 2) this.scale = Math.floor(this.scale);
    this.node = el("div", { className: "view" });
    this.canvas = el("canvas", { width: columns, height: rows, tabIndex: 0 });
    this.canvas.style.width = `${columns * this.scale}px`;
    this.canvas.style.height = `${rows * this.scale}px`;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", `${label}, ${rows} × ${columns}; arrow keys move the window`);
    this.pen = this.canvas.getContext("2d");
    this.box = el("div", { className: "frame" });
    this.cover = el("div", { className: "cover", textContent: "?", hidden: true });
    this.node.append(this.canvas, this.box, this.cover);
  }

  // colour(index) -> [r, g, b] of one pixel
  paint(colour) {
    const image = this.pen.createImageData(this.columns, this.rows), data = image.data;
    for (let k = 0, at = 0; k < this.rows * this.columns; k += 1, at += 4) {
      const [r, g, b] = colour(k);
      data[at] = r; data[at + 1] = g; data[at + 2] = b; data[at + 3] = 255;
    }
    this.pen.putImageData(image, 0, 0);
  }

  // Frame `size` × `size` cells from (row, column), which may lie outside.
  frame(row, column, size) {
    const side = Math.max(size * this.scale, LEAST_FRAME), grow = (side - size * this.scale) / 2 + 3;
    const left = Math.max(column * this.scale - grow, -4), top = Math.max(row * this.scale - grow, -4);
    const right = Math.min((column + size) * this.scale + grow, this.columns * this.scale + 4);
    const bottom = Math.min((row + size) * this.scale + grow, this.rows * this.scale + 4);
    Object.assign(this.box.style,
      { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  }

  at(event) {
    const area = this.canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - area.top) / area.height) * this.rows);
    const column = Math.floor(((event.clientX - area.left) / area.width) * this.columns);
    return [Math.min(Math.max(row, 0), this.rows - 1), Math.min(Math.max(column, 0), this.columns - 1)];
  }
}
