// uses grid.js
// Four panels on why a drawing is answered as it is; pointing at a cell of one says its number in all.
// Every number comes from Python; the last explanation stays while one draws, and says so.

const SIDE = 28, MOST_SIDE = 8, MOST_SMALL = 6, LEAST_SIDE = 4, READOUT = 185, HALF = 128;
const reasons = new WeakMap();

export default function ({ data, parentElement }) {
  let why = reasons.get(parentElement);
  if (!why) {
    why = new Explanation(parentElement.querySelector(".root"));
    reasons.set(parentElement, why);
  }
  why.show(data);
  return cleanupOf(why);
}

class Explanation {
  constructor(root) {
    this.root = root;
    root.classList.add("why");
    this.resize = new ResizeObserver(() => this.data && this.width !== root.clientWidth && this.build());
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.build());
  }

  leave() {
    this.resize.disconnect();
    this.theme.removeEventListener("change", this.onTheme);
    this.listening = false;
  }

  show(data) {
    this.data = data;
    if (!this.listening) {
      this.listening = true;
      this.resize.observe(this.root);
      this.theme.addEventListener("change", this.onTheme);
    }
    const same = { ...data, before: null }, key = JSON.stringify(same);
    if (key !== this.key) {
      this.key = key;
      this.unpack();
      this.build();
    }
    this.root.classList.toggle("named", areWords(data.names));
    this.root.dataset.before = data.before;
    this.old.hidden = !data.before;
  }

  unpack() {
    const { occlusion, gradient, other, nearest } = this.data;
    this.image = unpack(this.data.image);
    this.drops = { logit: unpack(occlusion.logit), probability: unpack(occlusion.probability) };
    this.cells = unpack(gradient.cells);
    this.changed = unpack(other.image);
    this.difference = unpack(other.difference);
    this.rows = (nearest?.rows || []).map((row) => ({ ...row, pictures: unpack(row.pictures) }));
  }

  build() {
    const d = this.data;
    this.width = this.root.clientWidth;
    this.colours = paletteOf(this.root);
    const columns = getComputedStyle(this.root).gridTemplateColumns.split(" ").length;
    const wide = (this.width - 27 * (columns - 1)) / columns;
    const room = columns > 1 ? wide - READOUT : wide;
    this.side = Math.min(Math.max(Math.floor(room / SIDE), LEAST_SIDE), columns > 1 ? MOST_SIDE : MOST_SIDE + 3);
    this.small = Math.min(Math.max(Math.floor((wide - 20) / 2 / SIDE), LEAST_SIDE), MOST_SMALL);
    this.maps = [];
    this.describers = [];
    this.live = el("div", { className: "live" });
    this.live.setAttribute("aria-live", "polite");
    this.old = el("span", { className: "before", textContent: "of the drawing before: lift the pen",
      hidden: !d.before });
    this.root.replaceChildren(
      el("div", { className: "state" }, el("strong", { textContent: `Why ${this.name(d.label)}?` }),
        el("span", { className: "number", textContent: `logit ${formatNumber(d.logit)}, ${percent(d.probability)}` }),
          this.old),
      this.blankPanel(), this.gradientPanel(), this.nearestPanel(), this.otherPanel(), this.live);
    Object.assign(this.root.dataset, { label: this.name(d.label), target: this.name(d.target), near: d.near,
      known: this.rows.length > 0, found: d.other.found, cells: d.other.inked + d.other.blanked });
    this.point(-1);
  }

  name(k) { return this.data.names[k]; }

  panel(name, title, note, content, not) {
    const node = el("section", {}, el("h3", { textContent: title }, el("small", { textContent: note })),
      ...content, el("div", { className: "not", textContent: not }));
    node.dataset.panel = name;
    return node;
  }

  // values (28 × 28) around zero, the drawing outlined over them.
  map(name, values, side, shade = signShade, largest = largestOf(values)) {
    const grid = new Grid(SIDE, SIDE, side, name, 0);
    values.forEach((value, k) => grid.set(k, shade(this.colours, value, largest)));
    grid.flush();
    grid.onHover((cell) => this.point(cell));
    this.maps.push(grid);
    return grid;
  }

  outlined(grid, signed = false) {
    const path = outline(this.image), node = svgEl("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "outline" });
    node.append(this.line("halo", path), this.line("edge", path), ...(signed ? this.signs() : []));
    grid.node.append(node);
    return grid;
  }

  // Point at a cell in every map; -1 at none. One line says it all.
  point(cell) {
    const row = Math.floor(cell / SIDE), column = cell % SIDE;
    for (const grid of this.maps) if (cell < 0) grid.unbox("cursor"); else grid.box("cursor", row, column, 1, 1);
    const texts = this.describers.map((describe) => describe(cell, cell < 0 ? "" : place(cell)));
    this.live.textContent = cell < 0 ? "" : `${place(cell)}: ${texts.join("; ")}`;
    this.root.dataset.cell = cell;
  }

  // Lines beside a map: `tell(cell, where)` gives [text] or [text, number] for each, the first number being the cell's.
  readout(tell) {
    const node = el("div", { className: "beside" });
    this.describers.push((cell, where) => {
      const lines = tell(cell, where);
      node.replaceChildren(...lines.flatMap(([text, value]) =>
        [el("div", { className: value ? "" : "whole", textContent: text }),
        ...(value ? [el("div", { className: "number", textContent: value })] : [])]));
      return lines.find((line) => line.length > 1).join(" ");
    });
    return node;
  }

  blankPanel() {
    const d = this.data, by = d.drop, drops = this.drops[by], of = by === "logit" ? "logit" : "probability";
    const say = (v) => (by === "logit" ? formatNumber(-v) : `${formatNumber(-100 * v, 1)} %`);
    const worst = d.largest[by], grid = this.outlined(this.map("blanked", drops, this.side));
    const beside = this.readout((cell, where) => [
      [cell < 0 ? `most at ${place(worst)}` : where],
      ["mean", plus(say(drops[cell < 0 ? worst : cell]))],
      ...(cell < 0 ? [["strongest", plus(say(d.single[by]))]] : []),
      ["A cell shows the mean of all patches over it; the strongest is a single patch."],
      [`Blue: the ${of} of ${this.name(d.label)} falls without this ink. Orange: it rises.`]]);
    return this.panel("blank", "Blank a patch", `${d.patch} × ${d.patch}`,
      [el("div", { className: "body" }, grid.node, beside)],
      "Not shown: strokes that say the same. With one of them blanked, the other still speaks.");
  }

  gradientPanel() {
    const d = this.data, g = d.gradient, grid = this.outlined(this.map("input × gradient", this.cells, this.side));
    const beside = this.readout((cell, where) => [
      ...(cell < 0 ? [] : [[where], ["this cell", plus(formatNumber(this.cells[cell], 3))]]),
      ["all cells", plus(formatNumber(g.sum))], [g.restName, plus(formatNumber(g.rest))],
        [`logit of ${this.name(d.label)}`, formatNumber(d.logit)],
      ["Blue adds, orange takes away."]]);
    return this.panel("gradient", "Ink × gradient", "what each cell adds",
      [el("div", { className: "body" }, grid.node, beside)],
      "Not shown: what missing ink says. A blank cell counts 0, however much it matters that it is blank.");
  }

  nearestPanel() {
    const d = this.data, near = d.nearest;
    const rows = this.rows.flatMap((row) => [
      el("div", { className: "near", textContent: row.title }),
      el("div", { className: "digits" }, ...row.labels.map((label, n) => this.digit(row, label, n)))]);
    const waiting = [el("div",
      { className: "said", textContent: `The network looks through the training ${d.noun}s first.` })];
    return this.panel("nearest", `Nearest training ${d.noun}s`,
      near ? `${near.of.toLocaleString("en")}, by ${d.near === "pixels" ? "pixels" : "hidden layer"}` : "",
      near ? [...(near.note ? [el("div", { className: "said", textContent: near.note })] : []), ...rows] : waiting,
      `Not shown: why. The network keeps no ${d.noun}s and looks none up.`);
  }

  digit(row, label, n) {
    const picture = row.pictures.subarray(n * SIDE * SIDE, (n + 1) * SIDE * SIDE);
    const canvas = el("canvas",
      { width: SIDE, height: SIDE, role: "img", ariaLabel: `a training ${this.data.noun}, ${label}` });
    const pen = canvas.getContext("2d"), pixels = pen.createImageData(SIDE, SIDE);
    picture.forEach((ink, k) => pixels.data.set([...inkShade(this.colours, ink, 255), 255], 4 * k));
    pen.putImageData(pixels, 0, 0);
    return el("figure", {}, canvas, el("figcaption", {}, el("strong", { textContent: label, title: label }),
      el("span", { className: "number", textContent: formatNumber(row.distances[n], 1) })));
  }

  otherPanel() {
    const d = this.data, o = d.other, count = o.inked + o.blanked, target = this.name(d.target);
    const bars = [d.answer, d.target].flatMap((k, n) => [
      el("strong", { textContent: this.name(k), title: this.name(k) }),
      ...this.bar(o.before[n], o.before[1 - n]), ...this.bar(o.after[n], o.after[1 - n])]);
    const duel = el("div", { className: "duel" }, el("span"), el("span", { className: "head", textContent: "drawn" }),
      el("span", { className: "head", textContent: "changed" }), ...bars);
    const grid = this.map("changed", this.changed, this.small, inkShade, 255);
    const difference = this.outlined(this.map("difference", this.difference, this.small), true);
    const cells = (n) => (n === 1 ? "1 cell" : `${n} cells`),
      ink = `ink ${formatNumber(o.ink, 1)} of ${formatNumber(o.ofInk, 1)}`;
    const said = o.found
      ? `To be surely read as ${target}, ${cells(count)} would have to change: ${o.inked} inked (+), `
        + `${o.blanked} blanked (−); ${ink}.`
      : `Not found: with ${cells(count)} changed, the network is still not sure of ${target}.`;
    const node = this.panel("other", `What would make it ${target}?`, " ",
      [duel, el("div", { className: "body" }, grid.node, difference.node),
        el("div", { className: "said", textContent: said })],
      "Not shown: the shortest way, or how a hand would write it. This is one way that was found.");
    const note = node.querySelector("h3 small"), usual = d.target === d.label ? "" : "the runner-up";
    this.describers.push((cell) => {
      const change = cell < 0 ? "" : `ink ${this.image[cell]} → ${this.changed[cell]}`;
      note.textContent = change || usual;
      return change;
    });
    return node;
  }

  bar(share, other) {
    const fill = el("div"), track = el("div", { className: `track ${share > other ? "best" : ""}` }, fill);
    fill.style.width = `${100 * share}%`;
    return [track, el("span", { className: "number", textContent: percent(share) })];
  }

  // A small plus or minus on every changed cell, in black or in white.
  signs() {
    const marks = { "#000000": [], "#ffffff": [] }, largest = largestOf(this.difference);
    this.difference.forEach((value, k) => {
      if (!value) return;
      const x = k % SIDE, y = Math.floor(k / SIDE), mark = marks[textOn(signShade(this.colours, value, largest))];
      mark.push(`M${x + 0.15} ${y + 0.5}h0.7`);
      if (value > 0) mark.push(`M${x + 0.5} ${y + 0.15}v0.7`);
    });
    return Object.entries(marks).map(([colour, mark]) => this.line("signs", mark.join(""), { stroke: colour }));
  }

  line(name, d, more = {}) { return svgEl("path", { d, class: name, "vector-effect": "non-scaling-stroke", ...more }); }
}

// The edge between ink and background, as an SVG path in cells.
function outline(image) {
  const dark = (row, column) => row >= 0 && column >= 0 && row < SIDE && column < SIDE
    && image[row * SIDE + column] >= HALF;
  const edges = [];
  for (let row = 0; row <= SIDE; row += 1) {
    for (let column = 0; column <= SIDE; column += 1) {
      if (dark(row, column) !== dark(row - 1, column)) edges.push(`M${column} ${row}h1`);
      if (dark(row, column) !== dark(row, column - 1)) edges.push(`M${column} ${row}v1`);
    }
  }
  return edges.join("");
}

function place(cell) { return `row ${Math.floor(cell / SIDE) + 1}, column ${cell % SIDE + 1}`; }

// A sign before a number's text whatever it is.
function plus(text) { return text.startsWith("−") || /^0(\.0+)?( |$)/.test(text) ? text : `+${text}`; }
