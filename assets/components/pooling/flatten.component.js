// uses grid.js guess.js stage.js value_grid.js
// Flatten, value by value: maps on one side, the vector on the other; or the way back.

class FlattenStage extends Stage {
  read(data) {
    const read = { ...data };
    for (const name of ["maps", "vector", "cells"]) read[name] = unpack(data[name]);
    this.steps = read.vector.length;
    this.pointed = -1;
    return read;
  }

  value() { return this.step + 1; }  // where the value goes, counted from 1

  rowLength() { return this.data.shape[1] * this.data.shape[2]; }

  build() {
    const d = this.data, [height, width, channels] = d.shape, narrow = this.width < 700;
    const across = narrow ? width : width * channels;
    const side = Math.max(Math.min((this.width - (narrow ? 8 : 60 * channels)) / across, 62, 250 / height), 9);
    this.maps = Array.from({ length: channels }, (_, c) => new Grid(height, width, side, `Channel ${c + 1}`));
    this.maps.forEach((grid, c) => {
      grid.onCell((cell) => { this.stop(); this.go(cell * channels + c, false); });
      grid.onHover((cell) => this.point(cell < 0 ? -1 : cell * channels + c));
    });
    // One line where it fits, else a line for each row of the maps.
    const long = this.steps * 34 <= this.width - 8;
    this.lineLength = long ? this.steps : width * channels;
    const lines = this.steps / this.lineLength;
    const room = Math.max(Math.min((this.width - 8) / this.lineLength, 62, 230 / lines), 7);
    this.vector = new Grid(lines, this.lineLength, room, "Vector");
    this.vector.onCell((index) => { this.stop(); this.go(index, false); });
    this.vector.onHover((index) => this.point(index));
    const caption = d.back ? `${this.steps} values → (${height}, ${width}, ${channels})`
      : `(${height}, ${width}, ${channels}) → ${height} · ${width} · ${channels} = ${this.steps}`;
    this.head.replaceChildren(el("h2", { textContent: d.title }), el("span", { textContent: caption }));
    const maps = el("div", { className: "figures" }, ...this.maps.map((grid, c) => figure(`Channel ${c + 1}`, grid)));
    const vector = figure("Vector", this.vector, long ? "" : "one line for each row of the maps");
    this.row.replaceChildren(...(d.back ? [vector, maps] : [maps, vector]));
    this.sums = el("div", { className: "sums tight number" });
    this.sum.replaceChildren(this.sums);
    this.shade = shadeFor(d.vector);
    this.largest = largestOf(d.vector);
    this.drawn = -1;
  }

  indexOf(cell, channel) { return cell * this.data.shape[2] + channel; }

  // Cells of the side that fills are empty until their step; the other side is full from the start.
  draw() {
    const d = this.data, k = this.step, size = d.shape[0] * d.shape[1], last = this.drawn;
    const known = (index) => index < k || (index === k && !this.hidden);
    const paint = (grid, at, index, value) => {
      const text = grid.side < 20 ? " " : formatNumber(value);
      if (known(index)) grid.set(at, this.shade(this.colours, value, this.largest), text);
      else grid.set(at, rgb(this.colours.background), index === k ? "?" : "", "empty");
    };
    const from = last < 0 ? 0 : Math.min(last, k), to = last < 0 ? this.steps - 1 : Math.max(last, k);
    for (let index = from; index <= to; index += 1) {
      const [row, column, channel] = d.cells.subarray(3 * index, 3 * index + 3), cell = row * d.shape[1] + column;
      if (d.back) paint(this.maps[channel], cell, index, d.maps[channel * size + cell]);
      else paint(this.vector, index, index, d.vector[index]);
      if (last >= 0) continue;
      const [grid, at] = d.back ? [this.vector, index] : [this.maps[channel], cell];
      grid.set(at, this.shade(this.colours, d.vector[index], this.largest), grid.side < 20 ? " "
        : formatNumber(d.vector[index]));
    }
    [this.vector, ...this.maps].forEach((grid) => grid.flush());
    this.drawn = k;
    this.mark(this.pointed < 0 ? k : this.pointed);
  }

  // A value pointed at on either side shows where it went; else the step's own.
  point(index) {
    this.pointed = index;
    this.mark(index < 0 ? this.step : index);
    this.line.textContent = this.sentence();
  }

  mark(index) {
    const d = this.data, [row, column, channel] = d.cells.subarray(3 * index, 3 * index + 3), hide = this.hidden
      && index === this.step;
    this.maps.forEach((grid, c) => (c === channel && !(hide && d.back) ? grid.box("frame", row, column, 1, 1)
      : grid.unbox("frame")));
    if (hide && !d.back) this.vector.unbox("frame");
    else this.vector.box("frame", Math.floor(index / this.lineLength), index % this.lineLength, 1, 1);
    const [, width, channels] = d.shape;
    this.sums.replaceChildren(
      el("span", { className: "label", textContent: "place" }),
      el("span", {}, `((row − 1)·W + column − 1)·C + channel = ((${row + 1} − 1)·${width} + ${column + 1} − `
        + `1)·${channels} + ${channel + 1} = `,
        el("b", { textContent: hide ? "?" : index + 1 })),
      el("span", { className: "label", textContent: "in code" }),
      el("span", {}, `(row·W + column)·C + channel = (${row}·${width} + ${column})·${channels} + ${channel} = `,
        el("b", { textContent: hide ? "?" : index }),
          el("span", { className: "note", textContent: "  Python counts from 0" })));
    this.root.dataset.pointed = index + 1;
  }

  sentence() {
    const d = this.data, index = this.pointed < 0 ? this.step : this.pointed;
    const [row, column, channel] = d.cells.subarray(3 * index, 3 * index + 3);
    const from = `row ${row + 1}, column ${column + 1} of channel ${channel + 1}`;
    if (this.hidden && index === this.step) return `At which place of the vector does ${from} stand?`;
    const value = formatNumber(d.vector[index]);
    return d.back ? `${value}, place ${index + 1} of the vector, goes back to ${from}.`
      : `${value} from ${from} goes to place ${index + 1} of ${this.steps}.`;
  }
}

export default mount(FlattenStage);
