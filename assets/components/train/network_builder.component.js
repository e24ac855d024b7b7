// The network as a stack of blocks, drawn from the side: as high as a map is, a sheet for each channel.
// It is one row as long as that is readable. A press chooses a block; the arrow keys go from one to the next.

const SHEET_HEIGHT = 130, LEAST = 6, SHEETS = 32, LIST_WIDTH = 22, SMALLEST_STACK = 0.75;

class NetworkBuilder {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    this.onF = (event) => {
      if (shortcutOf(event) !== "f" || isTyping(event)) return;
      stageOnly();
      event.preventDefault();
    };
    document.addEventListener("keydown", this.onF);
    this.width = 0;
    this.watch = new ResizeObserver(() => { if (root.clientWidth !== this.width) this.fit(); });
    this.watch.observe(root);
    MOUNTED.stage = this;
    MOUNTED.lecture?.meet(this);
    this.list = el("div", { className: "stack" });
    this.list.setAttribute("role", "group");
    this.list.setAttribute("aria-label", "The network, block by block");
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    root.append(this.list);
  }

  // A lecture's scene may show the blocks; there are no steps to walk, and nothing is concealed.
  walk() { return false; }

  begin() {}

  leave() {
    this.watch.disconnect();
    document.removeEventListener("keydown", this.onF);
    if (MOUNTED.stage === this) MOUNTED.stage = null;
    if (!MOUNTED.lecture) stageOnly(false);
    delete this.root.stack;
    this.list.remove();
  }

  show(data) {
    const { blocks, chosen, suggestion } = data;
    const focused = this.root.getRootNode().activeElement?.dataset?.block;
    this.tallest = Math.max(28, ...blocks.filter((b) => b.shape.length === 3).map((b) => b.shape[0]));
    this.longest = Math.max(2, ...blocks.filter((b) => b.shape.length === 1).map((b) => b.shape[0]));
    this.list.replaceChildren(...blocks.flatMap((block, k) => {
      if (!k) return [this.digit(block)];
      const arrow = el("span", { className: "arrow", textContent: "→" });
      arrow.setAttribute("aria-hidden", "true");
      const column = el("div", { className: "column" }, this.block(block, k - 1, chosen));
      if (block.broken && suggestion) column.append(this.suggestion(suggestion));
      return [el("div", { className: "link" }, arrow, column)];
    }));
    if (focused !== undefined)
      this.list.querySelector(`[data-block="${Math.min(focused, blocks.length - 2)}"]`)?.focus();
    this.fit();
  }

  // One row, a little smaller if need be; more rows where it would be too small; on a phone a strip that is pushed
  // along.
  fit() {
    this.width = this.root.clientWidth;
    this.list.style.zoom = "";
    this.list.style.flexWrap = "nowrap";
    if (innerWidth < 700) {
      const here = this.list.querySelector("[aria-pressed=true]");
      if (here) this.list.scrollLeft = here.offsetLeft - (this.width - here.offsetWidth) / 2;
      return;
    }
    const share = this.width / this.list.scrollWidth;
    if (share < SMALLEST_STACK) this.list.style.flexWrap = "wrap";
    else if (share < 1) this.list.style.zoom = share;
  }

  digit(block) {
    return el("div", { className: "block digit" }, this.picture(block), ...this.words(block));
  }

  block(block, number, chosen) {
    const node = el("button", { className: "block", type: "button" }, this.picture(block), ...this.words(block));
    node.dataset.block = number;
    node.classList.toggle("broken", !!block.broken);
    node.classList.toggle("unknown", !block.shape.length && !block.broken);
    node.ariaPressed = String(number === chosen);
    node.tabIndex = number === chosen ? 0 : -1;
    node.ariaLabel = [`Block ${number + 1}: ${block.name}`, ...block.lines, this.size(block),
      block.note].filter(Boolean).join(", ");
    node.addEventListener("click", () => this.emit("picked", number));
    return node;
  }

  // The nearest that fits, one press away, at the block's place.
  suggestion(words) {
    const button = el("button", { className: "suggestion", type: "button", textContent: `Correct it: ${words}` });
    button.addEventListener("click", () => this.emit("accept", 0));
    return button;
  }

  size(block) {
    if (block.broken) return "does not fit";
    return block.shape.length ? block.shape.join(" × ") : "size not known yet";
  }

  words(block) {
    const line = (name, text) => el("span", { className: name, textContent: text });
    const left = block.left?.some((n) => n) ? [line("note", `left over ${[...new Set(block.left)].join(", ")}`)] : [];
    const shape = block.broken ? "✗ does not fit" : block.shape.length ? block.shape.map((n) => n.toLocaleString("en"))
      .join("×") : "?";
    return [line("name", block.name), line("shape", shape), ...block.lines.map((text) => line("detail", text)),
      ...(block.note ? [line("note", block.note)] : []), ...left];
  }

  // Sheets side by side for maps; one thin column, its height by the logarithm of its length, for a list.
  picture({ shape, broken }) {
    const box = el("span", { className: "sheets" });
    box.setAttribute("aria-hidden", "true");
    box.style.height = `${SHEET_HEIGHT}px`;
    if (!shape.length) {
      box.append(el("span", { className: "none", textContent: broken ? "✗" : "?" }));
    } else if (shape.length === 1) {
      const height = SHEET_HEIGHT * Math.max(Math.log(shape[0] + 1) / Math.log(this.longest + 1), 0.08);
      box.append(this.sheet(height, LIST_WIDTH, "list"));
    } else {
      const count = Math.min(shape[2], SHEETS), width = count > 16 ? 3 : count > 4 ? 5 : 9;
      const height = Math.max((SHEET_HEIGHT * shape[0]) / this.tallest, LEAST);
      for (let k = 0; k < count; k += 1) box.append(this.sheet(height, width, "sheet"));
    }
    return box;
  }

  sheet(height, width, name) {
    const node = el("span", { className: name });
    node.style.height = `${height}px`;
    node.style.width = `${width}px`;
    return node;
  }

  onKey(event) {
    const nodes = [...this.list.querySelectorAll("button.block")], from = nodes.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (from < 0 || !step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = nodes[from + step];
    if (!next) return;
    next.focus();
    this.emit("picked", Number(next.dataset.block));
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  root.stack ||= new NetworkBuilder(root);
  const stack = root.stack;
  stack.emit = setTriggerValue;
  stack.show(data);
  return cleanupOf(stack);
}
