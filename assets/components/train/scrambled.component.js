// Which network suffers when all pixels change places? Recorded numbers, those of the scrambled runs hidden until
// revealed.

const tables = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".root");
  let table = tables.get(parentElement);
  if (!table) {
    table = new ScrambledTable(root, data);
    tables.set(parentElement, table);
  }
  table.emit = (revealed) => setStateValue("revealed", revealed);
  MOUNTED.stage = table;
  table.wire();
  MOUNTED.lecture?.meet(table);
  return cleanupOf(table);
}

class ScrambledTable {
  /** @type {(revealed: boolean) => void} sets the state `revealed` */
  emit;

  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.revealed = data.revealed;
    root.classList.add("scrambled");
    const cell = (name, text, properties = {}) => el(name, { textContent: text, ...properties });
    this.hidden = [];
    const body = data.rows.map(([name, plain, scrambled]) => {
      const td = el("td");
      this.hidden.push([td, scrambled]);
      return el("tr", {}, cell("th", name, { scope: "row" }), cell("td", plain), td);
    });
    this.pictures = data.pictures.map((picture) => ({ values: unpack(picture.image),
      canvas: el("canvas", { width: 28, height: 28, role: "img", ariaLabel: picture.name }) }));
    this.button = el("button", { textContent: "Reveal", onclick: () => this.show(true) });
    this.answer = el("p", { textContent: data.answer });
    this.answer.setAttribute("role", "status");
    root.append(el("h2", { textContent: "Which network suffers?" }),
      el("p", {}, data.question, " ", el("strong", { textContent: data.recorded })),
      el("div", { className: "pair" },
        el("table", {}, el("tr", {}, el("td"), cell("th", "pixels in order", { scope: "col" }),
          cell("th", "pixels scrambled", { scope: "col" })), ...body),
        ...this.pictures.map((picture) => picture.canvas)),
      this.button, this.answer);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.onKey = (event) => {
      if (isTyping(event) || shortcutOf(event) !== "f") return;
      stageOnly();
      event.preventDefault();
    };
    this.draw();
  }

  wire() {
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
  }

  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("keydown", this.onKey);
    if (MOUNTED.stage === this) MOUNTED.stage = null;
    if (!MOUNTED.lecture) stageOnly(false);
  }

  show(revealed) {
    if (revealed === this.revealed) return;
    this.revealed = revealed;
    this.draw();
    this.emit(revealed);
  }

  walk() { return false; }

  begin({ hidden, concealed }) { this.show(!(hidden || concealed)); }

  draw() {
    const colours = paletteOf(this.root);
    for (const [td, wrong] of this.hidden) td.textContent = this.revealed ? wrong : "?";
    this.answer.textContent = this.revealed ? this.data.answer : "";
    this.button.hidden = this.revealed || !!MOUNTED.lecture;
    this.root.dataset.revealed = this.revealed;
    for (const { canvas, values } of this.pictures) {
      const pen = canvas.getContext("2d"), pixels = pen.createImageData(28, 28);
      values.forEach((v, k) => pixels.data.set([...inkShade(colours, v, 255), 255], 4 * k));
      pen.putImageData(pixels, 0, 0);
    }
  }
}
