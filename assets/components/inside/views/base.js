// The base of every view inside a network.

// A view computes nothing: it lays out and words what Python sent.
class InsideView {
  constructor(stage, data) {
    this.stage = stage;
    this.data = data;
    this.steps = 2;
  }

  get colours() { return this.stage.colours; }

  caption() { return `${this.data.what}`; }

  value() { return ""; }

  options() { return []; }

  // Classes to choose from, the most probable first; `why` the others are wrong.
  classOptions({ best, names, digit }, why) {
    return best.slice(0, 4).map((k) => ({ text: names[k], right: k === digit, why: k === digit ? "" : why }));
  }

  // The step's own part is known once it is revealed, later parts not at all.
  known(part) { return this.stage.step > part || (this.stage.step === part && !this.stage.hidden); }

  title() { return `map ${this.data.map} of ${this.data.name}`; }
}
