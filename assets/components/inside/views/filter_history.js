// The filters of a layer as they were before training and at any snapshot of it; the steps are the snapshots.

const NUMBERS = 2.45;  // how much broader than high a table of numbers is
const LINE = 1;  // canvas pixels between two slices

// The time that a view of what was learned walks over.
function afterSteps(d, step) {
  if (d.steps[0] < 0) return "As it is now; this network has no history";
  if (!d.steps[step]) return "Before training, by lot";
  return `After ${d.steps[step].toLocaleString("en")} step${d.steps[step] > 1 ? "s" : ""} of training`;
}

// Pictures side by side in nearly a square: slices (C, H, W) of one filter, painted on one canvas of side `side`.
class Mosaic {
  constructor([count, height, width], side, name) {
    this.across = Math.ceil(Math.sqrt((count * height) / width));
    const zoom = Math.max(width, height) > 7 ? 1 : 4;  // canvas pixels of a weight: the lines between slices stay thin
    const wide = this.across * (zoom * width + LINE) - LINE,
      high = Math.ceil(count / this.across) * (zoom * height + LINE) - LINE;
    this.count = count;
    this.height = height;
    this.width = width;
    this.wide = wide;
    this.high = high;
    this.zoom = zoom;
    this.node = el("canvas", { className: "mosaic", width: wide, height: high, role: "img", ariaLabel: name });
    const scale = side / Math.max(wide, high);
    Object.assign(this.node.style, { width: `${wide * scale}px`, height: `${high * scale}px` });
  }

  draw(colours, values, largest) {
    const { across, count, height, width, wide, high, zoom } = this, line = rgb(colours.line);
    const pen = this.node.getContext("2d"), pixels = pen.createImageData(wide, high);
    for (let k = 0; k < wide * high; k += 1) pixels.data.set([...line, 255], 4 * k);
    const blank = [...rgb(colours.background), 255];
    for (let c = 0; c < across * Math.ceil(count / across); c += 1) {
      const left = (c % across) * (zoom * width + LINE), top = Math.floor(c / across) * (zoom * height + LINE);
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
        const shade = c < count ? [...signShade(colours, values[(c * height + y) * width + x], largest), 255] : blank;
        for (let k = 0; k < zoom * zoom; k += 1) {
          pixels.data.set(shade, 4 * ((top + zoom * y + Math.floor(k / zoom)) * wide + left + zoom * x + (k % zoom)));
        }
      }
    }
    pen.putImageData(pixels, 0, 0);
  }
}

class FilterHistoryView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = data.steps.length;
    this.largest = data.exact ? largestOf(data.slices) : 127;
  }

  caption() {
    const d = this.data, [, shown] = d.slices.shape;
    const which = d.count > shown ? `${d.word}s ${d.firstShown + 1} to ${d.firstShown + shown} of ${d.count}`
      : `the ${d.count} ${d.word}s`;
    return `${which} of ${d.name}, ${d.steps.length > 1 ? "before training and now" : "as they stand"}`;
  }

  build() {
    const d = this.data, { stage } = this, [, count, C, H, W] = d.slices.shape, past = this.steps > 1;
    const most = Math.max(stage.room - 400, 300), gap = 14, label = 34, broad = d.exact ? NUMBERS : 1;
    let across = 1, side = 0;
    for (let n = 1; n <= count; n += 1) {
      const wide = (stage.width / n - gap - (past ? 34 : 6)) / (broad + (past ? 1 : 0));
      const high = stage.narrow ? Infinity : most / Math.ceil(count / n) - label - 8, fits = Math.min(wide, high, 170);
      if (fits > side && (!stage.narrow || n <= 2)) [across, side] = [n, fits];
    }
    side = Math.max(side, 44);
    this.cards = Array.from({ length: count }, (_, k) => {
      const index = d.firstShown + k + 1, name = `${d.word} ${index}`;
      const now = d.exact ? new NumberTable(H, W, (NUMBERS * side) / W, side / H, name, 24)
        : new Mosaic([C, H, W], side, name);
      const before = past && new Mosaic([C, H, W], side, `${name} before training`);
      const bias = el("small", { className: "number" });
      const button = el("button", { className: "filtercard drawn", ariaLabel: `${name}: look at it alone`,
        onclick: () => stage.open({ layer: d.source, map: index, view: "filter" }) },
      el("strong", { textContent: name }), bias,
      el("div", { className: "beforenow" },
        ...(past ? [before.node, el("span", { className: "sign", textContent: "→" })] : []), now.node));
      button.dataset.id = `filter-${index}`;
      button.classList.toggle("now", index === d.map);
      return { now, before, bias, button, roomy: (broad + 1) * side > 150 };
    });
    const cards = el("div", { className: "filtercards" }, ...this.cards.map(({ button }) => button));
    cards.style.gridTemplateColumns = `repeat(${across}, max-content)`;
    stage.row.replaceChildren(cards);
    stage.addLink(`This ${d.word}`, { view: "filter" });
    stage.addLink("Path", { view: "path" });
  }

  draw(step) {
    const d = this.data, [, count, C, H, W] = d.slices.shape, size = C * H * W, { colours } = this;
    const of = (at, k) => d.slices.subarray((at * count + k) * size, (at * count + k + 1) * size);
    this.cards.forEach(({ now, before, bias, roomy }, k) => {
      if (now instanceof NumberTable) now.fill(colours, signShade, of(step, k), this.largest, { plus: true });
      else now.draw(colours, of(step, k), this.largest);
      if (before) before.draw(colours, of(0, k), this.largest);
      bias.textContent = roomy ? ` b ${formatNumber(d.biases[step * count + k])}` : "";
    });
    this.stage.root.dataset.learned = d.steps[step];
  }

  sentence(step) {
    const d = this.data, per = d.slices.shape[2] > 1 ? `, a slice for each of ${d.slices.shape[2]} maps` : "";
    return `${afterSteps(d, step)}: ${d.word}s of ${d.name}${per}. A click looks at one alone.`;
  }
}
