// uses pixel_canvas.js
// A drawing before and after a change: one or two networks' answers, and how the values of every layer agree with
// those before.

const ALIKE = "Numbers: how far all values of a layer agree with those before, 1 wholly, 0 not at all; in the same "
  + "places, and where the change has moved them to.";
const boards = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  let board = boards.get(parentElement);
  if (!board) boards.set(parentElement, (board = new PerturbationBoard(root)));
  board.emit = setTriggerValue;
  board.show(data);
  return cleanupOf(board);
}

class PerturbationBoard {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("change");
    this.layers = el("div", { className: "layers" });
    this.networks = el("div", { className: "networks" });
    this.say = el("div", { className: "say" });
    this.say.setAttribute("aria-live", "polite");
    root.append(this.say, this.layers, this.networks);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => setTimeout(() => this.data && this.show(this.data), 50);
  }

  leave() { this.scheme.removeEventListener("change", this.onScheme); }

  show(data) {
    this.data = data;
    this.scheme.addEventListener("change", this.onScheme);
    this.colours = paletteOf(this.root);
    const [maps] = data.networks;
    this.layers.replaceChildren(this.imageRow(), ...maps.layers.filter((row) => row.maps)
      .map((row) => this.layerRow(row)),
      el("div", { className: "note", textContent: ALIKE }));
    this.networks.replaceChildren(...data.networks.map((each) => this.network(each)));
    this.say.textContent = this.sentence();
    for (const { kind, names, label } of data.networks)
      if (["convolutional", "dense"].includes(kind)) this.root.dataset[kind] = names[label];
  }

  sentence() {
    const { counted, networks, noun, of } = this.data;
    const title = ({ kind }) => kind[0].toUpperCase() + kind.slice(1);
    const answers = networks.map((each) => `${title(each)}: ${verdict(each)}.`).join(" ");
    if (!counted) return answers;
    const counts = networks.map(({ kind }, k) => `${kind} ${counted[k].toLocaleString("en")}`).join(", ");
    return `${answers} So changed, of ${of.toLocaleString("en")} test ${noun}s wrong: ${counts}.`;
  }

  picture(values, signed, largest, label) {
    const canvas = el("canvas", { role: "img", ariaLabel: label }), [height, width] = values.shape;
    const shade = signed ? signShade : inkShade;
    paint(canvas, height, width, (k) => shade(this.colours, values[k], largest), "once");
    return canvas;
  }

  imageRow() {
    const [before, after] = this.data.images.map(unpack);
    const changed = el("button", { ariaLabel: `The changed ${this.data.noun}: a click erases a square there` },
      this.picture(after, false, 255, `the ${this.data.noun}, changed`));
    changed.addEventListener("click", (event) => {
      const area = changed.getBoundingClientRect(), [rows, columns] = after.shape;
      const part = (at, low, size) => (event.detail ? (at - low) / size : 0.5);
      const cell = (share, count) => Math.min(Math.max(Math.ceil(share * count), 1), count);
      this.emit("middle", { row: cell(part(event.clientY, area.top, area.height), rows),
        column: cell(part(event.clientX, area.left, area.width), columns) });
    });
    const words = ["in place", this.data.moves ? "moved along" : ""].map((text) => el("small", { textContent: text }));
    return el("div", { className: "layer image" }, el("div", { className: "name" }, `the ${this.data.noun}`,
      el("small", { textContent: "click it to erase" })),
      this.picture(before, false, 255, `the ${this.data.noun}, as drawn`),
      el("span", { className: "to", textContent: "→" }), changed, ...words);
  }

  layerRow(row) {
    const [before, after] = row.maps.map(unpack);
    const node = el("div", { className: "layer" },
      el("div", { className: "name" }, row.name, el("small", { textContent: `map ${row.map}` })),
      this.picture(before, row.signed, 127, `map ${row.map} of ${row.name}, before`),
      el("span", { className: "to", textContent: "→" }),
      this.picture(after, row.signed, 127, `map ${row.map} of ${row.name}, after`), ...agreement(row, this.data.moves));
    node.dataset.layer = row.name;
    return node;
  }

  network(data) {
    const bars = data.shown.map((k) => {
      const share = data.after[k], fill = el("div", { className: "fill" }), was = el("div", { className: "was" });
      fill.style.width = `${100 * share}%`;
      was.style.left = `${99 * data.before[k]}%`;
      const node = el("div", { className: k === data.label ? "share best" : "share" },
        el("strong", { textContent: data.names[k], title: data.names[k] }),
        el("div", { className: "track" }, fill, was), el("span", { className: "number", textContent: percent(share) }));
      node.dataset.digit = data.names[k];
      return node;
    });
    const units = data.layers.filter((row) => !row.maps);
    const node = el("div", { className: "network" }, el("div", { className: "title" }, data.kind,
      el("small", { textContent: `${data.parameters.toLocaleString("en")} parameters` })),
    el("div", { className: "verdict", textContent: verdict(data) }), ...bars,
    el("div", { className: "units" }, ...units.map((row) => el("div", { className: "agreement" },
      el("span", { className: "number", textContent: formatNumber(row.stayed) }),
        el("span", { textContent: `in place: ${row.name}` })))));
    node.classList.toggle("named", data.names.some((name) => name.length > 1));
    node.dataset.network = data.kind;
    return node;
  }
}

function verdict(data) {
  const answer = `${data.answer}${data.sure ? "" : ", unsure"} (${percent(data.share)})`;
  return data.unchanged ? `still ${answer}` : answer;
}

// How far a layer's values are the same: 1 all, 0 none; where they were, and where the change has moved them to.
function agreement(row, moves) {
  const along = moves && row.moved !== null;
  return [el("span", { className: "number", textContent: formatNumber(row.stayed),
    ariaLabel: `in place ${formatNumber(row.stayed)}` }),
    el("span", { className: "number", textContent: along ? formatNumber(row.moved) : "", ariaLabel: along
      ? `moved along ${formatNumber(row.moved)}` : "" })];
}
