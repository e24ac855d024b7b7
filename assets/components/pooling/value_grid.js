// What the scenes of pooling share: grids of values with marks, arrays by name, where a window lies.

const KINDS = ["max", "mean", "stride"];
const NAMES = { max: "Max pooling", mean: "Average pooling", stride: "Strided convolution" };
const READABLE = 34;  // pixels a side from which the digits of a cell are read from the last row

const unpackAll = (packed) => Object.fromEntries(Object.entries(packed).map(([name, each]) => [name, unpack(each)]));

// Ink where all are magnitudes, blue and orange where there is a sign to show.
const shadeFor = (values) => (values.some((v) => v < 0) ? signShade : inkShade);

/**
 * Fill a grid; text(k) and kind(k) say what cell k shows and how it is marked.
 * @param {(k: number) => string} kind
 */
function fillGrid(grid, values, shade, colours, largest, text, kind = () => "") {
  for (let k = 0; k < values.length; k += 1) {
    const words = text(k);
    grid.set(k, ["", "?"].includes(words) ? rgb(colours.background) : shade(colours, values[k], largest), words,
      kind(k));
  }
  grid.flush();
}

// Cells of window k in row order, as indices of a map with `columns` columns.
function windowCells(data, k) {
  const { F, W } = data.size, first = data.starts[2 * k] * W + data.starts[2 * k + 1];
  return Array.from({ length: F * F }, (_, p) => first + Math.floor(p / F) * W + (p % F));
}

const place = (index, columns) => `row ${Math.floor(index / columns) + 1}, column ${index % columns + 1}`;

// The size formula with this scene's numbers.
function pooledFormula(data) {
  const { H, W, F, S } = data.size;
  const one = (side, left) => {
    const value = Math.floor((side - F) / S) + 1;
    return left ? `⌊(${side} − ${F})/${S}⌋ + 1 = ${value}` : `(${side} − ${F})/${S} + 1 = ${value}`;
  };
  const rows = one(H, data.leftover[0]), columns = one(W, data.leftover[1]);
  return `O = (W − F)/S + 1\n  = ${columns}${H === W ? "" : `\nrows: ${rows}`}`;
}
