// The products of one step as text: numbers, or the lecture's symbols.

const FEW_TERMS = 9, MOST_TERMS = 25;
const LOW = "₀₁₂₃₄₅₆₇₈₉";

// w₁₂ of row 1, column 2, counted from 1; two digits stand apart: w[10, 2].
function symbol(letter, ...at) {
  return at.some((n) => n > 9) ? `${letter}[${at.join(", ")}]` : letter + at.map((n) => LOW[n]).join("");
}

function numberTerm(stage, p) {
  const d = stage.data;
  return `${bracketed(d.padded[cellOf(stage.data, stage.step, p)])}×${bracketed(d.filter[p])}`;
}

// Pictures count the input's own cells, i₁₁ first, and its padding is 0; the lecture's signal counts the padded t.
function symbolTerm(stage, p) {
  const d = stage.data, cell = cellOf(d, stage.step, p), own = d.origin[cell], columns = d.sides[1];
  const size = d.filter.shape[1], weight = d.weights[p];
  if (d.signal) return `${symbol("w", weight + 1)}·${symbol("t", cell + 1)}`;
  const name = own < 0 ? "0" : symbol("i", Math.floor(own / columns) + 1, own % columns + 1);
  return `${symbol("w", Math.floor(weight / size) + 1, weight % size + 1)}·${name}`;
}

function outputSymbol(stage) {
  const columns = stage.data.shape[1], k = stage.step;
  return stage.data.signal ? symbol("o", k + 1) : symbol("o", Math.floor(k / columns) + 1, k % columns + 1);
}

// A term that is zero is struck out; of many terms only the others are shown, of very many the first ones.
function showTerms(node, stage) {
  const d = stage.data, count = d.filter.length, size = d.filter.shape[1], symbols = stage.symbols;
  node.replaceChildren();
  if (stage.hidden && !symbols) {
    node.textContent = `${count} products, one sum`;
    return;
  }
  const zero = (p) => (symbols ? d.origin[cellOf(stage.data, stage.step, p)] < 0
    : d.products[stage.step * count + p] === 0);
  const all = Array.from({ length: count }, (_, p) => p).filter((p) => count <= FEW_TERMS || !zero(p));
  if (symbols) node.append(`${outputSymbol(stage)} = `);
  all.slice(0, MOST_TERMS).forEach((p, n) => {
    const turns = count <= FEW_TERMS ? p % size === 0 : n % 5 === 0;
    if (n) node.append(turns ? el("br") : "", " + ");
    node.append(el(zero(p) ? "s" : "span", { textContent: (symbols ? symbolTerm : numberTerm)(stage, p) }));
  });
  if (all.length > MOST_TERMS) node.append(` + … (${all.length - MOST_TERMS} more)`);
  if (!all.length) node.append("0");
}

// To the clipboard; over plain http from another machine browsers offer only the old way.
function copyText(text) {
  if (navigator.clipboard) { navigator.clipboard.writeText(text); return; }
  const field = document.body.appendChild(el("textarea", { value: text }));
  field.select();
  document.execCommand("copy");
  field.remove();
}
