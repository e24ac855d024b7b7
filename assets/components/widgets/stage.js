// uses svg_export.js playing.js guess.js
// The base of every scene that is walked step by step: steps, keys, play, predict first, stage only.
// A kind of stage says how its data are read, built, drawn and said; it computes nothing.
//
//   read(data)     data from Python -> what is kept in this.data; sets this.steps
//   build()        the figures for this width and theme, into this.row and this.sum
//   draw()         step this.step; its value hidden while this.hidden
//   sentence()     the step in words; unhide the value only if not this.hidden
//   value()        the number this step gives, for `data-value` and as the right option
//   options()      [{text, right, why}, …]: the value and what typical mistakes would give at this step
//
// One instance lives in one shadow root and survives reruns.

const KEYS = "→ PageDown Space: next beat · ← PageUp: back · K: play · + −: faster, slower · Home End: first, "
  + "last · F: stage only · P: predict first · A–D: count a vote · digits: a guess, else a scene · ?: keys";

// What the component's module exports: mount(MyStage).
function mount(Kind) {
  const instances = new WeakMap();
  return function ({ data, parentElement, setTriggerValue }) {
    let stage = instances.get(parentElement);
    if (!stage) {
      stage = new Kind(parentElement);
      instances.set(parentElement, stage);
    }
    stage.emit = setTriggerValue;
    stage.show(data);
    stage.listen();
    return cleanupOf(stage);
  };
}

class Stage {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;
  /** @type {any} what read() kept */
  data;
  /** @type {Grid[]} */
  grids;
  steps = 1;

  constructor(shadow) {
    this.root = shadow.querySelector(".root");
    this.root.classList.add("stage");
    this.root.tabIndex = -1;
    this.step = 0;
    this.hidden = this.predict = false;
    this.speed = rememberedSpeed();
    this.head = el("div", { className: "head" });
    this.row = el("div", { className: "row" });
    this.sum = el("div", { className: "sum" });
    this.line = el("div", { className: "line" });
    this.keys = el("div", { className: "keys" });
    this.count = el("span", { className: "step number secret" });
    const button = this.button.bind(this);
    this.playButton = button("▶ Play", "Play or pause", () => this.toggle());
    this.predictButton = button("Predict first", "Hide the next value until it is revealed",
      () => this.togglePredict());
    this.scrub = el("input", { type: "range", min: 1, className: "scrub", ariaLabel: "Step" });
    this.scrub.addEventListener("input", () => { this.stop(); this.go(Number(this.scrub.value) - 1, false); });
    this.scrub.addEventListener("change", () => this.focus());
    this.guess = new Guess();
    this.root.append(this.head, this.row, this.sum, this.guess.node, this.line, this.scrub,
      this.buttons = el("div", { className: "buttons" }, button("← Back", "Back", () => advance(false)),
        button("Next →", "Next beat", () => advance(true)), this.playButton, this.predictButton,
        button("Stage only", "Stage only", () => stageOnly()),
        button("SVG", "Save this picture as SVG, for slides", () => this.saveSvg()),
        button("?", "Keys", () => this.help()), this.count),
      this.keys);
    for (const node of [this.sum, this.line, this.scrub]) node.classList.add("secret");
    this.line.setAttribute("aria-live", "polite");
    this.keys.textContent = KEYS;
    this.keys.hidden = true;
    this.onKey = (event) => this.key(event);
    this.resize = new ResizeObserver(() => this.width !== this.root.clientWidth && this.data && this.rebuild());
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => setTimeout(() => this.rebuild(), 50);
  }

  button(text, label, act) {
    return el("button", { textContent: text, ariaLabel: label, onclick: () => {
      act();
      this.focus();  // the next key belongs to the stage
    } });
  }

  focus() { this.root.focus({ preventScroll: true }); }

  listen() {
    this.leave();
    document.addEventListener("keydown", this.onKey);
    this.scheme.addEventListener("change", this.onScheme);
    this.resize.observe(this.root);
    MOUNTED.stage = this;
    this.root.classList.toggle("lectured", !!MOUNTED.lecture);
    MOUNTED.lecture?.meet(this);
  }

