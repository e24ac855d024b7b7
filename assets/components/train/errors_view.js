// Two views of a closer look: the confusion matrix, whose cells open, and the worst mistakes.

// Which test is looked at: the fixed sample, or all digits at the last epoch's end.
function showChoice(look) {
  const d = look.data;
  if (look.choice.key !== "tests") {
    look.choice.key = "tests";
    const button = (text, all) => el("button", { textContent: text, onclick: () => {
      look.all = all;
      look.cell = null;
      look.ask();
    } });
    look.choices = [button("A fixed sample of 1,000", false), button("All, at the last epoch's end", true)];
    look.choice.replaceChildren(...look.choices);
  }
  look.choice.hidden = !d.choice || look.steps.length > 1 || look.steps[0] !== null;
  look.choices.forEach((node, n) => { node.ariaPressed = String(look.all === (n === 1)); });
}

function testWords(frame) {
  return `step ${thousands(frame.step)}: wrong ${thousands(frame.wrong)} of `
    + `${frame.fixed ? "a fixed sample of " : ""}${thousands(frame.of)}`;
}

function showConfusion(look, panel, frame) {
  const d = look.data, count = d.names.length;
  showChoice(look);
  if (panel.parts?.matrix.count !== count) panel.parts = makeMatrix(look, panel, count);
  const { matrix, found, foundWords } = panel.parts;
  matrix.show(look.colours, d.names, frame.counts, look.cell);
  const numbers = frame.cell && look.cell ? frame.cell : [];
  while (found.children.length > numbers.length) found.lastChild.remove();
  while (found.children.length < numbers.length) found.append(digitButton(look).node);
  [...found.children].forEach((node, n) => {
    node.number = numbers[n];
    node.ariaLabel = `test ${d.noun} ${numbers[n]}: see its maps`;
    look.picture(node.firstChild, numbers[n]);
  });
  if (!frame.cell || !look.cell) {
    foundWords.textContent = `A click on a number shows its ${d.noun}s.`;
    return;
  }
  const [label, answer] = look.cell, all = frame.counts[label][answer];
  const are = all === 1 ? `${d.noun} is` : `${d.noun}s are`;
  foundWords.textContent = `${thousands(all)} ${are} ${d.names[label]}, answered `
    + `${d.names[answer]}${all > numbers.length ? `, the first ${numbers.length}` : ""}`;
}

function makeMatrix(look, panel, count) {
  const matrix = new ConfusionMatrix(count, (label, answer) => {
    look.cell = look.cell?.[0] === label && look.cell?.[1] === answer ? null : [label, answer];
    look.ask();
  });
  const found = el("div", { className: "found" }), foundWords = el("div", { className: "name" });
  panel.body.replaceChildren(matrix.node, el("div", {}, foundWords, found));
  return { matrix, found, foundWords };
}

function confusionWords(look) {
  const texts = look.data.frames.map(testWords).join("; ");
  return `At ${texts}. Row: what it is; column: what was answered.`;
}

function showWorst(look, panel, frame) {
  const d = look.data;
  showChoice(look);
  if (panel.parts?.length !== frame.worst.length) {
    panel.parts = frame.worst.map(() => {
      const words = el("div", { className: "verdict" }), share = el("div", { className: "number" });
      return { ...digitButton(look, words, share), words, share };
    });
    panel.body.replaceChildren(...panel.parts.map((part) => part.node));
  }
  panel.body.classList.toggle("named", areWords(d.names));
  frame.worst.forEach(([number, label, answer, share], n) => {
    const part = panel.parts[n];
    look.picture(part.canvas, number);
    part.node.number = number;
    part.words.textContent = part.node.title = `${d.names[label]} → ${d.names[answer]}`;
    part.share.textContent = share === null ? "–" : percent(share);
    part.node.ariaLabel = `${d.names[label]}, answered ${d.names[answer]} with ${part.share.textContent}: see its maps`;
  });
}

function worstWords(look) {
  return `At ${look.data.frames.map(testWords).join("; ")}. Is → answered, the surest first.`;
}
