// A confusion matrix as a table of buttons: rows are what it is, columns what was answered; ink by the root of the
// count.

class ConfusionMatrix {
  // choose(label, answer) is called for a pressed cell.
  constructor(count, choose) {
    this.count = count;
    this.heads = [];
    this.cells = [];
    this.node = el("div", { className: "matrix", role: "group",
      ariaLabel: "Confusion matrix: rows are what it is, columns what was answered" });
    this.node.style.setProperty("--columns", count);
    this.node.classList.toggle("many", count > 12);
    const head = (side) => {
      this.heads.push(el("div", { className: `head ${side}` }));
      return this.heads.at(-1);
    };
    this.node.append(el("div", { className: "corner" }), ...Array.from({ length: count }, () => head("above")));
    for (let row = 0; row < count; row += 1) {
      this.node.append(head("left"));
      for (let column = 0; column < count; column += 1) {
        const cell = el("button", { className: "drawn", tabIndex: this.cells.length ? -1 : 0 });
        cell.addEventListener("click", () => choose(row, column));
        this.cells.push(cell);
        this.node.append(cell);
      }
    }
    this.node.addEventListener("keydown", (event) => this.walk(event));
  }

  // counts: (classes, classes); chosen: [label, answer] or nothing.
  show(colours, names, counts, chosen) {
    this.node.classList.toggle("named", areWords(names));
    this.heads.forEach((head, n) => { head.textContent = head.title = names[n % this.count]; });
    const most = Math.max(...counts.flat());
    this.cells.forEach((cell, k) => {
      const label = Math.floor(k / this.count), answer = k % this.count, value = counts[label][answer];
      const shade = inkShade(colours, Math.sqrt(value), Math.sqrt(most));
      cell.textContent = value ? value.toLocaleString("en") : "";
      cell.style.background = toCss(shade);
      cell.style.color = textOn(shade);
      cell.classList.toggle("diagonal", label === answer);
      cell.ariaPressed = String(chosen?.[0] === label && chosen?.[1] === answer);
      cell.ariaLabel = cell.title = `${names[label]} answered ${names[answer]}: ${value}`;
    });
  }

  // One cell is in the tab order, arrow keys move over them.
  walk(event) {
    const { cells, count } = this, at = cells.indexOf(event.composedPath()[0]);
    const row = Math.floor(at / count), column = at % count;
    const to = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column],
                 ArrowUp: [row - 1, column] }[event.key];
    if (at < 0 || !to) return;
    event.preventDefault();
    event.stopPropagation();
    const next = to[0] >= 0 && to[0] < count && to[1] >= 0 && to[1] < count ? cells[to[0] * count + to[1]] : null;
    if (!next) return;
    cells[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
