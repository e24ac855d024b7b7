// uses curve.js
// Runs laid over each other: a line each, told apart by dash and weight, and read off by name.

const comparisons = new WeakMap();
const DASHES = ["none", "12 7", "2 6", "14 5 2 5"];
const TICKS = { loss: [0.01, 0.03, 0.1, 0.3, 1, 3], wrong: [3, 10, 30, 100, 300, 1000] };

export default function ({ data, parentElement }) {
  let comparison = comparisons.get(parentElement);
  if (!comparison) comparisons.set(parentElement, comparison = new Comparison(parentElement.querySelector(".root")));
  comparison.show(data);
}

class Comparison {
  constructor(root) {
    this.root = root;
    root.classList.add("comparison");
    this.curve = new Curve("", "Curves of all runs over steps; arrow keys read their values");
    this.legend = el("ul", { className: "legend" });
    this.table = el("table");
    const scrolls = el("div", { className: "scrolls", tabIndex: 0 }, this.table);
    scrolls.setAttribute("role", "region");
    scrolls.setAttribute("aria-label", "Settings and results of the runs");
    this.curve.top.hidden = true;
    root.append(this.legend, this.curve.node, scrolls);
  }

  show(d) {
    const lines = d.lines.map((line, n) => ({ name: line.name, dots: true, dash: DASHES[n % 4], thin: n >= 4,
      points: rowsOf(unpack(line.points)).map(([step, value]) => [step, Math.max(value, 1e-3)]) }));
    const value = (v) => (d.what === "loss" ? `loss ${formatNumber(v, 3)}` : `${formatNumber(v, 1)} of 1,000`);
    this.legend.hidden = this.curve.node.hidden = lines.length < 2;
    this.tabulate(d.table);
    this.legend.replaceChildren(...lines.map((line, n) => this.entry(line, d.lines[n].state, value)));
    this.curve.draw(lines, d.span, TICKS[d.what],
      (step, v, line) => `${line.name}, step ${thousands(step)}: ${value(v)}`);
    Object.assign(this.root.dataset,
      { what: d.what, runs: lines.length, points: lines.map((l) => l.points.length).join(" "),
      steps: lines.map((l) => l.points.at(-1)?.[0] ?? 0).join(" ") });
  }

  // Column by column, the first naming the rows.
  tabulate(columns) {
    const names = Object.keys(columns),
      cell = (name, text, scope) => el(name, { textContent: text, ...(scope && { scope }) });
    const rows = columns[names[0]].map((_, n) => el("tr", {},
      ...names.map((name, k) => cell(k ? "td" : "th", columns[name][n], k ? "" : "row"))));
    this.table.replaceChildren(el("tr", {}, ...names.map((name) => cell("th", name, "col"))), ...rows);
  }

  entry(line, state, value) {
    const sample = svgEl("svg", { viewBox: "0 0 60 14", "aria-hidden": "true" });
    sample.append(svgEl("path", { class: `trace${line.thin ? " thin" : ""}`, d: "M2 7H58",
      "stroke-dasharray": line.dash }));
    const last = line.points.at(-1);
    return el("li", {}, sample, el("b", { textContent: line.name }),
      el("span", { className: "number", textContent: last ? value(last[1]) : "–" }),
      el("span", { className: "note", textContent: state }));
  }
}
