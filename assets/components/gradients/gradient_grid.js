// What the gradient stages share: names of cells, grids of signed numbers, strips and stacks of figures.

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

function subscript(n) {
  return (n < 0 ? "₋" : "") + [...String(Math.abs(n))].map((digit) => SUBSCRIPTS[digit]).join("");
}

// t₆ of a signal, t₂₃ of a picture; counted from 1.
function cellName(letter, row, column, flat) {
  if (flat) return letter + subscript(column + 1);
  return letter + subscript(row + 1) + (Math.max(row, column) > 8 ? "," : "") + subscript(column + 1);
}

function nameOf(letter, index, columns, flat) {
  return cellName(letter, Math.floor(index / columns), index % columns, flat);
}

// Whether a cell of a padded grid lies in its border.
function inBorder(index, shape, border) {
  const row = Math.floor(index / shape[1]), column = index % shape[1];
  return row < border[0] || column < border[1] || row >= shape[0] - border[0] || column >= shape[1] - border[1];
}

// The number of a padded cell within the input itself, or -1.
function innerIndex(index, shape, border) {
  if (inBorder(index, shape, border)) return -1;
  const width = shape[1] - 2 * border[1];
  return (Math.floor(index / shape[1]) - border[0]) * width + (index % shape[1]) - border[1];
}

// Numbers of a grid that can be typed over; inside(k) is the number of what its cell k holds, -1 for padding.
function editable(stage, grid, part, values, inside = (k) => k) {
  grid.onEdit((k, value) => stage.emit("edit", { part, index: inside(k), value }), {
    exact: (k) => values[k],
    locked: (k) => inside(k) < 0,
    refused: (text) => stage.emit("edit", { part, index: 0, value: text }),
  });
}

/** @param {(k: number) => string} kinds */
function drawPadded(grid, colours, values, shape, border, kinds = () => "") {
  const largest = largestOf(values);
  values.forEach((v, k) => grid.set(k, inkShade(colours, v, largest), formatNumber(v),
    `${inBorder(k, shape, border) ? "zero" : ""} ${kinds(k)}`));
  grid.flush();
  grid.box("inner", border[0], border[1], shape[0] - 2 * border[0], shape[1] - 2 * border[1]);
}

/**
 * Signed numbers, blue above zero, orange below; text(v, k) may put something else in a cell.
 * @param {(k: number) => string} kinds
 * @param {(value: number, k: number) => string} text
 */
function drawSigned(grid, colours, values, largest = largestOf(values), kinds = () => "",
  text = (v) => formatNumber(v)) {
  values.forEach((v, k) => grid.set(k, signShade(colours, v, largest), text(v, k), kinds(k)));
  grid.flush();
}

function drawPlain(grid, colours, values) {
  values.forEach((v, k) => grid.set(k, rgb(colours.background), formatNumber(v)));
  grid.flush();
}

// What would tell the answer while a lecture asks.
function secret(node) {
  node.classList.add("secret");
  return node;
}

function strip(...figures) { return el("div", { className: "strip" }, ...figures); }

function stack(...figures) { return el("div", { className: "stack" }, ...figures); }

function sign(text) { return el("span", { className: "sign", textContent: text }); }

// Names below the cells of a signal, where they have room to be read.
function labelled(grid, letter) {
  if (grid.side < 40 || grid.rows > 1) return grid;
  const names = Array.from({ length: grid.columns }, (_, k) => el("span", { textContent: letter + subscript(k + 1) }));
  const row = el("div", { className: "labels number" }, ...names);
  row.style.gridTemplateColumns = `repeat(${grid.columns}, ${grid.side}px)`;
  row.setAttribute("aria-hidden", "true");
  return { node: el("div", {}, grid.node, row) };
}

// The side of a cell: as large as the columns and rows beside and below each other allow, never too small to read.
// `gaps` are the pixels between figures; on a phone each figure has a line of its own, or shares it if it may.
function sideFor(width, gaps, columns, rows, height, longest, narrow, most = 60) {
  const wrapped = (width - 12) / longest;
  const side = narrow ? wrapped : Math.min((width - gaps) / columns, height / rows);
  return Math.max(Math.min(side, narrow ? 48 : most, wrapped), narrow ? 14 : 22);
}

// The same for signals, whose figures stand beside each other while their cells stay large, else below each other.
function flatSide(width, gaps, columns, longest, narrow) {
  const beside = (width - gaps) / columns, alone = (width - 12) / longest;
  const side = narrow ? Math.min(alone, 48) : beside < 40 ? Math.min(alone, 44) : Math.min(beside, 84);
  return Math.max(side, 10);
}
