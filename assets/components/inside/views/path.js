// How one map came to be: input maps, their slices of the filter, product maps, Σ + b, before and after ReLU, the
// answer.

// A map before and after what follows the convolution, with arrows between.
class Chain {
  constructor(view, side) {
    const d = view.data, [rows, columns] = d.before.shape;
    this.view = view;
    this.before = new MapPicture(rows, columns, side / columns, `before, map ${d.map}`);
    this.parts = d.chain.map((link) => {
      const shape = link.map.shape, picture = new MapPicture(shape[0], shape[1], side / shape[1],
        `${link.name}, map ${d.map}`);
      const chosen = link.layer === d.layer;
      picture.node.classList.toggle("chosen", chosen);
      const below = el("div", { className: chosen ? "under here" : "under" });
      return { link, picture, below, arrow: el("div", { className: "arrow" },
        el("strong", { textContent: link.name.replace("max pool", "pool").replace("average pool", "pool") }),
        el("span", { textContent: "→" })) };
    });
    this.before.node.classList.toggle("chosen", d.layer === d.source);
    const part = (picture, text, below = el("div", { className: "under", textContent: text })) =>
      el("div", { className: "part" }, picture.node, below);
    const first = el("div", { className: d.layer === d.source ? "under here" : "under" });
    first.textContent = this.parts.length ? "before" : `map ${d.map}`;
    this.node = el("div", { className: "chain secret" }, part(this.before, "", first));
    for (const each of this.parts) this.node.append(each.arrow, part(each.picture, "", each.below));
  }

  onCell(call) {
    this.before.onCell(call);
    const [rows, columns] = this.view.data.before.shape;
    for (const { link, picture } of this.parts) {
      if (link.map.shape[0] === rows && link.map.shape[1] === columns) picture.onCell(call);
    }
  }

  draw(beforeKnown, afterKnown) {
    const { colours, data } = this.view, largest = largestOf(data.before);
    if (beforeKnown) this.before.draw(colours, signShade, data.before, largest);
    else this.before.blank(colours, "?");
    for (const { link, picture, below } of this.parts) {
      if (afterKnown) picture.draw(colours, link.signed ? signShade : inkShade, link.map, largestOf(link.map));
      else picture.blank(colours, "?");
      const empty = afterKnown && link.left === 0;
      below.textContent = empty && link.name === "ReLU" ? "all zero" : `map ${data.map}`;
    }
  }
}

