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
    this.legend = element("ul", { className: "legend" });
    root.append(this.legend, this.curve.node);
  }

  show(d) {
    const lines = d.lines.map((line, n) => ({ name: line.name, dots: true, dash: DASHES[n % 4], thin: n >= 4,
      points: rows(unpack(line.points)).map(([step, value]) => [step, Math.max(value, 1e-3)]) }));
    const value = (v) => (d.what === "loss" ? `loss ${number(v, 3)}` : `${number(v, 1)} of 1,000`);
    this.curve.top.hidden = true;
    this.legend.replaceChildren(...lines.map((line, n) => this.entry(line, d.lines[n].state, value)));
    this.curve.draw(lines, d.span, TICKS[d.what], (step, v, line) => `${line.name}, step ${thousands(step)}: ${value(v)}`);
    Object.assign(this.root.dataset, { what: d.what, runs: lines.length, points: lines.map((l) => l.points.length).join(" "),
      steps: lines.map((l) => l.points.at(-1)?.[0] ?? 0).join(" ") });
  }

  entry(line, state, value) {
    const sample = svg("svg", { viewBox: "0 0 60 14", "aria-hidden": "true" });
    sample.append(svg("path", { class: `trace${line.thin ? " thin" : ""}`, d: "M2 7H58", "stroke-dasharray": line.dash }));
    const last = line.points.at(-1);
    return element("li", {}, sample, element("b", { textContent: line.name }),
      element("span", { className: "number", textContent: last ? value(last[1]) : "–" }),
      element("span", { className: "note", textContent: state }));
  }
}
