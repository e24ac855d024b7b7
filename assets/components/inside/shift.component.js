// uses grid.js guess.js stage.js map_picture.js answer_bars.js
// An image where it was and moved: the maps move along, and one or two networks answer. Step 2 is the image moved.

class ShiftStage extends Stage {
  read(data) {
    this.steps = 2;
    const maps = data.maps.map((map) => ({ ...map, values: map.values.map(unpack) }));
    return { ...data, images: data.images.map(unpack), maps };
  }

  moved() {
    const { right, down } = this.data, parts = [];
    if (right || !down) parts.push(`${Math.abs(right)} to the ${right < 0 ? "left" : "right"}`);
    if (down) parts.push(`${Math.abs(down)} ${down < 0 ? "up" : "down"}`);
    return parts.join(", ");
  }

  value() { return this.data.networks[0].answers[this.step].digit; }

  options() {
    const { digit, rivals, names } = this.data.networks[0].answers[this.step];
    const classes = [digit, ...rivals.slice(0, 3)];
    return shuffled(classes.map((k) => ({ text: names[k], right: k === digit, why: "" })), this.step);
  }

  build() {
    const d = this.data, narrow = this.width < 700, n = 1 + d.maps.length;
    const [rows, columns] = d.images[0].shape;
    const side = narrow ? Math.min((this.width - 126) / 2, 150)
      : Math.min(170, (Math.max(window.innerHeight, 640) - 472) / n - 12);
    this.head.replaceChildren(el("h2", { textContent: "Shift" }),
      el("span", { textContent: `${d.what}, moved ${this.moved()}: do the answers survive?` }));
    const line = (name, shape) => {
      const pair = [0, 1].map((k) => new MapPicture(shape[0], shape[1], side / shape[1],
        `${name}, ${k ? "moved" : "where it was"}`));
      if (name !== d.noun) pair[1].node.classList.add("secret");
      const label = el("div", { className: "pairname" });
      label.append(...name.split("|").map((text, k) => el(k ? "small" : "strong", { textContent: text })));
      return { pair, node: el("div", { className: "pair" }, label, pair[0].node,
        el("span", { className: "to", textContent: "→" }), pair[1].node) };
    };
    this.lines = [line(d.noun, [rows, columns]),
      ...d.maps.map((map) => line(`map ${map.map}|${map.name}`, map.values[0].shape))];
    this.answers = d.networks.map(({ kind, parameters }) => {
      const answer = new AnswerBars("answers");
      answer.node.dataset.network = kind;
      const count = parameters.toLocaleString("en");
      return { answer, kind, node: el("div", { className: "network" },
        el("div", { className: "name" }, kind, el("small", { textContent: `${count} parameters` })), answer.node) };
    });
    this.row.className = "row view-shift";
    this.row.replaceChildren(el("div", { className: "pairs" }, ...this.lines.map((each) => each.node)),
      el("div", { className: "networks" }, ...this.answers.map((each) => each.node)));
    this.sum.replaceChildren(this.record());
    this.sum.hidden = !d.recorded;
  }

  // What was counted beforehand, for shifts to the right.
  record() {
    const { recorded, right, down } = this.data;
    if (!recorded) return "";
    const wrong = recorded["wrong by cells to the right"], shifts = wrong.dense.map((_, k) => k);
    const cell = (tag, text, k) => {
      const node = el(tag, { className: "number", textContent: text });
      node.classList.toggle("now", !down && k === right);
      return node;
    };
    const row = (name, counts) => el("tr", {}, el("th", { textContent: name, scope: "row" }),
      ...counts.map((count, k) => cell("td", count.toLocaleString("en"), k)));
    const table = el("table", { className: "record" },
      el("thead", {}, el("tr", {}, el("th", { textContent: "cells to the right", scope: "row" }),
        ...shifts.map((k) => cell("th", k, k)))),
      el("tbody", {}, row("convolutional", wrong.convolutional), row("dense", wrong.dense)));
    return el("div", { className: "recordbox" },
      el("div", { className: "name" }, `Wrong of ${recorded.digits.toLocaleString("en")} test digits`,
      el("small", { textContent: "measured beforehand, pretrained networks" })), table);
  }

  draw() {
    const d = this.data, { colours } = this, k = this.step, known = !this.hidden;
    const rows = [{ values: d.images, largest: 1 },
      ...d.maps.map((map) => ({ values: map.values, largest: largestOf(map.values[0]) }))];
    rows.forEach(({ values, largest }, n) => {
      const hasNegative = n && values.some((each) => each.some((v) => v < 0));
      const [before, after] = this.lines[n].pair;
      before.draw(colours, hasNegative ? signShade : inkShade, values[0], largest);
      if (k && (known || !n)) after.draw(colours, hasNegative ? signShade : inkShade, values[1], largest);
      else after.blank(colours, k ? "?" : "");
    });
    this.answers.forEach(({ answer }, n) => answer.fill(d.networks[n].answers[k], known, false));
    const table = this.sum.querySelector(".recordbox");
    if (table) table.style.visibility = known && k ? "" : "hidden";
    for (const { kind, answers } of d.networks)
      if (["convolutional", "dense"].includes(kind)) this.root.dataset[kind] = known ? answers[k].digit : "";
  }

  sentence() {
    const { networks } = this.data, k = this.step;
    const where = k ? `Moved ${this.moved()}` : "Where it was";
    if (this.hidden)
      return `${where}: what ${networks.length > 1 ? "do the two networks answer" : "does the network answer"}?`;
    const answers = networks.map(({ kind, answers: both }) => {
      const { digit, names, probabilities } = both[k];
      return `${kind} ${names[digit]} (${percent(probabilities[digit])})`;
    });
    const said = `${where}: ${answers.join(", ")}.`;
    return k && this.data.maps.length ? `${said} The maps moved along; the dense layers behind them did not.` : said;
  }
}

export default mount(ShiftStage);
