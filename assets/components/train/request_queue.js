// What a closer look asks for: a view, one or two steps, a digit, a cell; and its film, which asks step after step.
// Python computes the answer; one request is in flight, and its number comes back with it.
// A subclass gives `draw()`, `deliver(asked)`, and keeps the last answer as `this.data`.

const PATIENCE = 6000;      // milliseconds until a request counts as lost
const FRAME = 220;          // milliseconds for which a frame of the film is shown at least

class RequestQueue {
  /** @type {any} the last answer */
  data;
  /** @type {number[]} test digits whose pixels have not been sent yet */
  missing;

  constructor() {
    this.sent = 0;
    this.view = "";
    this.subject = "drawing";
    this.reset();
  }

  // Another run: the view stays, what belonged to a step does not.
  reset() {
    this.steps = [null];
    this.cell = null;
    this.all = false;
  }

  draw() {}

  /** @param {object} asked */
  deliver(asked) { throw new Error(`nothing delivers ${asked}`); }

  open(view) {
    this.stop();
    this.view = view;
    this.cell = null;
    this.ask();
  }

  // The newest snapshot is followed, so it has no step of its own.
  scrub(n, index) {
    const steps = this.data.steps;
    this.steps[n] = index >= steps.length - 1 ? null : steps[index];
    this.ask();
  }

  compare() {
    this.stop();
    const steps = this.data.steps, first = this.index(0);
    this.steps = this.steps.length === 2 ? [this.steps[0]]
      : first >= steps.length - 1 ? [steps[Math.floor((steps.length - 1) / 3)] ?? null, null] : [this.steps[0], null];
    this.ask();
  }

  choose(number) {
    this.subject = number;
    this.open("maps");
  }

  toggle() {
    if (this.playing) { this.stop(); this.draw(); return; }
    this.playing = true;
    this.scrub(0, this.index(0) >= this.data.steps.length - 1 ? 0 : this.index(0) + 1);
  }

  stop() {
    this.playing = false;
    clearTimeout(this.next);
  }

  ask() {
    this.changed = true;
    this.draw();
    this.send();
  }

  send() {
    if (this.waiting || !this.changed) return;
    this.changed = false;
    this.waiting = performance.now();
    this.sent += 1;
    this.timer = setTimeout(() => { this.waiting = null; this.changed = true; this.send(); }, PATIENCE);
    const { view, steps, subject, cell, all } = this;
    this.deliver({ number: this.sent, view, steps: [...steps], subject, cell, all, pictures: this.missing || [] });
  }

  index(n) {
    const step = this.steps[n], steps = this.data.steps;
    if (step === null || step === undefined) return steps.length - 1;
    let at = 0;
    steps.forEach((each, k) => { if (each <= step) at = k; });
    return at;
  }

  later() {
    clearTimeout(this.next);
    this.next = setTimeout(() => {
      if (!this.playing) return;
      const to = this.index(0) + 1, last = this.data.steps.length - 1;
      if (to >= last) this.playing = false;
      this.scrub(0, to);
    }, FRAME);
  }
}
