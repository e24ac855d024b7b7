// A lens: the numbers around one cell of a grid too fine to be read.

const LENS_CELLS = 5;

class Lens {
  constructor(root) {
    this.node = el("div", { className: "lens", hidden: true });
    this.node.setAttribute("aria-hidden", "true");
    root.append(this.node);
    this.root = root;
  }

  // text(index) and shade(index) of the grid's cells; the cell in question is in the middle.
  show(grid, index, text, shade) {
    if (index < 0) { this.hide(); return; }
    const row = Math.floor(index / grid.columns), column = index % grid.columns, half = (LENS_CELLS - 1) / 2;
    const side = this.root.clientWidth < 700 ? 44 : 64;
    this.grid?.node.remove();
    this.grid = new Grid(LENS_CELLS, LENS_CELLS, side);
    for (let n = 0; n < LENS_CELLS ** 2; n += 1) {
      const r = row + Math.floor(n / LENS_CELLS) - half, c = column + (n % LENS_CELLS) - half;
      const inside = r >= 0 && c >= 0 && r < grid.rows && c < grid.columns;
      const at = r * grid.columns + c;
      if (inside) this.grid.set(n, shade(at), text(at));
      else this.grid.set(n, [0, 0, 0], "", "zero");
    }
    this.grid.box("frame", half, half, 1, 1);
    this.node.append(this.grid.node);
    this.node.hidden = false;
    this.place(grid, row, LENS_CELLS * side);
  }

  // Beside the grid, on the side that has more room; below it on a phone.
  place(grid, row, size) {
    const from = this.root.getBoundingClientRect(), area = grid.node.getBoundingClientRect(), gap = 8;
    const left = area.left - from.left, right = left + area.width, narrow = from.width < 700;
    const x = narrow ? left : right + gap + size < from.width ? right + gap : left - gap - size;
    const y = area.top - from.top + (narrow ? area.height + gap : (row + 0.5) * grid.side - size / 2);
    this.node.style.left = `${Math.min(Math.max(x, 0), Math.max(from.width - size - 6, 0))}px`;
    this.node.style.top = `${Math.max(y, 0)}px`;
  }

  hide() { this.node.hidden = true; }
}
