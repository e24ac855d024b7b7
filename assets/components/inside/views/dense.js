// Dense layers: what pulled one unit up and down; and the ten scores as sums, then e^z over the total.

function countWord(names) { return names.length === 10 ? "ten" : names.length; }

class UnitView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = 2 + (data.after.length ? 1 : 0);
  }

  // Classes have names, other units are counted from 1.
  title() {
    return this.data.isAnswer ? `the score of ${this.data.answer.names[this.data.map - 1]}`
      : `unit ${this.data.map} of ${this.data.name}`;
  }

  caption() { return `${this.title()} · ${this.data.what}`; }

  value() { return [undefined, this.data.output, this.data.after.at(-1)?.value][this.stage.step] ?? ""; }

  build() {
    const d = this.data, { stage } = this, narrow = stage.narrow;
    this.lists = [["towards", d.towards], ["away", d.away]].map(([word, pulls], k) => {
      const rows = pulls.map((pull) => el("div", { className: "pull number" },
        el("span", { className: "where", textContent: this.where(pull) }),
        el("span", { textContent: `${formatNumber(pull.input)} × ${formatNumber(pull.weight)}` }),
          el("strong", { textContent: signed(pull.product) })));
      const head = el("div", { className: "name" }, `pulled ${word} `,
        el("small", { textContent: `${d.counts[k].toLocaleString("en")} of ${d.counts[2].toLocaleString("en")} inputs, `
        + `${signed(d.sums[k])} in all` }));
      return el("div", { className: "pulls" }, head, ...rows);
    });
    stage.row.replaceChildren(...this.lists);
    if (d.products.shape.length === 3) stage.row.append(this.tiles(narrow));
    this.whole = el("div", { className: "whole number" });
    stage.sum.replaceChildren(this.whole);
    if (d.isAnswer) stage.addLink(`All ${countWord(d.answer.names)} scores`, { view: "path" });
    this.drawn = false;
  }

  where({ map, row, column, unit }) {
    if (unit) return `unit ${unit}`;
    return `${this.data.products.shape[2] > 1 ? `map ${map}, ` : ""}row ${row}, column ${column}`;
  }

  // The products where the inputs were before they were flattened.
  tiles(narrow) {
    const d = this.data, [rows, columns, count] = d.products.shape, across = Math.min(narrow ? 8 : 16, count);
    const side = narrow ? (this.stage.width - 8 * 6) / 8
      : Math.min(count > 1 ? 72 : 168, this.stage.width / across - 5,
      (this.stage.room - 730) / Math.ceil(count / across) - 4);
    const largest = largestOf(d.products);
    const tiles = el("div", { className: "producttiles" });
    tiles.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    for (let c = 0; c < count; c += 1) {
      const values = Float64Array.from({ length: rows * columns }, (_, p) => d.products[p * count + c]);
      const picture = new MapPicture(rows, columns, side / columns, `products of map ${c + 1}`);
      tiles.append(picture.draw(this.colours, signShade, values, largest).node);
    }
    return el("div", { className: "figure" },
      el("div", { className: "name", textContent: "input × weight, before flattening" }), tiles);
  }

  draw(step) {
    const d = this.data, lines = [`${signed(d.sums[0])} ${signed(d.sums[1])}`];
    if (step >= 1) lines.push(`${signed(d.bias)} bias = ${this.known(1) ? formatNumber(d.output, 3) : "?"}`);
    if (step >= 2)
      for (const { name, value } of d.after)
        lines.push(`→ ${name} → ${this.known(2) ? formatNumber(value, 3) : "?"}`);
    this.whole.textContent = lines.join("  ");
    this.lists.forEach((list) => { list.hidden = !this.known(0); });
  }

  sentence(step, hidden) {
    const d = this.data, start = this.title();
    if (step === 0) return hidden ? `What pulls ${start} up?`
      : `${d.counts[0]} inputs pull ${start} up by ${formatNumber(d.sums[0])}, ${d.counts[1]} pull it down by `
      + `${formatNumber(-d.sums[1])}.`;
    if (step === 1) return hidden ? "What is the sum, with the bias?"
      : `Their sum plus the bias ${formatNumber(d.bias)} is ${formatNumber(d.output, 3)}.`;
    return hidden ? `What does ${d.after.at(-1).name} leave?`
      : `${d.after.at(-1).name} makes ${formatNumber(d.after.at(-1).value, 3)} of it.`;
  }
}