  leave() {
    this.stop();
    document.removeEventListener("keydown", this.onKey);
    this.scheme.removeEventListener("change", this.onScheme);
    this.resize.disconnect();
    if (MOUNTED.stage === this) MOUNTED.stage = null;
    if (!MOUNTED.lecture) stageOnly(false);
  }

  // The step is kept when only numbers changed (`data.scene` stays), so that an edited cell shows its effect.
  // What arrives while a cell is typed or painted waits for the end of it.
  show(data) {
    this.newest = data;
    if (this.root.querySelector(".typed, .painted")) {
      setTimeout(() => { if (this.newest === data) this.show(data); }, 50);
      return;
    }
    const same = this.scene !== undefined && this.scene === data.scene;
    this.scene = data.scene;
    this.beats = null;
    this.silent = this.locked = false;
    this.root.classList.remove("concealed");
    this.data = this.read(data);
    this.stop();
    this.scrub.max = this.steps;
    this.rebuild();
    if (same) this.go(this.step, this.hidden);
    else this.go((data.step || 1) - 1, this.predict);
  }

  rebuild() {
    const focused = this.focusedCell();
    this.width = this.root.clientWidth;
    this.colours = paletteOf(this.root);
    this.build();
    this.redraw();
    this.fit();
    if (focused) this.grids?.find((grid) => grid.node.dataset.name === focused.name)?.focusCell(focused.index);
  }

  fit() {
    fit(this.root);
    this.width = this.root.clientWidth;  // what was made smaller is not built anew
  }

  // Where the keyboard focus is, so that it is there again after new numbers; a stage lists its `grids` for it.
  focusedCell() {
    const active = this.root.getRootNode().activeElement;
    const grid = active && this.grids?.find((each) => each.node.contains(active));
    return grid && { name: grid.node.dataset.name, index: grid.current };
  }

  redraw() {
    const k = this.step;
    this.step = Math.min(k, this.steps - 1);
    this.draw();
    this.line.textContent = this.sentence();
    this.scrub.value = this.step + 1;
    this.scrub.ariaValueText = this.count.textContent = `step ${this.step + 1} of ${this.steps}`;
    Object.assign(this.root.dataset, {
      step: this.step + 1, steps: this.steps, hidden: this.hidden, value: this.hidden ? "" : this.value(),
    });
  }

  /** @param {any} data @returns {any} */
  read(data) { return data; }

  build() {}

  draw() {}

  sentence() { return ""; }

  /** @returns {number | string} */
  value() { return ""; }

  go(step, hidden) {
    if (this.locked) return;
    const before = [this.step, this.hidden];
    this.step = Math.min(Math.max(Number(step), 0), this.steps - 1);
    this.hidden = hidden;
    const known = Number.isFinite(this.value()), same = before[0] === this.step;
    if (this.silent) this.guess.close();
    else if (hidden && !(same && before[1])) this.guess.ask(known ? this.options() : [], known);
    else if (!hidden && same && before[1]) this.guess.reveal(this.value());
    else if (!hidden) this.guess.close();
    this.redraw();
    if (!this.playing) this.fit();
  }

  // As Python made them for this step, in an order that the step decides.
  options() { return shuffled(optionsAt(this.data.options, this.optionIndex()), this.step); }

  // Which of the lists in the data belongs to this step.
  optionIndex() { return this.step; }

  // A beat within the scene. Returns whether there was one; `beats` are the only steps visited, where given.
  walk(forward) {
    this.stop();
    if (forward && this.hidden) { this.go(this.step, false); return true; }
    if (!forward && this.predict && !this.hidden && !this.beats) { this.go(this.step, true); return true; }
    const next = this.beats ? (forward ? this.beats.find((k) => k > this.step)
      : this.beats.findLast((k) => k < this.step))
      : this.step + (forward ? 1 : -1);
    if (next === undefined || next < 0 || next >= this.steps) return false;
    this.go(next, forward && this.predict && !this.beats);
    return true;
  }

