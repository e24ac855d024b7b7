// A training as it goes, or a recorded one played again: curves, first filters, one digit, ten answers.
// Every number comes from Python (cnncore.progress); here it is only drawn.

const boards = new WeakMap();
const NS = "http://www.w3.org/2000/svg";
const ARRAYS_SENT = ["losses", "tests", "full_tests", "views", "weights", "probabilities"];

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  let board = boards.get(parentElement);
  if (!board) {
    board = new Board(root);
    boards.set(parentElement, board);
  }
  board.show(data);
  board.wire();
  LIVE.stage = board;
  LIVE.lecture?.meet(board);
  return () => board.leave();
}

function svg(name, attributes = {}, text = "") {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

// Rows of an array (n, columns) as arrays.
function rows(array) {
  const [count, columns] = array.shape;
  return Array.from({ length: count }, (_, n) => array.subarray(n * columns, (n + 1) * columns));
}

function thousands(value) { return Math.round(value).toLocaleString("en"); }

// "12 s", "2 min 5 s"
function duration(seconds) {
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

// A curve over steps on a logarithmic axis, hovered for its values.
class Curve {
  constructor(name, label) {
    this.picture = svg("svg", { role: "img", tabindex: "0", "aria-label": label });
    this.big = element("span", { className: "big number" });
    this.tip = element("div", { className: "tip number", hidden: true });
    this.note = element("span", { className: "note" });
    this.node = element("div", {},
      element("div", { className: "top" }, element("span", { className: "name", textContent: name }), this.big, this.note),
      element("div", { className: "curve" }, this.picture, this.tip));
    this.picture.addEventListener("pointermove", (event) => this.hover(event.offsetX));
    this.picture.addEventListener("pointerleave", () => this.unhover());
    this.picture.addEventListener("blur", () => this.unhover());
    this.picture.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key) || !this.hovered?.length) return;
      event.preventDefault();
      event.stopPropagation();
      const at = this.at ?? this.hovered.length - 1;
      this.point(Math.min(Math.max(at + (event.key === "ArrowRight" ? 1 : -1), 0), this.hovered.length - 1));
    });
    new ResizeObserver(() => this.again && this.draw(...this.again)).observe(this.picture);
  }

  // lines: [{points: [[step, value]], dots, squares}], ticks: values of the axis, tell(step, value) -> text
  draw(lines, steps, ticks, tell) {
    this.again = [lines, steps, ticks, tell];
    const width = this.picture.clientWidth, height = this.picture.clientHeight;
    if (!width) return;
    const left = 62, right = 14, top = 12, bottom = 28;
    const low = Math.log(ticks[0]), high = Math.log(ticks.at(-1));
    this.x = (step) => left + (width - left - right) * step / (steps || 1);
    const y = (value) => top + (height - top - bottom)
      * (1 - (Math.min(Math.max(Math.log(Math.max(value, 1e-9)), low), high) - low) / (high - low));
    this.y = y;
    const nodes = [];
    for (const tick of ticks) {
      nodes.push(svg("line", { class: "grid-line", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
      nodes.push(svg("text", { x: left - 8, y: y(tick) + 6, "text-anchor": "end" }, number(tick, tick < 0.1 ? 2 : 1)));
    }
    nodes.push(svg("text", { x: left, y: height - 4 }, "step 0"));
    if (steps) nodes.push(svg("text", { x: width - right, y: height - 4, "text-anchor": "end" }, thousands(steps)));
    for (const line of lines) {
      const at = line.points.map(([step, value]) => [this.x(step), y(value)]);
      if (!line.squares && at.length) {
        nodes.push(svg("path", { class: "trace", d: `M${at.map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}` }));
      }
      if (line.dots && at.length) nodes.push(svg("circle", { class: "dot", cx: at.at(-1)[0], cy: at.at(-1)[1], r: 6 }));
      if (line.squares) {
        if (at.length) {
          nodes.push(svg("text", { x: width - right - 6, y: top + 22, "text-anchor": "end" }, `□ all ${thousands(line.of)}`));
        }
        for (const [px, py] of at) nodes.push(svg("rect", { class: "square", x: px - 6, y: py - 6, width: 12, height: 12 }));
      }
    }
    this.cursor = svg("line", { class: "cursor", y1: top, y2: height - bottom, visibility: "hidden" });
    this.picture.replaceChildren(...nodes, this.cursor);
    this.hovered = lines.flatMap((line) => line.points.map((p) => [...p, line])).sort((a, b) => a[0] - b[0]);
    this.tell = tell;
    if (this.at !== undefined) this.point(Math.min(this.at, this.hovered.length - 1));
  }

  hover(x) {
    if (!this.hovered?.length) return;
    let best = 0;
    this.hovered.forEach((p, n) => {
      if (Math.abs(this.x(p[0]) - x) <= Math.abs(this.x(this.hovered[best][0]) - x)) best = n;
    });
    this.point(best);
  }

  point(n) {
    if (n < 0) return;
    this.at = n;
    const p = this.hovered[n];
    this.tip.hidden = false;
    this.tip.textContent = this.tell(...p);
    const x = this.x(p[0]);
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, x);
    this.cursor.setAttribute("visibility", "visible");
    this.tip.style.right = x > this.picture.clientWidth / 2 ? "auto" : "0.4rem";
    this.tip.style.left = x > this.picture.clientWidth / 2 ? "4.2rem" : "auto";
  }

  unhover() {
    this.at = undefined;
    this.tip.hidden = true;
    this.cursor?.setAttribute("visibility", "hidden");
  }
}

class Board {
  constructor(root) {
    this.root = root;
    this.digit = 7;
    root.classList.add("training");
    const make = (className, ...children) => element("div", { className }, ...children);
    this.badge = element("span", { className: "badge", hidden: true, textContent: "Recorded" });
    this.title = element("h2");
    this.about = element("span", { className: "about" });
    this.words = make("words");
    this.words.setAttribute("role", "status");
    this.fill = element("div");
    this.bar = make("bar", this.fill);
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the training");
    this.facts = make("facts");
    this.loss = new Curve("Loss", "Curve of the training loss over steps; arrow keys read its values");
    this.wrong = new Curve("Wrong", "Curve of wrong answers over steps; arrow keys read its values");
    this.filters = make("filters");
    this.filtersName = make("name");
    this.picture = element("canvas", { width: 28, height: 28, role: "img" });
    this.shares = make("shares");
    this.bars = Array.from({ length: 10 }, (_, k) => {
      const fill = element("div"), track = make("track", fill), share = element("span", { className: "number" });
      this.shares.append(element("strong", { textContent: k }), track, share);
      return { fill, track, share };
    });
    this.oneName = make("name");
    this.ten = make("ten");
    this.tenName = make("name");
    this.tenWords = element("span");
    this.reveal = element("button", { textContent: "Reveal", onclick: () => { this.revealed = true; this.draw(); } });
    this.tenName.append(this.tenWords, " ", this.reveal);
    this.replay = this.makeReplay();
    root.append(
      make("headline", this.badge, this.title, this.about), this.words, this.replay, this.bar, this.facts,
      make("curves", this.loss.node, this.wrong.node),
      make("below", element("div", {}, this.filtersName, this.filters),
        element("div", {}, this.oneName, make("one", this.picture, this.shares)),
        element("div", {}, this.tenName, this.ten)));
    this.onKey = (event) => this.key(event);
  }

  makeReplay() {
    this.play = element("button", { textContent: "▶ Play", onclick: () => this.toggle() });
    this.slider = element("input", { type: "range", min: 0, step: "any", ariaLabel: "Seconds of the recorded run" });
    this.slider.addEventListener("input", () => { this.stop(); this.time = Number(this.slider.value); this.draw(); });
    this.clock = element("output", { className: "number" });
    return element("div", { className: "replay", hidden: true }, this.play, this.slider, this.clock);
  }

  wire() {
    document.removeEventListener("keydown", this.onKey);
    document.addEventListener("keydown", this.onKey);
    if (!this.theme) {
      this.theme = matchMedia("(prefers-color-scheme: dark)");
      this.onTheme = () => requestAnimationFrame(() => this.draw());
      this.theme.addEventListener("change", this.onTheme);
    }
  }

  leave() {
    this.stop();
    if (LIVE.stage === this) LIVE.stage = null;
    if (!LIVE.lecture) stageOnly(false);
    document.removeEventListener("keydown", this.onKey);
    this.theme?.removeEventListener("change", this.onTheme);
    this.theme = null;
  }

  key(event) {
    if (isTyping(event)) return;
    const key = event.key.toLowerCase();
    if (key === "f") stageOnly();
    else if (key === "k" && this.data.recorded) this.toggle();
    else return;
    event.preventDefault();
  }

  // A beat: a recorded run is played, then shown to its end; a live one has its own pace.
  walk(forward) {
    if (!this.data.recorded || (forward ? this.time >= this.end : !this.time)) return false;
    if (forward && !this.playing) { this.toggle(); return true; }
    this.stop();
    this.time = forward ? this.end : 0;
    this.draw();
    return true;
  }

  // A lecture's scene asks first how many of ten are right before training, then tells.
  begin({ hidden, concealed }) {
    const asked = hidden || concealed;
    if (asked === this.asked) return;
    this.asked = asked;
    this.revealed = !asked;
    this.draw();
  }

  show(data) {
    const another = this.data?.run !== data.run;
    const d = { ...data };
    for (const name of ARRAYS_SENT) d[name] = unpack(data[name]);
    d.digits = data.digits === this.data?.packed ? this.data.digits : unpack(data.digits);
    for (const name of ["losses", "tests", "full_tests", "views"]) d[name] = rows(d[name]);
    if (another || !this.data) {
      this.revealed = false;
      this.stop();
      this.time = 0;
      if (d.recorded) this.end = Math.max(...[...d.losses, ...d.full_tests].map((row) => row[1]));
    }
    this.data = d;
    if (another) this.makeDigits();
    this.draw();
  }

  makeDigits() {
    this.cells = Array.from({ length: this.data.digits.shape[0] }, (_, n) => {
      const canvas = element("canvas", { width: 28, height: 28 }), verdict = element("div", { className: "verdict" });
      const node = element("button", { onclick: () => { this.digit = n; this.draw(); } }, canvas, verdict);
      return { canvas, verdict, node };
    });
    this.ten.replaceChildren(...this.cells.map((cell) => cell.node));
  }

  toggle() {
    if (this.playing) { this.stop(); return; }
    if (this.time >= this.end) this.time = 0;
    const from = this.time, begun = performance.now();
    this.play.textContent = "❚❚ Pause";
    const tick = (now) => {
      this.time = Math.min(from + (now - begun) / 1000, this.end);
      this.playing = this.time < this.end ? requestAnimationFrame(tick) : null;
      if (!this.playing) this.play.textContent = "▶ Play";
      this.draw();
    };
    this.playing = requestAnimationFrame(tick);
  }

  stop() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.play.textContent = "▶ Play";
  }

  draw() {
    const d = this.data, until = (list) => (d.recorded ? list.filter((row) => row[1] <= this.time) : list);
    const losses = until(d.losses), tests = until(d.tests), full = until(d.full_tests);
    const step = d.recorded ? (losses.at(-1)?.[0] || 0) : d.step;
    this.colours = paletteOf(this.root);
    this.title.textContent = d.title;
    this.about.textContent = d.about;
    this.badge.hidden = !d.recorded;
    this.replay.hidden = !d.recorded;
    this.bar.hidden = d.recorded;  // the slider says it
    if (d.recorded) {
      this.slider.max = this.end;
      this.slider.value = this.time;
      this.clock.textContent = `${this.time.toFixed(1)} s`;
    }
    const last = tests.at(-1), lastFull = full.at(-1);
    this.say(d, step, last, lastFull);
    const done = d.steps ? step / d.steps : 0;
    this.fill.style.width = `${100 * done}%`;
    this.bar.setAttribute("aria-valuenow", Math.round(100 * done));
    this.tellFacts(d, step, losses);
    this.loss.big.textContent = losses.length ? number(losses.at(-1)[2]) : "–";
    this.loss.note.textContent = "of the training, smoothed";
    const most = Math.max(3, ...losses.map((row) => row[2]).filter(Number.isFinite));
    const lossTicks = [0.01, 0.03, 0.1, 0.3, 1, 3, ...[10, 100, 1000, 1e4].filter((t) => t < 10 * most && most > 3)];
    this.loss.draw([{ points: losses.map((row) => [row[0], row[2]]), dots: true }], d.steps, lossTicks,
      (at, value) => `step ${thousands(at)}: ${number(value, 3)}`);
    this.drawWrong(d, tests, full, last);
    const view = Math.max(until(d.views).length - 1, 0);
    this.drawFilters(view);
    this.drawTen(view, step);
    Object.assign(this.root.dataset, {
      state: d.state, step, steps: d.steps, rate: d.rate, run: d.run, seconds: d.seconds,
      right: last ? (1 - last[3] / last[4]).toFixed(4) : "", view: d.views[view][0],
    });
  }

  drawWrong(d, tests, full, last) {
    const share = (row) => 1000 * row[3] / row[4];
    this.wrong.big.textContent = last ? `${thousands(last[3])} of ${thousands(last[4])}` : "–";
    const right = last ? `, ${number(100 * (1 - last[3] / last[4]), 1)} % right` : "";
    this.wrong.note.textContent = `a fixed sample${right}`;
    this.wrong.draw([
      { points: tests.map((row) => [row[0], share(row)]), dots: true, of: tests[0]?.[4] },
      { points: full.map((row) => [row[0], share(row)]), squares: true, of: full[0]?.[4] },
    ], d.steps, [3, 10, 30, 100, 300, 1000], (at, value, line) =>
      `step ${thousands(at)}: ${thousands(value * line.of / 1000)} of ${thousands(line.of)}`);
  }

  // Said to a screen reader when something happens, not five times a second.
  say(d, step, last, lastFull) {
    let words = d.sentence;
    if (d.recorded) words = lastFull ? `After ${duration(this.time)}: wrong ${thousands(lastFull[3])} of ${thousands(lastFull[4])}.`
      : step ? "All 10,000 test digits are asked at the end of each epoch." : "Recorded earlier, not running now: press Play or K.";
    else if (!words && lastFull) words = `At the end of epoch ${number(lastFull[2], 0)}: wrong ${thousands(lastFull[3])} of ${thousands(lastFull[4])} test digits.`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  tellFacts(d, step, losses) {
    const fact = (value, unit) => element("span", {}, element("b", { textContent: value }), ` ${unit}`);
    const facts = [];
    if (d.steps) facts.push(fact(`${thousands(step)} of ${thousands(d.steps)}`, "steps"));
    if (d.epochs && d.steps) facts.push(fact(number(d.epochs * step / d.steps + 1e-9, 1), `of ${d.epochs} epochs`));
    if (d.speed) facts.push(fact(thousands(d.speed), "images a second"));
    if (d.recorded) facts.push(fact(duration(this.time), "of the recording"));
    else if (d.steps) facts.push(fact(duration(d.seconds), "so far"));
    if (d.left > 0.5) facts.push(fact(`about ${duration(d.left)}`, "left"));
    if (d.rate) facts.push(fact(number(d.rate, 4), "learning rate"));
    this.facts.replaceChildren(...facts);
  }

  drawFilters(view) {
    const [, height, width, count] = this.data.weights.shape;
    const values = this.data.weights.subarray(view * height * width * count, (view + 1) * height * width * count);
    this.filtersName.textContent = "";
    if (!count) return;
    this.filtersName.textContent = height < 28 ? "First filters" : "Weights of 8 dense units";
    let largest = 0;
    for (const v of values) largest = Math.max(largest, Math.abs(v));
    while (this.filters.children.length > count) this.filters.lastChild.remove();
    while (this.filters.children.length < count) this.filters.append(element("canvas", { role: "img" }));
    [...this.filters.children].forEach((canvas, n) => {
      canvas.ariaLabel = `filter ${n + 1}: blue above zero, orange below`;
      this.paint(canvas, height, width, (k) => signShade(this.colours, values[k * count + n], largest),
        `view ${this.data.views[view][0]}`);
    });
  }

  // `what` names the picture: one that stands there already costs nothing.
  paint(canvas, height, width, shade, what) {
    what = `${what} ${this.data.run} ${this.colours.ink}`;
    if (canvas.painted === what) return;
    canvas.painted = what;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d"), pixels = pen.createImageData(width, height);
    for (let k = 0; k < width * height; k += 1) pixels.data.set([...shade(k), 255], 4 * k);
    pen.putImageData(pixels, 0, 0);
  }

  drawTen(view, step) {
    const d = this.data, [, count, classes] = d.probabilities.shape;
    this.ten.parentNode.hidden = this.picture.closest(".one").parentNode.hidden = !count || (d.recorded && d.views.length < 2);
    const known = step > 0 || this.revealed || !["idle", "recorded"].includes(d.state);
    const of = (n) => d.probabilities.subarray((view * count + n) * classes, (view * count + n + 1) * classes);
    let right = 0;
    this.cells.forEach((cell, n) => {
      const probabilities = of(n), answer = probabilities.indexOf(Math.max(...probabilities));
      const good = answer === d.labels[n];
      right += good;
      this.paint(cell.canvas, 28, 28, (k) => inkShade(this.colours, d.digits[n * 784 + k], 255), n);
      cell.node.ariaPressed = String(n === this.digit);
      cell.node.ariaLabel = `test digit ${d.labels[n]}: ${known ? `answered ${answer}, ${good ? "right" : "wrong"}` : "not asked yet"}`;
      const finite = Number.isFinite(probabilities[0]);
      cell.verdict.className = `verdict ${known ? (good ? "right" : "wrong") : ""}`;
      cell.verdict.replaceChildren(known ? (finite ? String(answer) : "–") : "?", " ",
        element("b", { textContent: known ? (good ? "✓" : "✗") : "" }));
    });
    const when = step > 0 ? "" : " before training";
    this.tenWords.textContent = known ? `${right} of ${count} right${when}` : `How many of ${count} are right before training?`;
    this.reveal.hidden = known || !!LIVE.lecture;
    this.root.dataset.ten = known ? right : "";
    const probabilities = of(this.digit), best = probabilities.indexOf(Math.max(...probabilities));
    this.oneName.textContent = "One test digit";
    this.picture.ariaLabel = `test digit ${d.labels[this.digit]}`;
    this.paint(this.picture, 28, 28, (k) => inkShade(this.colours, d.digits[this.digit * 784 + k], 255), this.digit);
    this.bars.forEach((bar, k) => {
      bar.fill.style.width = known && Number.isFinite(probabilities[k]) ? `${100 * probabilities[k]}%` : "0";
      bar.track.classList.toggle("best", k === best);
      bar.share.textContent = known ? (Number.isFinite(probabilities[k]) ? percent(probabilities[k]) : "–") : "?";
    });
  }
}
