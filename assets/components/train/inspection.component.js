// uses curve.js pixel_canvas.js probability_bars.js layer_maps.js confusion_matrix.js
// uses request_queue.js wall_and_maps_view.js errors_view.js layer_stats_view.js
// A closer look at a run, now or at a step that has been: one view at a time, for one step or two side by side.
// asking.js decides what is requested and when; this file shows it.

const looks = new WeakMap();
const VIEWS = { wall: "Wall of 50", confusion: "Confusion", worst: "Worst mistakes", maps: "Filters and maps",
                sizes: "Sizes and rate" };

export default function ({ data, parentElement, setStateValue }) {
  let look = looks.get(parentElement);
  if (!look) {
    look = new Inspection(parentElement.querySelector(".root"));
    looks.set(parentElement, look);
  }
  look.deliver = (asked) => setStateValue("asked", asked);
  look.show(data);
  return cleanupOf(look);
}

class Inspection extends RequestQueue {
  constructor(root) {
    super();
    this.root = root;
    root.classList.add("insight");
    this.pictures = new Map();  // place in the test set -> pixels
    const make = (className, ...children) => el("div", { className }, ...children);
    this.tabs = Object.entries(VIEWS).map(([view, text]) => {
      const button = el("button", { textContent: text, onclick: () => this.open(this.view === view ? "" : view) });
      button.dataset.view = view;
      return button;
    });
    this.title = el("h2", { hidden: true });
    this.curve = new Curve("Wrong", "Curve of wrong answers over steps; arrow keys read its values");
    this.sliders = ["A", "B"].map((name, n) => this.slider(name, n));
    this.film = el("button", { title: "L", onclick: () => this.toggle() });
    this.two = el("button", { textContent: "Two steps side by side", onclick: () => this.compare() });
    this.words = make("words");
    this.panels = ["A", "B"].map((name) => ({
      node: make("panel"), head: el("h3"), body: make("body"), name, view: "", parts: null,
    }));
    for (const panel of this.panels) panel.node.append(panel.head, panel.body);
    this.onKey = (event) => this.key(event);
    this.choice = make("choice");
    this.time = make("time", this.film, make("sliders", ...this.sliders.map((s) => s.node)), this.two);
    this.stage = make("panels", ...this.panels.map((panel) => panel.node));
    root.append(this.title, this.curve.node, make("tabs", el("strong", { textContent: "Look closer" }), ...this.tabs),
      this.time, make("summary", this.words, this.choice), this.stage);
  }

  // L plays the film; F belongs to whoever shows the run.
  key(event) {
    const key = shortcutOf(event);
    if (isTyping(event)) return;
    if (key === "l" && !this.time.hidden && !this.film.hidden) this.toggle();
    else if (key === "f" && this.data.tests) stageOnly();
    else return;
    event.preventDefault();
  }

  slider(name, n) {
    const input = el("input", { type: "range", min: 0, step: 1, ariaLabel: `Step ${name}` });
    const output = el("output", { className: "number" }), label = el("strong", { textContent: name });
    input.addEventListener("input", () => { this.stop(); this.scrub(n, Number(input.value)); });
    return { input, output, label, node: el("label", {}, label, input, output) };
  }

  leave() {
    this.stop();
    clearTimeout(this.timer);
    this.waiting = null;
    this.theme?.removeEventListener("change", this.onTheme);
    this.theme = null;
    document.removeEventListener("keydown", this.onKey);
    MOUNTED.closer = "";
  }

  wire() {
    if (this.theme) return;
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
    this.theme.addEventListener("change", this.onTheme);
    document.addEventListener("keydown", this.onKey);
  }

  show(data) {
    if (data.run !== this.data?.run) {
      this.stop();
      this.reset();
      this.pictures.clear();
      this.missing = [];
      if (data.number && !this.data) Object.assign(this, structuredClone(data.asked));  // mounted anew
      else if (data.opens && !this.data) this.view = data.opens;
    }
    this.data = data;
    if (data.pixels) {
      const pixels = unpack(data.pixels);
      data.pictures.forEach((number, n) => this.pictures.set(number, pixels.subarray(784 * n, 784 * (n + 1))));
    }
    if (data.number > this.sent) this.sent = data.number;  // Python remembers an earlier visit
    const answered = this.waiting && data.number === this.sent;
    if (answered) {
      clearTimeout(this.timer);
      this.root.dataset.trips = `${this.root.dataset.trips || ""} ${Math.round(performance.now() - this.waiting)}`
        .split(" ").slice(-200).join(" ");
      this.waiting = null;
    }
    this.wire();
    this.draw();
    const needed = this.needed();
    if (needed.length || (this.missing?.length && answered)) {
      this.missing = needed;
      this.changed ||= needed.length > 0;
    }
    if (data.view !== this.view) this.changed = true;
    if (this.playing && answered && !this.changed) this.later();
    this.send();
  }