  // What a lecture's scene sets: a step counted from 0, its value hidden or not, the steps it visits, and
  // whether everything that would tell the answer (marked "secret") is concealed, and whether the scene has
  // options of its own, so that the stage asks nothing.
  begin({ step, hidden, beats, concealed, silent }) {
    this.beats = beats;
    this.silent = silent;
    this.locked = false;
    this.root.classList.toggle("concealed", concealed);
    this.go(step ?? this.step, hidden);
    this.locked = hidden || concealed;  // until the lecture reveals
  }

  togglePredict() {
    this.stop();
    this.predict = !this.predict;
    this.predictButton.ariaPressed = String(this.predict);
    this.predictButton.textContent = this.predict ? "✓ Predict first" : "Predict first";
    this.go(this.step, this.predict);
  }

  toggle() {
    if (this.locked) return;
    if (this.playing) { this.stop(); return; }
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.go(this.steps - 1, false); return; }
    const from = this.step >= this.steps - 1 ? 0 : this.step;
    const begun = performance.now();
    let frames = 0, last = begun, played = 0;
    const tick = (now) => {
      played += (now - last) * this.speed;  // a speed that is changed meanwhile holds from here on
      last = now;
      const step = this.stepAt(played, from);
      frames += 1;
      if (step !== this.step || this.hidden) this.go(step, false);
      const seconds = (now - begun) / 1000;
      if (seconds > 0.2) this.root.dataset.fps = (frames / seconds).toFixed(1);
      if (step >= this.steps - 1) this.stop();
      else this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.namePlay();
  }

  changeSpeed(faster) {
    this.speed = changedSpeed(this.speed, faster);
    this.namePlay();
  }

  namePlay() {
    const speed = this.speed === 1 ? "" : ` × ${this.speed}`;
    this.playButton.textContent = `${this.playing ? "❚❚ Pause" : "▶ Play"}${speed}`;
  }

  // Steps in one row of what the scene fills; the rhythm of playing follows it.
  rowLength() { return this.steps; }

  stepAt(elapsed, from) { return playedStep(elapsed, from, this.steps, this.rowLength()); }

  stop() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.namePlay();
  }

  // The current picture, without the controls.
  saveSvg() {
    const zoom = this.root.style.zoom, controls = [this.scrub, this.buttons, this.keys];
    const shown = [...this.root.children].filter((node) => node.clientWidth > 1 && !controls.includes(node));
    this.root.style.zoom = "";  // boxes and letters are measured at the same size
    const name = `${this.head.querySelector("h2")?.textContent || "stage"} step ${this.step + 1}`;
    download(`${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.svg`, "image/svg+xml",
      svgOf(shown, this.colours.background));
    this.root.style.zoom = zoom;
  }

  help() { this.keys.hidden = !this.keys.hidden; }

  key(event) {
    const target = event.composedPath()[0];
    if (target !== this.scrub && isTyping(event)) return;
    if ([" ", "Enter"].includes(event.key) && target.matches?.("button, a, summary, [role=button], input")) return;
    const key = shortcutOf(event), act = {
      ArrowRight: () => advance(true), PageDown: () => advance(true), " ": () => advance(true),
      ArrowLeft: () => advance(false), PageUp: () => advance(false),
      Home: () => { this.stop(); this.go(0, false); }, End: () => { this.stop(); this.go(this.steps - 1, false); },
      k: () => this.toggle(), f: () => stageOnly(), p: () => this.togglePredict(), "?": () => this.help(),
    }[key];
    if (act) act();
    else if (this.guess.key(typedCharacter(event))) { /* a vote or a typed guess */ }
    else if (["+", "=", "-"].includes(key)) this.changeSpeed(key !== "-");
    else if (!MOUNTED.lecture && /^[1-9]$/.test(key)) this.emit("preset", Number(key));
    else return;
    event.preventDefault();
  }
}
