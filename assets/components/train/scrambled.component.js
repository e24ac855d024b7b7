// Which network suffers when all pixels change places? Recorded numbers, those of the scrambled runs hidden until revealed.

const tables = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".root");
  let table = tables.get(parentElement);
  if (!table) {
    table = new Table(root, data);
    tables.set(parentElement, table);
  }
  table.tell = (revealed) => setStateValue("revealed", revealed);
  LIVE.stage = table;
  table.wire();
  LIVE.lecture?.meet(table);
  return () => table.leave();
}

class Table {
  constructor(root, data) {
    Object.assign(this, { root, data, revealed: data.revealed });
    root.classList.add("scrambled");
    const cell = (name, text, properties = {}) => element(name, { textContent: text, ...properties });
    this.hidden = [];
    const body = data.rows.map(([name, plain, scrambled]) => {
      const td = element("td");
      this.hidden.push([td, scrambled]);
      return element("tr", {}, cell("th", name, { scope: "row" }), cell("td", plain), td);
    });
    this.pictures = data.pictures.map((picture) => ({ values: unpack(picture.image),
      canvas: element("canvas", { width: 28, height: 28, role: "img", ariaLabel: picture.name }) }));
    this.button = element("button", { textContent: "Reveal", onclick: () => this.show(true) });
    this.answer = element("p", { textContent: data.answer });
    this.answer.setAttribute("role", "status");
    root.append(element("h2", { textContent: "Which network suffers?" }),
      element("p", {}, data.question, " ", element("strong", { textContent: data.recorded })),
      element("div", { className: "pair" },
        element("table", {}, element("tr", {}, element("td"), cell("th", "pixels in order", { scope: "col" }),
          cell("th", "pixels scrambled", { scope: "col" })), ...body),
        ...this.pictures.map((picture) => picture.canvas)),
      this.button, this.answer);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.onKey = (event) => { if (!isTyping(event) && event.key.toLowerCase() === "f") { stageOnly(); event.preventDefault(); } };
    this.draw();
  }

  wire() {
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
  }

  leave() {
    this.theme.removeEventListener("change", this.onTheme);
    document.removeEventListener("keydown", this.onKey);
    if (LIVE.stage === this) LIVE.stage = null;
    if (!LIVE.lecture) stageOnly(false);
  }

  show(revealed) {
    if (revealed === this.revealed) return;
    this.revealed = revealed;
    this.draw();
    this.tell(revealed);
  }

  walk() { return false; }

  begin({ hidden, concealed }) { this.show(!(hidden || concealed)); }

  draw() {
    const colours = paletteOf(this.root);
    for (const [td, wrong] of this.hidden) td.textContent = this.revealed ? wrong : "?";
    this.answer.textContent = this.revealed ? this.data.answer : "";
    this.button.hidden = this.revealed || !!LIVE.lecture;
    this.root.dataset.revealed = this.revealed;
    for (const { canvas, values } of this.pictures) {
      const pen = canvas.getContext("2d"), pixels = pen.createImageData(28, 28);
      values.forEach((v, k) => pixels.data.set([...inkShade(colours, v, 255), 255], 4 * k));
      pen.putImageData(pixels, 0, 0);
    }
  }
}