class PathView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = data.chain.length ? 5 : 4;
  }

  caption() {
    const d = this.data;
    return `how map ${d.map} of ${d.first ? "the first convolution" : d.name} came to be · ${d.what}`;
  }

  value() { return this.stage.step === this.steps - 1 ? this.data.answer.digit : ""; }

  options() {
    const last = this.stage.step === this.steps - 1;
    return last ? this.classOptions(this.data.answer, "the network thought of it too") : [];
  }

  build() {
    const d = this.data, { stage } = this, narrow = stage.narrow, few = d.numbers.length;
    const [, rows, columns] = d.inputs.shape, F = d.filter.shape[1], one = few === 1;
    const broadest = 2 * 34 + 46 + (one ? 228 : 0) + 640;
    const height = narrow ? 84 : one ? Math.max(Math.min(stage.room - 560, 300, (stage.width - broadest) / 2), 100)
      : Math.max(Math.min((stage.room - 516) / 4, 128), 84);
    const gap = 8, all = few * (height + gap) - gap, wide = stage.width;
    const cellWidth = narrow ? Math.min(36, 108 / F) : Math.min(76, 228 / F);
    const cellHeight = Math.min((height - 2) / F, 60);
    this.pictures = [];
    const lines = d.numbers.map((channel) => {
      const input = new MapPicture(rows, columns, height / Math.max(rows, columns), `input map ${channel}`);
      const slice = new NumberTable(F, F, cellWidth, cellHeight, `slice ${channel}`, 24);
      const [, high, broad] = d.products.shape;
      const product = new MapPicture(high, broad, height / Math.max(high, broad), `product map ${channel}`);
      product.onCell((cell) => this.cell(cell));
      this.pictures.push({ input, slice, product, channel });
      const sign = (text) => el("span", { className: "sign", textContent: text });
      return el("div", { className: "pathline" },
        el("strong", { className: "channel number", textContent: d.channels > 1 ? channel : "" }),
        input.node, sign("∗"), slice.node, sign("="), product.node);
    });
    const part = d.channels > 1 ? `its slice of filter ${d.map}` : `filter ${d.map}`;
    const names = el("div", { className: "pathline names" }, el("strong", { className: "channel" }));
    const name = (text, width) => {
      const node = el("strong", { textContent: text });
      node.style.minWidth = `${width}px`;
      return node;
    };
    names.append(name(d.inputName, height), el("span", { className: "sign" }), name(part, F * cellWidth + 2),
      el("span", { className: "sign" }), name("product map", height));
    const left = el("div", { className: "pathleft" }, narrow ? "" : names, ...lines);
    left.style.rowGap = `${gap}px`;
    if (d.channels > few) left.append(this.more(d.channels - few));
    const used = 46 + 2 * height + F * cellWidth + 2 * 34, edges = narrow ? 0
      : Math.max(Math.min(wide - used - 460, 230), 130);
    const right = narrow ? wide : wide - used - edges - 24;
    const parts = 1 + d.chain.length,
      side = Math.max(Math.min((right - 68 * (parts - 1) - 16) / parts, one ? 200 : 150), 78);
    this.chain = new Chain(this, side);
    this.chain.onCell((cell) => this.cell(cell));
    this.hover([this.chain.before, ...this.chain.parts.filter((p) => p.link.map.length === d.before.length)
      .map((p) => p.picture),
      ...this.pictures.map((p) => p.product)]);
    this.answer = new AnswerBars();
    const column = el("div", { className: "pathright" }, this.answer.node, this.chain.node);
    column.style.width = `${right}px`;
    if (!narrow) {
      const total = Math.max(all, 372);
      column.style.height = `${total + 36}px`;
      const target = one ? 34 + height / 2 : total - 34 - side / 2;
      column.classList.toggle("one", one);
      if (one) this.chain.node.style.marginTop = `${target - side / 2}px`;
      this.edges = this.arrows(edges, total, height + gap, target);
      stage.row.replaceChildren(left, this.edges, column);
    } else stage.row.replaceChildren(left,
      el("div", { className: "sign sigma", textContent: `Σ + b,  b = ${formatNumber(d.bias)}` }), column);
    if (d.channels > 1) stage.addLink("Spread open", { view: "open" });
    this.slide();
  }

  more(count) {
    const text = `+ ${count} weaker map${count > 1 ? "s" : ""}`;
    const button = el("button",
      { className: "weaker", textContent: text, onclick: () => this.stage.open({ view: "open" }) });
    button.dataset.id = "weaker";
    return button;
  }

  slide() {
    const { stage, data } = this;
    stage.addLink("This filter", { view: "filter" });
    if (!data.first || !data.canSlide) return;
    stage.links.append(el("button",
      { textContent: `Slide it over this ${data.noun}`,
        onclick: () => stage.emit("slide", { channel: 1, over: "input" }) }));
  }

  cell(index) {
    const columns = this.data.before.shape[1];
    this.stage.open({ view: "cell", row: Math.floor(index / columns) + 1, column: (index % columns) + 1 });
  }

  // Where the pointer is: the window in every input map, the cell in every product map; nothing else changes.
  hover(pictures) {
    const { S, P, reach } = this.data.window, columns = this.data.before.shape[1];
    const others = [...pictures];
    const tell = (index) => {
      for (const { input } of this.pictures) {
        if (index < 0) input.unbox("frame");
        else input.box("frame", Math.floor(index / columns) * S[0] - P, (index % columns) * S[1] - P, reach, reach);
      }
      for (const other of others) {
        if (index < 0) other.unbox("frame");
        else other.box("frame", Math.floor(index / columns), index % columns, 1, 1);
      }
    };
    for (const picture of pictures) picture.onHover(tell);
  }

  // Lines from the product maps into the sum: blue pushes up, orange down, width by strength.
  arrows(width, height, pitch, target) {
    const d = this.data, { colours } = this, end = width - 62;
    const picture = svgEl("svg", { width, height: height + 36, class: "edges", role: "img",
      "aria-label": d.numbers.map((n, k) => `map ${n} pushes ${d.pushes[k] < 0 ? "down" : "up"}`).join(", ") });
    const high = 34;
    d.numbers.forEach((_, k) => {
      const y = high + pitch * k + (pitch - 8) / 2, down = d.pushes[k] < 0, colour = down ? colours.negative
        : colours.positive;
      const thick = 2 + 6 * d.strengths[k];
      picture.append(svgEl("path", { d: `M0 ${y} H46 L${end - 30} ${target}`, fill: "none", stroke: colour,
        "stroke-width": thick }));
      picture.append(svgEl("circle", { cx: 34, cy: y, r: 16, fill: colours.background, stroke: colour,
        "stroke-width": 3 }));
      const text = svgEl("text", { x: 34, y: y + 8, "text-anchor": "middle", "font-size": 26, "font-weight": 700,
        fill: colours.ink });
      text.textContent = down ? "−" : "+";
      picture.append(text);
    });
    picture.append(svgEl("path", { d: `M${end} ${target} H${width}`, stroke: colours.ink, "stroke-width": 3 }));
    picture.append(svgEl("circle", { cx: end, cy: target, r: 46, fill: colours.background, stroke: colours.ink,
      "stroke-width": 3 }));
    const label = (text, y, size) => {
      const node = svgEl("text", { x: end, y, "text-anchor": "middle", "font-size": size, "font-weight": 700,
        fill: colours.ink });
      node.textContent = text;
      picture.append(node);
    };
    label("Σ + b", target + 8, 26);
    label(`b = ${formatNumber(d.bias)}`, target + 78, 24);
    return picture;
  }

  draw() {
    const d = this.data, { colours } = this;
    const inputs = largestOf(d.inputs), weights = largestOf(d.filter), products = largestOf(d.products);
    const below = d.inputs.some((v) => v < 0);
    this.pictures.forEach(({ input, slice, product }, k) => {
      input.draw(colours, below ? signShade : inkShade, mapOf(d.inputs, k), inputs);
      slice.fill(colours, signShade, mapOf(d.filter, k), weights, { plus: true, known: this.known(0) });
      if (this.known(1)) product.draw(colours, signShade, mapOf(d.products, k), products);
      else product.blank(colours, "?");
    });
    this.chain.draw(this.known(2), this.known(3));
    this.answer.fill(d.answer, this.known(this.steps - 1));
  }

  sentence(step, hidden) {
    const d = this.data, maps = d.channels === 1 ? "one map, the image" : `${d.channels} maps`;
    const left = d.chain[0]?.left, cells = d.before.length;
    const relu = d.chain[0]?.name === "ReLU"
      ? left ? `ReLU sets what is below zero to 0: ${left} of ${cells} cells stay.`
      : `Map ${d.map} is all negative: ReLU leaves 0.`
      : `Then ${d.chain.map((link) => link.name).join(", ")}.`;
    const after = this.steps === 5 ? [[relu, "What does ReLU leave of it?"]] : [];
    const parts = [
      [`Filter ${d.map} reads ${maps}, with a slice of its own for each.`,
        `Which weights would find a ${classWord(d.answer.names)}'s strokes?`],
      ["Each slice slides over its map and gives a product map.", "What does each product map look like?"],
      [`All ${d.channels > 1 ? `${d.channels} product maps` : "products"} and the bias ${formatNumber(d.bias)}, summed `
        + `cell by cell, are the map.`,
        "Which cells will be above zero?"],
      ...after,
      [`The network answers ${d.answer.names[d.answer.digit]}, with `
        + `${percent(d.answer.probabilities[d.answer.digit])}.`,
        `Which ${classWord(d.answer.names)} does the network answer?`],
    ];
    return parts[step][hidden ? 1 : 0];
  }
}
