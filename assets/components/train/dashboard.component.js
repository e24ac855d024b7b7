// uses curve.js pixel_canvas.js probability_bars.js sample_answers.js
// A training as it goes, or a recorded one played again: curves, first filters, one digit, ten answers.
// Every number comes from Python (cnncore.training.progress); here it is only drawn.

const AXIS_OF = 1000;  // tests of any size are drawn as errors in so many images
const LATE = 5000;  // milliseconds without news, after which a training that is under way is asked for
const boards = new WeakMap();
const ARRAYS_SENT = ["losses", "tests", "full_tests", "views", "weights", "probabilities", "answers", "correct",
  "shown", "digits"];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  let board = boards.get(parentElement);
  if (!board) {
    board = new Dashboard(root);
    boards.set(parentElement, board);
  }
  board.emit = setTriggerValue;
  board.show(data);
  board.wire();
  MOUNTED.stage = board;
  MOUNTED.lecture?.meet(board);
  return cleanupOf(board);
}

class Dashboard {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("training");
    const make = (className, ...children) => el("div", { className }, ...children);
    this.badge = el("span", { className: "badge", hidden: true, textContent: "Recorded" });
    this.title = el("h2");
    this.about = el("span", { className: "about" });
    this.words = make("words");
    this.words.setAttribute("role", "status");
    this.fill = el("div");
    this.bar = make("bar", this.fill);
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the training");
    this.facts = make("facts");
    this.loss = new Curve("Loss", "Curve of the training loss over steps; arrow keys read its values");
    this.wrong = new Curve("Wrong", "Curve of wrong answers over steps; arrow keys read its values");
    this.filters = make("filters");
    this.filtersName = make("name");
    this.ten = new SampleAnswers(() => this.draw());
    this.replay = this.makeReplay();
    root.append(
      make("headline", this.badge, this.title, this.about), this.words, this.replay, this.bar, this.facts,
      make("curves", this.loss.node, this.wrong.node),
      make("below", el("div", {}, this.filtersName, this.filters),
        this.ten.one, this.ten.all));
    this.onKey = (event) => this.key(event);
  }

  makeReplay() {
    this.play = el("button", { textContent: "▶ Play", onclick: () => this.toggle() });
    this.slider = el("input", { type: "range", min: 0, step: "any", ariaLabel: "Seconds of the recorded run" });
    this.slider.addEventListener("input", () => { this.stop(); this.time = Number(this.slider.value); this.draw(); });
    this.clock = el("output", { className: "number" });
    return el("div", { className: "replay", hidden: true }, this.play, this.slider, this.clock);
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
    clearInterval(this.asking);
    if (MOUNTED.stage === this) MOUNTED.stage = null;
    if (!MOUNTED.lecture) stageOnly(false);
    document.removeEventListener("keydown", this.onKey);
    this.theme?.removeEventListener("change", this.onTheme);
    this.theme = null;
  }

  key(event) {
    if (isTyping(event)) return;
    const key = shortcutOf(event);
    if (key === "f") this.root.classList.toggle("alone", stageOnly());
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
    this.ten.revealed = !asked;
    this.draw();
  }

  show(data) {
    const another = this.data?.run !== data.run;
    const d = { ...data };
    for (const name of ARRAYS_SENT) d[name] = unpack(data[name]);
    for (const name of ["losses", "tests", "full_tests", "views"]) d[name] = rowsOf(d[name]);
    if (another || !this.data) {
      this.ten.revealed = false;
      this.stop();
      this.time = 0;
      if (d.recorded) this.end = Math.max(...[...d.losses, ...d.full_tests].map((row) => row[1]));
    }
    this.data = d;
    this.askWhenLate();
    if (another) this.ten.make(d.digits.shape[0]);
    this.draw();
  }

  // The page's own timer can get lost: Streamlit stops it where it fires while the page's script begins anew.
  askWhenLate() {
    clearInterval(this.asking);
    const underWay = ["waiting", "running"].includes(this.data.state);
    if (underWay) this.asking = setInterval(() => this.emit("late", Date.now()), LATE);
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
    this.root.classList.toggle("small", !!MOUNTED.closer);  // a closer look takes the room
    this.title.textContent = d.title;
    this.about.textContent = d.about;
    this.badge.hidden = !d.recorded;
    this.replay.hidden = !d.recorded;
    this.bar.hidden = d.recorded || d.endless;  // the slider says it; without an end there is no share of it
    if (d.recorded) {
      this.slider.max = this.end;
      this.slider.value = this.time;
      this.clock.textContent = `${this.time.toFixed(1)} s`;
    }
    const last = tests.at(-1), lastFull = full.at(-1);
    this.say(d, step, lastFull);
    const done = d.steps ? step / d.steps : 0;
    this.fill.style.width = `${100 * done}%`;
    this.bar.setAttribute("aria-valuenow", Math.round(100 * done));
    this.showFacts(d, step);
    this.loss.big.textContent = losses.length ? formatNumber(losses.at(-1)[2]) : "–";
    this.loss.note.textContent = "of the training, smoothed";
    const most = Math.max(3, ...losses.map((row) => row[2]).filter(Number.isFinite));
    const lossTicks = [0.01, 0.03, 0.1, 0.3, 1, 3, ...[10, 100, 1000, 1e4].filter((t) => t < 10 * most && most > 3)];
    this.loss.draw([{ points: losses.map((row) => [row[0], row[2]]), dots: true }], d.span, lossTicks,
      (at, value) => `step ${thousands(at)}: ${formatNumber(value, 3)}`);
    this.drawWrong(d, tests, full, last);
    const view = Math.max(until(d.views).length - 1, 0);
    this.drawFilters(view);
    const right = this.ten.draw(d, view, step, this.colours);
    Object.assign(this.root.dataset, {
      state: d.state, step, steps: d.steps, rate: d.rate, run: d.run, seconds: d.seconds, endless: d.endless,
      right: last ? (1 - last[3] / last[4]).toFixed(4) : "", view: d.views[view][0], ten: right,
    });
  }

  drawWrong(d, tests, full, last) {
    const share = (row) => AXIS_OF * row[3] / row[4];
    this.wrong.big.textContent = last ? `${thousands(last[3])} of ${thousands(last[4])}` : "–";
    const right = last ? `, ${formatNumber(100 * (1 - last[3] / last[4]), 1)} % right` : "";
    const scale = last && last[4] !== AXIS_OF ? `; axis: of ${thousands(AXIS_OF)}` : "";
    this.wrong.note.textContent = `a fixed sample${right}${scale}`;
    this.wrong.draw([
      { points: tests.map((row) => [row[0], share(row)]), dots: true, of: tests[0]?.[4] },
      { points: full.map((row) => [row[0], share(row)]), squares: true, of: full[0]?.[4] },
    ], d.span, [3, 10, 30, 100, 300, 1000], (at, value, line) =>
      `step ${thousands(at)}: ${thousands(value * line.of / AXIS_OF)} of ${thousands(line.of)}`);
  }

  // Said to a screen reader when something happens, not five times a second.
  say(d, step, lastFull) {
    let words = d.sentence;
    if (d.recorded) words = lastFull
      ? `After ${duration(this.time)}: wrong ${thousands(lastFull[3])} of ${thousands(lastFull[4])}.`
      : step ? "All 10,000 test digits are asked at the end of each epoch."
      : "Recorded earlier, not running now: press Play or K.";
    else if (!words && lastFull)
      words = `At the end of epoch ${formatNumber(lastFull[2], 0)}: wrong ${thousands(lastFull[3])} of `
      + `${thousands(lastFull[4])} test ${d.noun}s.`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  showFacts(d, step) {
    const fact = (value, unit) => el("span", {}, el("b", { textContent: value }), ` ${unit}`);
    const facts = [];
    if (d.steps && d.endless)
      facts.push(fact(thousands(step), "steps"), fact(formatNumber(d.epoch + 1e-9, 1), "epochs, until stopped"));
    else if (d.steps) facts.push(fact(`${thousands(step)} of ${thousands(d.steps)}`, "steps"));
    if (d.epochs && d.steps)
      facts.push(fact(formatNumber(d.epochs * step / d.steps + 1e-9, 1), `of ${d.epochs} epochs`));
    if (d.speed) facts.push(fact(thousands(d.speed), "images a second"));
    if (d.recorded) facts.push(fact(duration(this.time), "of the recording"));
    else if (d.steps) facts.push(fact(duration(d.seconds), "so far"));
    if (d.left > 0.5) facts.push(fact(`about ${duration(d.left)}`, "left"));
    if (d.rate) facts.push(fact(formatNumber(d.rate, 4), "learning rate"));
    this.facts.replaceChildren(...facts);
  }

  drawFilters(view) {
    const [, height, width, count] = this.data.weights.shape;
    const values = this.data.weights.subarray(view * height * width * count, (view + 1) * height * width * count);
    this.filtersName.textContent = "";
    if (!count) return;
    this.filtersName.textContent = height < 28 ? "First filters" : "Weights of 8 dense units";
    values.shape = [height, width, count];
    paintFilters(this.filters, this.colours, values, `view ${this.data.views[view][0]} ${this.data.run}`);
  }
}
