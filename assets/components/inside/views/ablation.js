// A filter or a neuron switched off, or its bias shifted: the answer and the count of wrong ones, before and after.

class OffView extends View {
  constructor(stage, data) {
    super(stage, data);
    this.steps = 2;
  }

  caption() { return `what is ${this.data.target} good for? · ${this.data.what}`; }

  value() { return this.data.answers[this.stage.step].digit; }

  mistakes() {
    const { best, digit } = this.data.answers[1];
    return best.filter((k) => k !== digit).map((k) => ({ value: k, why: "less likely" }));
  }

  build() {
    const d = this.data, { stage } = this;
    stage.row.replaceChildren(this.controls(), this.bars(), this.counts());
    stage.sum.replaceChildren(this.list());
    stage.way(d.changes.length ? "Path with this change" : "Path", { view: "path" });
    if (d.pictured) stage.way("Its weights", { view: "filter" });
  }

  tell(what) { this.stage.tell("change", what); }

  controls() {
    const d = this.data, { stage } = this, [rows, columns] = d.maps[0].shape, side = stage.narrow ? 130 : 150;
    const scale = side / Math.max(rows, columns);
    this.pictures = d.maps.map((_, k) => new Picture(rows, columns, Math.max(rows, columns) > 1 ? scale : 64, `${d.target}, ${k ? "with the changes" : "as learned"}`));
    this.under = d.maps.map(() => element("div", { className: "under number" }));
    const pair = element("div", { className: "chain" }, element("div", { className: "part" }, this.pictures[0].node, this.under[0]),
      element("div", { className: "arrow" }, element("span", { textContent: "→" })),
      element("div", { className: "part secret" }, this.pictures[1].node, this.under[1]));
    const button = (text, what, id) => {
      const node = element("button", { textContent: text, onclick: () => this.tell(what) });
      node.dataset.id = id;
      return node;
    };
    const off = button(d.isOff ? "Switch it on" : "Switch it off", { off: !d.isOff }, "off");
    off.ariaPressed = String(d.isOff);
    off.disabled = !d.canOff;
    const undo = button("Undo", { undo: true }, "undo"), all = button("All on again", { all: true }, "all");
    undo.disabled = !d.undo;
    all.disabled = !d.changes.length;
    const [low, high] = d.bound, slider = element("input", { type: "range", min: low, max: high, step: 0.1, value: d.shift, ariaLabel: "Shift of the bias" });
    slider.dataset.id = "shift";
    const text = element("div", { className: "number" });
    const say = (shift) => { text.textContent = `bias ${number(d.bias)} ${shift < 0 ? "−" : "+"} ${number(Math.abs(shift), 1)}`; };
    say(d.shift);
    slider.addEventListener("input", () => say(Number(slider.value)));
    slider.addEventListener("change", () => this.tell({ shift: Number(slider.value) }));
    return element("div", { className: "offcontrols" }, element("div", { className: "name", textContent: `${d.target}, after ${d.shownName}` }), pair,
      element("div", { className: "offbuttons" }, off, undo, all), text, slider);
  }

  // Every class twice: as learned above, with the changes below.
  bars() {
    const d = this.data, names = d.answers[0].names;
    this.rows = d.shown.map((k) => {
      const row = element("div", { className: "twice" }, element("strong", { textContent: names[k] }));
      const tracks = element("div", { className: "tracks" });
      const fills = [0, 1].map((n) => {
        const fill = element("div", { className: "fill" });
        tracks.append(element("div", { className: n ? "track after" : "track" }, fill));
        return fill;
      });
      const numbers = [0, 1].map((n) => element("span", { className: n ? "number after secret" : "number" }));
      row.append(tracks, ...numbers);
      row.dataset.digit = k;
      return { k, row, fills, numbers };
    });
    const head = element("div", { className: "twice head2" }, element("strong"), element("span"),
      element("small", { textContent: "as learned" }), element("small", { textContent: "changed" }));
    this.title = element("div", { className: "answer secret" });
    return element("div", { className: "answers offbars" }, this.title, head, ...this.rows.map(({ row }) => row));
  }