class ScoresView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = 3;
  }

  caption() {
    return `the ${countWord(this.data.answer.names)} scores, and what softmax makes of them · ${this.data.what}`;
  }

  value() { return this.stage.step === 2 ? this.data.answer.digit : ""; }

  options() { return this.stage.step === 2 ? this.classOptions(this.data.answer, "a lower score") : []; }

  build() {
    const d = this.data, { stage } = this, shift = d.shift ? " − largest" : "";
    const names = d.answer.names, word = classWord(names), head = [word, "towards", "away", "bias", "score z",
      `e^(z${shift})`.replace("(z)", "z"), "÷ total"];
    const table = el("table", { className: "scores" },
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { textContent: text, scope: "col" })))));
    this.rows = d.logits.map((_, k) => {
      const cells = head.map(() => el("td", { className: "number" }));
      const open = el("button", { textContent: names[k], ariaLabel: `${word} ${names[k]}: what pulled its score`,
        onclick: () => stage.open({ map: k + 1, view: "open" }) });
      open.dataset.id = `digit-${k}`;
      cells[0].append(open);
      const row = el("tr", {}, ...cells);
      row.dataset.digit = k;
      return { row, cells };
    });
    table.append(el("tbody", {}, ...this.rows.map(({ row }) => row)));
    this.whole = el("div", { className: "whole number" });
    stage.row.replaceChildren(el("div", { className: "scorebox" }, table));
    stage.sum.replaceChildren(this.whole);
  }

  draw() {
    const d = this.data, largest = largestOf(d.logits), best = d.answer.digit;
    this.rows.forEach(({ row, cells }, k) => {
      const put = (at, text, known) => { cells[at].textContent = known ? text : "?"; };
      put(1, signed(d.towards[k]), this.known(0));
      put(2, signed(d.away[k]), this.known(0));
      put(3, signed(d.biases[k]), this.known(0));
      put(4, formatNumber(d.logits[k]), this.known(0));
      const shade = this.known(0) ? signShade(this.colours, d.logits[k], largest) : rgb(this.colours.background);
      Object.assign(cells[4].style, { background: toCss(shade), color: textOn(shade) });
      put(5, powerOfTen(d.exponentials[k]), this.known(1));
      put(6, percent(d.probabilities[k]), this.known(2));
      row.classList.toggle("best", this.known(2) && k === best);
    });
    const share = percent(d.probabilities[best]).replace(/^(?![<>])/, "= ");
    this.whole.textContent = this.known(1) ? `total of e^z = ${powerOfTen(d.total)}`
      + (this.known(2) ? `    ${powerOfTen(d.exponentials[best])} ÷ ${powerOfTen(d.total)} ${share}` : "") : "";
  }

  sentence(step, hidden) {
    const d = this.data;
    return [
      hidden ? "Which score is the highest?"
        : `Each score is a sum: what pulled towards the ${classWord(d.answer.names)}, what pulled away, and the bias.`,
      hidden ? "How large does e^z become?" : "e^z makes every score positive, and the largest stand out.",
      hidden ? `Which ${classWord(d.answer.names)} does the network answer?`
        : `Divided by the total the ${countWord(d.answer.names)} shares make 1: ${d.answer.names[d.answer.digit]} gets `
        + `${percent(d.probabilities[d.answer.digit])}.`,
    ][step];
  }
}