  needed() {
    const d = this.data, numbers = [...(d.numbers || []), ...(d.view === "maps" ? d.wall || [] : [])];
    for (const frame of d.frames) {
      numbers.push(...(frame.cell || []), ...(frame.worst || []).map((row) => row[0]));
    }
    return [...new Set(numbers)].filter((number) => !this.pictures.has(number));
  }

  picture(canvas, number) {
    const bytes = this.pictures.get(number);
    if (bytes) paintDigit(canvas, this.colours, bytes, `${this.data.run} ${number}`);
    return canvas;
  }

  draw() {
    const d = this.data;
    if (!d) return;
    this.colours = paletteOf(this.root);
    for (const tab of this.tabs) {
      tab.ariaPressed = String(tab.dataset.view === this.view);
      tab.hidden = tab.dataset.view === "sizes" && !d.live;
    }
    this.root.classList.toggle("alone", !!d.tests);
    if (MOUNTED.closer !== this.view) {
      MOUNTED.closer = this.view;
      MOUNTED.stage?.draw?.();
    }
    this.title.hidden = this.curve.node.hidden = !d.tests;
    this.drawTime();
    if (d.tests) this.drawTests();
    const current = d.view === this.view, two = current && d.frames.length === 2;
    this.stage.classList.toggle("two", two);
    this.stage.hidden = this.words.hidden = !this.view;
    this.choice.hidden = !(current && ["maps", "confusion", "worst"].includes(d.view));
    if (!current || !d.view) return;
    this.panels.forEach((panel, n) => {
      panel.node.hidden = d.view === "sizes" ? n > 0 || !d.sizes : !d.frames[n];
      panel.head.hidden = !two;
      if (d.frames[n]) {
        panel.node.dataset.step = d.frames[n].step;
        panel.head.textContent = `${panel.name}: step ${thousands(d.frames[n].step)}`;
      }
      if (panel.view !== d.view) {
        panel.view = d.view;
        panel.body.replaceChildren();
        panel.body.className = `body ${d.view}`;
        panel.parts = null;
      }
    });
    const views = { wall: showWall, confusion: showConfusion, worst: showWorst, maps: showMaps, sizes: showSizes };
    const shown = views[d.view];
    d.frames.forEach((frame, n) => shown(this, this.panels[n], frame, n ? d.frames[0] : null));
    if (d.view === "sizes") showSizes(this, this.panels[0]);
    this.say();
    Object.assign(this.root.dataset, { view: d.view, number: d.number, steps: d.frames.map((f) => f.step).join(" ") });
  }

  drawTime() {
    const d = this.data, last = d.steps.length - 1;
    this.time.hidden = !this.view || (this.view === "sizes" && d.running);  // its numbers are of now
    this.film.hidden = this.view === "sizes";  // a figure is drawn anew too slowly
    this.film.textContent = this.playing ? "❚❚ Pause" : "▶ Film";
    this.two.ariaPressed = String(this.steps.length === 2);
    this.sliders.forEach((slider, n) => {
      slider.node.hidden = n >= this.steps.length;
      slider.label.hidden = this.steps.length < 2;
      if (slider.node.hidden) return;
      const at = this.index(n), newest = this.steps[n] === null;
      slider.input.max = last;
      slider.input.value = at;
      slider.input.disabled = last < 1;
      const words = `step ${thousands(d.steps[at])}${newest ? (d.running ? ", now" : ", last") : ""}`;
      slider.input.ariaValueText = words;
      slider.output.textContent = words;
    });
  }

  drawTests() {
    const d = this.data, tests = rowsOf(unpack(d.tests)), part = tests.filter((row) => row[2] < 10000);
    this.title.textContent = d.title;
    const share = (row) => 1000 * row[1] / row[2];
    const all = tests.filter((row) => row[2] >= 10000);
    const last = all.at(-1) || tests.at(-1);
    this.curve.big.textContent = `${thousands(last[1])} of ${thousands(last[2])}`;
    this.curve.note.textContent = "at the end; the line is a fixed sample of 1,000";
    this.curve.draw([
      { points: part.map((row) => [row[0], share(row)]), of: 1000 },
      { points: all.map((row) => [row[0], share(row)]), squares: true, of: 10000 },
    ], d.total, [3, 10, 30, 100, 300, 1000], (at, value, line) =>
      `step ${thousands(at)}: ${thousands(value * line.of / 1000)} of ${thousands(line.of)}`);
    this.steps.forEach((_, n) => this.curve.mark(d.steps[this.index(n)], this.steps.length === 2 ? "AB"[n] : ""));
  }

  // Said to a screen reader where somebody asked, not at each of a run's updates.
  say() {
    const words = { wall: wallWords, confusion: confusionWords, worst: worstWords, maps: mapsWords,
                    sizes: sizesWords }[this.data.view](this);
    this.words.ariaLive = this.playing || (this.data.running && this.steps.includes(null)) ? "off" : "polite";
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}
