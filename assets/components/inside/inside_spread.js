// A map spread open: every channel's slice and product map, summed one after the other; and a first layer's filters.

class SpreadView extends View {
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
    const picture = (name, size, shape = [rows, columns]) => new Picture(...shape, size / Math.max(...shape), name);
    this.cards = Array.from({ length: count }, (_, k) => {
      const slice = new Numbers(F, F, side / F, side / F, `slice ${k + 1}`, 1), product = picture(`small product map ${k + 1}`, side);
      const node = element("button", { className: "card drawn", ariaLabel: `channel ${k + 1}`, onclick: () => { stage.stop(); stage.go(k, false); } },
        element("strong", { className: "number", textContent: k + 1 }), slice.node, product.node);
      return { slice, product, node };
    });
    const cards = element("div", { className: "cards" }, ...this.cards.map((card) => card.node));
    cards.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    const large = narrow ? 96 : 118, sign = (text) => element("span", { className: "sign", textContent: text });
    this.input = picture("input map", large, [high, wide]);
    this.slice = new Numbers(F, F, narrow ? 34 : Math.min(78, 330 / F), large / F, "slice", 24);
    this.product = picture("product map", large);
    this.product.onCell((index) => this.cell(index));
    this.lensname = element("div", { className: "lensname" });
    const lens = element("div", { className: "lens" }, this.lensname, this.input.node, sign("∗"), this.slice.node, sign("="), this.product.node);
    const big = narrow ? 88 : 116;
    this.total = picture("sum so far", big);
    this.note = element("div", { className: "under" });
    this.chain = new Chain(this, big);
    this.chain.onCell((index) => this.cell(index));
    stage.row.replaceChildren(cards, lens);
    this.plus = element("div", { className: "arrow" }, element("strong", { textContent: `+ b = ${number(d.bias)}` }),
      element("span", { textContent: "→" }));
    stage.sum.replaceChildren(element("div", { className: "chain" },
      element("div", { className: "part" }, this.total.node, this.note), this.plus), this.chain.node);
    stage.way("Path", { view: "path" });
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
    this.lensname.replaceChildren(`channel ${now + 1}`, element("small", { textContent: step < count ? `of ${count}` : "the strongest" }));
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
      return `Channel ${step + 1} of ${count}: in all it pushes the map ${d.pushes[step] < 0 ? "down" : "up"}, by ${number(Math.abs(d.pushes[step]))}.`;
    }
    if (step === count) return `Plus the bias, ${number(d.bias)}, in every cell.`;
    const link = d.chain[0];
    return link.left ? `${link.name} leaves ${link.left} of ${link.map.length} cells above zero.` : `All negative: ${link.name} leaves 0.`;
  }
}

class FiltersView extends View {
  constructor(stage, data) {
    super(stage, data);
    this.steps = data.filters.shape[0];
  }

  caption() { return `the ${this.data.count} filters of the first layer, as learned · ${this.data.what}`; }

  value() { return ""; }

  build() {
    const d = this.data, { stage } = this, [count, F] = d.filters.shape, narrow = stage.narrow;
    const across = narrow ? 2 : Math.min(count, Math.max(Math.floor((stage.width + 14) / (73 * F + 16)), 2));
    const down = Math.ceil(count / across), width = (stage.width - 14 * (across - 1)) / across;
    const tall = narrow ? 40 : Math.max(((stage.room - 420) / down - 44) / F, 26), cell = Math.min((width - 4) / F, 90);
    this.tables = Array.from({ length: count }, (_, k) => {
      const table = new Numbers(F, F, cell, Math.min(tall, cell, 62), `filter ${k + 1}`, 24);
      const button = element("button", { className: "filtercard drawn", ariaLabel: `Filter ${k + 1}: show how its map came to be`,
        onclick: () => stage.open({ layer: d.source, map: k + 1, view: "path" }) },
      element("strong", { textContent: `filter ${k + 1}` }), element("small", { className: "number", textContent: ` b ${number(d.biases[k])}` }), table.node);
      button.dataset.id = `filter-${k + 1}`;
      return { table, button };
    });
    const cards = element("div", { className: "filtercards" }, ...this.tables.map(({ button }) => button));
    cards.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    stage.row.replaceChildren(cards);
    if (d.canSlide) {
      const number_ = () => Math.min(stage.step + 1, this.steps);
      stage.ways.append(element("button", { textContent: "Slide the framed one over this digit",
        onclick: () => stage.tell("slide", number_()) }));
    }
    stage.way("Path", { view: "path" });
  }

  draw(step) {
    const d = this.data, largest = largestOf(d.filters);
    this.tables.forEach(({ table, button }, k) => {
      table.fill(this.colours, signShade, mapOf(d.filters, k), largest, { plus: true, known: k !== step || !this.stage.hidden });
      button.classList.toggle("now", k === step);
    });
  }

  sentence(step) {
    return `Filter ${step + 1}: ${Array.from(mapOf(this.data.filters, step), (v) => number(v)).join(", ")}; bias ${number(this.data.biases[step])}.`;
  }
}
