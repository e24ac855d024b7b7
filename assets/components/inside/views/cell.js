// One cell of a map: channel by channel its patch, weights, products and sum; then bias and activation.

class CellView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.count = data.sums.length;
    this.steps = this.count + 1 + (data.after.length ? 1 : 0);
  }

  caption() {
    const d = this.data;
    return `row ${d.row}, column ${d.column} of ${this.title()}`;
  }

  // The channel whose numbers are in the tables; once all are summed, the strongest.
  channel(step = this.stage.step) { return step < this.count ? step : this.data.strongest; }

  value() {
    const { step } = this.stage, d = this.data;
    return step < this.count ? d.sums[step] : step === this.count ? d.output : d.after.at(-1).value;
  }

  options() { return optionsAt(this.data.options, this.stage.step); }

  build() {
    const d = this.data, { stage } = this, narrow = stage.narrow, [, F] = d.patches.shape;
    const across = narrow ? Math.min((stage.width - 8) / F, 84) : Math.min((stage.width - 2 * 150 - 200) / (3 * F), 92);
    const high = narrow ? 38 : Math.min(62, 300 / F), side = narrow ? (stage.width - 24) / 2
      : Math.min(200, (stage.width - 3 * F * across - 150) / 2);
    const [rows, columns] = d.image.shape, [, mapHeight, mapWidth] = d.inputs.shape, size = narrow ? 24 : 30;
    this.image = new MapPicture(rows, columns, side / columns, "image");
    this.input = new MapPicture(mapHeight, mapWidth, side / Math.max(mapHeight, mapWidth), "input map");
    this.patch = new NumberTable(F, F, across, high, "patch", size);
    this.weights = new NumberTable(F, F, across, high, "weights", size);
    this.products = new NumberTable(F, F, across, high, "products", size);
    const sign = (text) => el("span", { className: "sign", textContent: text });
    this.names = ["image", d.inputName, "patch", "weights", "products"].map((text) =>
      el("div", { className: "name", textContent: text }));
    const box = (k, what) => el("div", { className: "figure" }, this.names[k], what.node);
    const whole = box(0, this.image);
    whole.append(el("div", { className: "below", textContent: "what the cell can see" }));
    const shown = d.inputName === "image" ? [box(1, this.input)] : [whole, box(1, this.input)];
    this.channelSum = el("div", { className: "total number" });
    const last = box(4, this.products);
    last.append(this.channelSum);
    stage.row.replaceChildren(...shown, sign("→"), box(2, this.patch), sign("×"), box(3, this.weights), sign("="),
      last);
    this.chips = Array.from({ length: this.count }, (_, k) => {
      const chip = el("button", { className: "chip number drawn", onclick: () => {
        stage.stop();
        stage.go(k, false);
      } });
      chip.ariaLabel = `channel ${k + 1}`;
      return chip;
    });
    this.sums = el("div", { className: "chips" }, ...this.chips);
    this.whole = el("div", { className: "whole number" });
    stage.sum.replaceChildren(this.sums, this.whole);
    stage.addLink("Path", { view: "path" });
    stage.addLink("All channels", { view: "open" });
    this.moves();
  }

  // The neighbouring cells, by buttons.
  moves() {
    const d = this.data, [rows, columns] = d.map_values.shape;
    const to = (text, label, row, column) => {
      const button = el("button",
        { textContent: text, ariaLabel: label, onclick: () => this.stage.open({ view: "cell", row, column }) });
      button.disabled = row < 1 || column < 1 || row > rows || column > columns;
      button.dataset.id = `move-${text}`;
      return button;
    };
    this.stage.links.append(to("←", "cell to the left", d.row, d.column - 1),
      to("→", "cell to the right", d.row, d.column + 1),
      to("↑", "cell above", d.row - 1, d.column), to("↓", "cell below", d.row + 1, d.column));
  }

  draw(step, hidden) {
    const d = this.data, { colours } = this, c = this.channel(), F = d.patches.shape[1], [top, left] = d.start;
    const known = !hidden || step >= this.count, input = mapOf(d.inputs, c), patch = mapOf(d.patches, c);
    const below = d.inputs.some((v) => v < 0), dilation = F > 1 ? (d.reach - 1) / (F - 1) : 1;
    const [, rows, columns] = d.inputs.shape;
    const border = (p) => {
      const row = top + dilation * Math.floor(p / F), column = left + dilation * (p % F);
      return row < 0 || column < 0 || row >= rows || column >= columns;
    };
    this.image.draw(colours, inkShade, d.image, 1);
    const [first, last, from, to] = d.field;
    this.image.box("frame", first, from, last - first + 1, to - from + 1);
    this.input.draw(colours, below ? signShade : inkShade, input, largestOf(d.inputs));
    this.input.box("frame", top, left, d.reach, d.reach);
    this.patch.fill(colours, below ? signShade : inkShade, patch, largestOf(d.inputs), { zero: border });
    this.weights.fill(colours, signShade, mapOf(d.filter, c), largestOf(d.filter), { plus: true });
    this.products.fill(colours, signShade, mapOf(d.products, c), largestOf(d.products), { plus: true, known });
    const several = this.count > 1;
    if (several) this.names[1].textContent = `map ${c + 1}`;
    this.names[3].textContent = several ? `slice ${c + 1} of filter ${d.map}` : `filter ${d.map}`;
    this.channelSum.textContent = `Σ = ${known ? formatNumber(d.sums[c]) : "?"}`;
    this.chips.forEach((chip, k) => {
      const shown = this.known(k);
      chip.replaceChildren(el("small", { textContent: `${k + 1}` }),
        el("span", { textContent: shown ? signed(d.sums[k]) : k === step ? "?" : "·" }));
      chip.classList.toggle("now", k === c);
    });
    const summed = Math.min(hidden ? step : step + 1, this.count), sum = summed ? d.running[summed - 1] : 0;
    const lines = [`Σ of ${summed} = ${formatNumber(sum, 3)}`];
    if (step >= this.count)
      lines.push(`+ bias ${formatNumber(d.bias, 3)} = ${this.known(this.count) ? formatNumber(d.output, 3) : "?"}`);
    if (step > this.count)
      for (const { name, value } of d.after)
        lines.push(`→ ${name} → ${this.known(this.count + 1) ? formatNumber(value, 3) : "?"}`);
    this.whole.textContent = lines.join("  ");
  }

  sentence(step, hidden) {
    const d = this.data;
    if (step < this.count) {
      const said = `Channel ${step + 1} of ${this.count}: ${d.patches.shape[1] ** 2} products`;
      return hidden ? `${said}. What is their sum?` : `${said}, their sum is ${formatNumber(d.sums[step])}.`;
    }
    if (step === this.count) return hidden ? "Plus the bias: what is the cell?"
      : `The sum of all channels plus the bias ${formatNumber(d.bias, 3)} is ${formatNumber(d.output, 3)}.`;
    const last = d.after.at(-1);
    return hidden ? `What does ${last.name} make of ${formatNumber(d.output, 3)}?`
      : `${last.name} makes ${formatNumber(last.value, 3)} of ${formatNumber(d.output, 3)}.`;
  }
}
