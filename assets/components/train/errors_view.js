// Two views of a closer look: the confusion matrix, whose cells open, and the worst mistakes.

// Which test is looked at: the fixed sample, or all digits at the last epoch's end.
function showChoice(look) {
  const d = look.data;
  if (look.choice.key !== "tests") {
    look.choice.key = "tests";
    const button = (text, all) => element("button", { textContent: text, onclick: () => { look.all = all; look.cell = null; look.ask(); } });
    look.choices = [button("A fixed sample of 1,000", false), button("All, at the last epoch's end", true)];
    look.choice.replaceChildren(...look.choices);
  }
  look.choice.hidden = !d.choice || look.steps.length > 1 || look.steps[0] !== null;
  look.choices.forEach((node, n) => { node.ariaPressed = String(look.all === (n === 1)); });
}

function testWords(frame) {
  return `step ${thousands(frame.step)}: wrong ${thousands(frame.wrong)} of ${frame.fixed ? "a fixed sample of " : ""}${thousands(frame.of)}`;
}

function showConfusion(look, panel, frame) {
  const d = look.data, count = d.names.length;
  showChoice(look);
  if (panel.parts?.cells.length !== count * count) panel.parts = makeMatrix(look, panel, count);
  const { cells, heads, found, foundWords } = panel.parts;
  heads.forEach((head, n) => { head.textContent = d.names[n % count]; });
  const most = Math.max(...frame.counts.flat());
  cells.forEach((cell, k) => {
    const label = Math.floor(k / count), answer = k % count, value = frame.counts[label][answer];
    const shade = inkShade(look.colours, Math.sqrt(value), Math.sqrt(most));
    cell.textContent = value ? thousands(value) : "";
    cell.style.background = css(shade);
    cell.style.color = textOn(shade);
    cell.classList.toggle("diagonal", label === answer);
    const chosen = look.cell?.[0] === label && look.cell?.[1] === answer;
    cell.ariaPressed = String(chosen);
    cell.ariaLabel = `${d.names[label]} answered ${d.names[answer]}: ${value}`;
  });
  const numbers = frame.cell && look.cell ? frame.cell : [];
  while (found.children.length > numbers.length) found.lastChild.remove();
  while (found.children.length < numbers.length) found.append(digitButton(look).node);
  [...found.children].forEach((node, n) => {
    node.number = numbers[n];
    node.ariaLabel = `test digit ${numbers[n]}: see its maps`;
    look.picture(node.firstChild, numbers[n]);
  });
  if (!frame.cell || !look.cell) {
    foundWords.textContent = "A click on a number shows its digits.";
    return;
  }
  const [label, answer] = look.cell, all = frame.counts[label][answer];
  foundWords.textContent = `${thousands(all)} ${all === 1 ? "digit is" : "digits are"} ${d.names[label]}, answered ${d.names[answer]}${all > numbers.length ? `, the first ${numbers.length}` : ""}`;
}

// A table of buttons: one is in the tab order, arrow keys move over them.
function makeMatrix(look, panel, count) {
  const heads = [], cells = [], grid = element("div", { className: "matrix", role: "group", ariaLabel: "Confusion matrix: rows are what the digits are, columns what was answered" });
  grid.style.setProperty("--columns", count);
  const head = () => { heads.push(element("div", { className: "head" })); return heads.at(-1); };
  grid.append(element("div", { className: "corner" }), ...Array.from({ length: count }, head));
  for (let row = 0; row < count; row += 1) {
    const side = element("div", { className: "head" });
    heads[count + row] = side;
    grid.append(side);
    for (let column = 0; column < count; column += 1) {
      const cell = element("button", { tabIndex: cells.length ? -1 : 0 });
      cell.onclick = () => {
        const same = look.cell?.[0] === row && look.cell?.[1] === column;
        look.cell = same ? null : [row, column];
        look.ask();
      };
      cells.push(cell);
      grid.append(cell);
    }
  }
  grid.addEventListener("keydown", (event) => {
    const at = cells.indexOf(event.composedPath()[0]), row = Math.floor(at / count), column = at % count;
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
  });
  const found = element("div", { className: "found" }), foundWords = element("div", { className: "name" });
  panel.body.replaceChildren(grid, element("div", {}, foundWords, found));
  return { heads, cells, found, foundWords };
}

function confusionWords(look) {
  const told = look.data.frames.map(testWords).join("; ");
  return `At ${told}. Row: what it is; column: what was answered.`;
}

function showWorst(look, panel, frame) {
  const d = look.data;
  showChoice(look);
  if (panel.parts?.length !== frame.worst.length) {
    panel.parts = frame.worst.map(() => {
      const words = element("div", { className: "verdict" }), share = element("div", { className: "number" });
      return { ...digitButton(look, words, share), words, share };
    });
    panel.body.replaceChildren(...panel.parts.map((part) => part.node));
  }
  frame.worst.forEach(([number, label, answer, share], n) => {
    const part = panel.parts[n];
    look.picture(part.canvas, number);
    part.node.number = number;
    part.words.textContent = `${d.names[label]} → ${d.names[answer]}`;
    part.share.textContent = share === null ? "–" : percent(share);
    part.node.ariaLabel = `${d.names[label]}, answered ${d.names[answer]} with ${part.share.textContent}: see its maps`;
  });
}

function worstWords(look) {
  return `At ${look.data.frames.map(testWords).join("; ")}. Is → answered, the surest first.`;
}
