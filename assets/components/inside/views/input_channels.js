// A map spread open: every channel's slice and product map, summed one after the other.

class InputChannelsView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = data.filter.shape[0] + 1 + (data.chain.length ? 1 : 0);
  }

  caption() { return `${this.title()}, channel by channel · ${this.data.what}`; }

  // All channels in small, the one of this step in large, and below them the sum so far.
  build() {
    const d = this.data, { stage } = this, [count, F] = d.filter.shape, narrow = stage.narrow;
    const [, rows, columns] = d.products.shape, [, high, wide] = d.inputs.shape;
    const across = narrow ? 2 : count > 18 ? 8 : Math.min(count, 6), down = Math.ceil(count / across);
    const side = Math.max(Math.min((stage.width / across - 72) / 2, (stage.room - 728) / down - 12, 72), 36);
    const picture = (name, size, shape = [rows, columns]) => new MapPicture(...shape, size / Math.max(...shape), name);
    this.cards = Array.from({ length: count }, (_, k) => {
      const slice = new NumberTable(F, F, side / F, side / F, `slice ${k + 1}`, 1),
        product = picture(`small product map ${k + 1}`, side);
      const node = el("button", { className: "card drawn", ariaLabel: `channel ${k + 1}`, onclick: () => {
        stage.stop();
        stage.go(k, false);
      } },
        el("strong", { className: "number", textContent: k + 1 }), slice.node, product.node);
      return { slice, product, node };
    });
    const cards = el("div", { className: "cards" }, ...this.cards.map((card) => card.node));
    cards.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    const large = narrow ? 96 : 118, sign = (text) => el("span", { className: "sign", textContent: text });
    this.input = picture("input map", large, [high, wide]);
    this.slice = new NumberTable(F, F, narrow ? 34 : Math.min(78, 330 / F), large / F, "slice", 24);
    this.product = picture("product map", large);
    this.product.onCell((index) => this.cell(index));
    this.lensname = el("div", { className: "lensname" });
    const lens = el("div", { className: "lens" }, this.lensname, this.input.node, sign("∗"), this.slice.node,
      sign("="), this.product.node);
    const big = narrow ? 88 : 116;
    this.total = picture("sum so far", big);
    this.note = el("div", { className: "under" });
    this.chain = new Chain(this, big);
    this.chain.onCell((index) => this.cell(index));
    stage.row.replaceChildren(cards, lens);
    this.plus = el("div", { className: "arrow" }, el("strong", { textContent: `+ b = ${formatNumber(d.bias)}` }),
      el("span", { textContent: "→" }));
    stage.sum.replaceChildren(el("div", { className: "chain" },
      el("div", { className: "part" }, this.total.node, this.note), this.plus), this.chain.node);
    stage.addLink("Path", { view: "path" });
  }

  cell(index) {
    const columns = this.data.before.shape[1];
    this.stage.open({ view: "cell", row: Math.floor(index / columns) + 1, column: (index % columns) + 1 });
  }

  draw(step) {
    const d = this.data, { colours } = this, count = this.cards.length, now = step < count ? step : d.strongest;
    const weights = largestOf(d.filter), products = largestOf(d.products), below = d.inputs.some((v) => v < 0);
    this.cards.forEach(({ slice, product, node }, k) => {
      slice.fill(colours, signShade, mapOf(d.filter, k), weights);
      if (this.known(k)) product.draw(colours, signShade, mapOf(d.products, k), products);
      else product.blank(colours, k === step ? "?" : "");
      node.classList.toggle("now", k === now);
    });
    this.lensname.replaceChildren(`channel ${now + 1}`,
      el("small", { textContent: step < count ? `of ${count}` : "the strongest" }));
    this.input.draw(colours, below ? signShade : inkShade, mapOf(d.inputs, now), largestOf(d.inputs));
    this.slice.fill(colours, signShade, mapOf(d.filter, now), weights, { plus: true });
    if (this.known(now)) this.product.draw(colours, signShade, mapOf(d.products, now), products);
    else this.product.blank(colours, "?");
    const summed = Math.min(this.stage.hidden ? step : step + 1, count);
    if (summed) this.total.draw(colours, signShade, mapOf(d.running, summed - 1), largestOf(d.running));
    else this.total.blank(colours, "0");
    this.note.textContent = `Σ of ${summed}`;
    this.chain.draw(this.known(count), this.known(count + 1));
  }

  sentence(step, hidden) {
    const d = this.data, count = this.cards.length;
    if (step < count) {
      if (hidden) return `Channel ${step + 1} of ${count}: does it push the map up or down?`;
      return `Channel ${step + 1} of ${count}: in all it pushes the map ${d.pushes[step] < 0 ? "down" : "up"}, by `
        + `${formatNumber(Math.abs(d.pushes[step]))}.`;
    }
    if (step === count) return `Plus the bias, ${formatNumber(d.bias)}, in every cell.`;
    const link = d.chain[0];
    return link.left ? `${link.name} leaves ${link.left} of ${link.map.length} cells above zero.`
      : `All negative: ${link.name} leaves 0.`;
  }
}
