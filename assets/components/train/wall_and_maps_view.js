// Two views of a closer look: the wall of digits with their answers, and one digit's maps through the layers.
// Each `show…(look, panel, frame, first)` draws one frame into a panel; `first` is frame A where this is B.

function withArticle(noun) { return `${noun === "image" ? "an" : "a"} ${noun}`; }

function digitButton(look, ...more) {
  const canvas = el("canvas", { width: 28, height: 28 });
  const node = el("button", { className: "digit" }, canvas, ...more);
  node.addEventListener("click", () => look.choose(node.number));
  return { node, canvas };
}

function showWall(look, panel, frame, first) {
  const d = look.data;
  if (panel.parts?.length !== d.numbers.length) {
    panel.parts = d.numbers.map(() => {
      const verdict = el("div", { className: "verdict" });
      return { ...digitButton(look, verdict), verdict };
    });
    panel.body.replaceChildren(...panel.parts.map((part) => part.node));
  }
  panel.body.classList.toggle("named", areWords(d.names));
  panel.body.style.setProperty("--columns", Math.min(d.names.length, 10));
  panel.parts.forEach((part, n) => {
    const answer = d.names[frame.answers[n]], good = frame.correct[n];
    look.picture(part.canvas, d.numbers[n]);
    part.node.number = d.numbers[n];
    part.node.classList.toggle("changed", !!first && frame.changed.includes(n));
    part.node.title = answer;
    part.node.ariaLabel = `${d.names[d.labels[n]]}, answered ${answer}, ${good ? "right" : "wrong"}: see its `
      + `maps`;
    const text = `${answer} ${good ? "✓" : "✗"}`;
    if (part.verdict.textContent === text) return;
    part.verdict.className = `verdict ${good ? "right" : "wrong"}`;
    part.verdict.replaceChildren(answer, " ", el("b", { textContent: good ? "✓" : "✗" }));
  });
}

function wallWords(look) {
  const [a, b] = look.data.frames, tell = (f) => `step ${thousands(f.step)}: ${f.right} of ${f.of} right`;
  if (!b) return `At ${tell(a)}. A click on ${withArticle(look.data.noun)} shows its maps.`;
  return `A, ${tell(a)}; B, ${tell(b)}. ${b.changed.length} answered otherwise in B, framed there.`;
}

function showMaps(look, panel, frame) {
  const d = look.data;
  if (!panel.parts) {
    const canvas = el("canvas", { width: 28, height: 28, role: "img" }), shares = new ProbabilityBars();
    const layers = el("div", { className: "layers" });
    panel.parts = { canvas, shares, layers };
    panel.body.replaceChildren(el("div", { className: "one" }, canvas, shares.node), layers);
  }
  const { canvas, shares, layers } = panel.parts, image = unpack(d.image);
  const most = Math.max(...image);
  paint(canvas, 28, 28, (k) => inkShade(look.colours, image[k], most), `${d.image.base64} ${look.colours.ink}`);
  canvas.ariaLabel = subjectWords(d);
  shares.show(frame, { names: d.names });
  const [first, ...deeper] = frame.filters;  // filters stand before the maps that they make; deeper ones are many
  drawLayerMaps(layers, [...(first ? [first] : []), ...frame.layers, ...deeper], look.colours, panel.body.clientWidth);
  if (panel !== look.panels[0]) return;
  const key = d.wall.join();
  if (look.choice.key !== key) {
    look.choice.key = key;
    look.drawn = el("button", { textContent: "My drawing", onclick: () => look.choose("drawing") });
    look.picks = d.wall.map((number) => {
      const part = digitButton(look);
      part.node.number = number;
      part.node.ariaLabel = `a test ${d.noun}`;
      return part;
    });
    look.choice.replaceChildren(look.drawn, ...look.picks.map((part) => part.node));
  }
  look.drawn.ariaPressed = String(d.subject === "drawing");
  for (const part of look.picks) {
    look.picture(part.canvas, part.node.number);
    part.node.ariaPressed = String(part.node.number === d.subject);
  }
}

function subjectWords(d) {
  return d.subject === "drawing" ? "your drawing" : `test ${d.noun} ${thousands(d.subject)}`;
}

function mapsWords(look) {
  const d = look.data;
  const texts = d.frames.map((frame) => {
    const { label, probabilities } = frame;
    return `step ${thousands(frame.step)} answers `
      + `${label === null ? "no number any more" : `${d.names[label]} (${percent(probabilities[label])})`}`;
  });
  const hint = d.subject !== "drawing" && look.subject === "drawing"
    ? ` Nothing is drawn yet: draw ${withArticle(d.noun)} on Draw, and it is shown here.` : "";
  const whose = subjectWords(d);
  return `${whose[0].toUpperCase()}${whose.slice(1)}: ${texts.join("; ")}.${hint}`;
}