  counts() {
    const { asked } = this.data, box = element("div", { className: "offcounts" });
    if (!asked) {
      box.append(element("div", { className: "name", textContent: "Its classes are no digits: there is nothing to count." }));
      return box;
    }
    this.wrong = [0, 1].map((n) => element("div", { className: n ? "howmany number secret" : "howmany number" }));
    box.append(element("div", { className: "name", textContent: `wrong of ${asked.of.toLocaleString("en")} test digits` }),
      element("small", { textContent: "as learned" }), this.wrong[0], element("small", { textContent: "with the changes" }), this.wrong[1]);
    return box;
  }

  list() {
    const { changes } = this.data, { stage } = this;
    const chips = changes.map((each, k) => {
      const chip = element("button", { className: "chip", textContent: each.text, onclick: () => stage.open({ layer: each.layer, map: each.map, view: "off" }) });
      chip.dataset.id = `change-${k}`;
      return chip;
    });
    const name = element("span", { className: "changedname", textContent: "Changed:", hidden: !changes.length });
    return element("div", { className: "chips" }, name, ...chips);
  }

  draw(step) {
    const d = this.data, { colours } = this, known = this.known(1);
    const largest = largestOf(d.maps[0]) || largestOf(d.maps[1]), below = d.maps.some((map) => map.some((v) => v < 0));
    d.maps.forEach((map, n) => {
      const told = !n || known;
      if (told) this.pictures[n].draw(colours, below ? signShade : inkShade, map, largest);
      else this.pictures[n].blank(colours, "?");
      this.under[n].textContent = !told ? "" : map.length === 1 ? number(map[0]) : n ? (d.isOff ? "off: 0" : "now") : "as learned";
    });
    this.rows.forEach(({ k, row, fills, numbers }) => {
      d.answers.forEach((answer, n) => {
        const told = !n || known;
        fills[n].style.width = told ? `${100 * answer.probabilities[k]}%` : "0";
        numbers[n].textContent = told ? percent(answer.probabilities[k]) : "?";
        numbers[n].classList.toggle("best", told && k === answer.digit);
      });
      row.dataset.after = known ? d.answers[1].probabilities[k] : "";
    });
    const names = d.answers[0].names, [before, after] = d.answers.map((answer) => names[answer.digit]);
    this.title.textContent = !known ? `answer ${before} → ?` : before === after ? `answer ${after}, as before` : `answer ${before} → ${after}`;
    if (d.asked) {
      [d.asked.before, d.asked.after].forEach((count, n) => {
        this.wrong[n].textContent = n && !known ? "?" : count === null || count === undefined ? "asking …" : count.toLocaleString("en");
      });
    }
    Object.assign(this.stage.root.dataset, { changes: d.changes.length, before: d.asked?.before ?? "", after: known ? d.asked?.after ?? "" : "" });
  }

  sentence(step, hidden) {
    const d = this.data, names = d.answers[0].names, [before, after] = d.answers;
    if (!step) return `As learned the network answers ${names[before.digit]}, with ${percent(before.probabilities[before.digit])}.`;
    if (!d.changes.length) return "Nothing is changed: choose a map or unit in the strip, then switch it off.";
    const changed = d.changes.map((each) => each.text).join("; ");
    if (hidden) return `Changed: ${changed}. What does the network answer?`;
    const counted = d.asked && Number.isInteger(d.asked.after) && Number.isInteger(d.asked.before)
      ? ` Of ${d.asked.of.toLocaleString("en")} test digits ${d.asked.after.toLocaleString("en")} are wrong, before ${d.asked.before.toLocaleString("en")}.` : "";
    return `Changed: ${changed}. It answers ${names[after.digit]}, with ${percent(after.probabilities[after.digit])}.${counted}`;
  }
}
