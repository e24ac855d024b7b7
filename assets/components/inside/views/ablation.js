// A filter or a neuron switched off, or its bias shifted: the answer and the count of wrong ones, before and after.

class AblationView extends InsideView {
  constructor(stage, data) {
    super(stage, data);
    this.steps = 2;
  }

  caption() { return `what is ${this.data.target} good for? · ${this.data.what}`; }

  value() { return this.data.answers[this.stage.step].digit; }

  options() { return this.classOptions(this.data.answers[1], "less likely"); }

  build() {
    const d = this.data, { stage } = this;
    stage.row.replaceChildren(this.controls(), this.bars(), this.counts());
    stage.sum.replaceChildren(this.list());
    stage.addLink(d.changes.length ? "Path with this change" : "Path", { view: "path" });
    if (d.pictured) stage.addLink("Its weights", { view: "filter" });
  }

  emit(what) { this.stage.emit("change", what); }

  controls() {
    const d = this.data, { stage } = this, [rows, columns] = d.maps[0].shape, side = stage.narrow ? 130 : 150;
    const scale = side / Math.max(rows, columns);
    this.pictures = d.maps.map((_, k) => new MapPicture(rows, columns, Math.max(rows, columns) > 1 ? scale : 64,
      `${d.target}, ${k ? "with the changes" : "as learned"}`));
    this.under = d.maps.map(() => el("div", { className: "under number" }));
    const pair = el("div", { className: "chain" }, el("div", { className: "part" }, this.pictures[0].node,
      this.under[0]),
      el("div", { className: "arrow" }, el("span", { textContent: "→" })),
      el("div", { className: "part secret" }, this.pictures[1].node, this.under[1]));
    const button = (text, what, id) => {
      const node = el("button", { textContent: text, onclick: () => this.emit(what) });
      node.dataset.id = id;
      return node;
    };
    const off = button(d.isOff ? "Switch it on" : "Switch it off", { off: !d.isOff }, "off");
    off.ariaPressed = String(d.isOff);
    off.disabled = !d.canOff;
    const undo = button("Undo", { undo: true }, "undo"), all = button("All on again", { all: true }, "all");
    undo.disabled = !d.undo;
    all.disabled = !d.changes.length;
    const [low, high] = d.bound,
      slider = el("input", { type: "range", min: low, max: high, step: 0.1, value: d.shift,
      ariaLabel: "Shift of the bias" });
    slider.dataset.id = "shift";
    const text = el("div", { className: "number" });
    const say = (shift) => {
      text.textContent = `bias ${formatNumber(d.bias)} ${shift < 0 ? "−" : "+"} ${formatNumber(Math.abs(shift), 1)}`;
    };
    say(d.shift);
    slider.addEventListener("input", () => say(Number(slider.value)));
    slider.addEventListener("change", () => this.emit({ shift: Number(slider.value) }));
    return el("div", { className: "offcontrols" },
      el("div", { className: "name", textContent: `${d.target}, after ${d.shownName}` }), pair,
      el("div", { className: "offbuttons" }, off, undo, all), text, slider);
  }

  // Every class twice: as learned above, with the changes below.
  bars() {
    const d = this.data, names = d.answers[0].names;
    this.rows = d.shown.map((k) => {
      const row = el("div", { className: "twice" }, el("strong", { textContent: names[k] }));
      const tracks = el("div", { className: "tracks" });
      const fills = [0, 1].map((n) => {
        const fill = el("div", { className: "fill" });
        tracks.append(el("div", { className: n ? "track after" : "track" }, fill));
        return fill;
      });
      const numbers = [0, 1].map((n) => el("span", { className: n ? "number after secret" : "number" }));
      row.append(tracks, ...numbers);
      row.dataset.digit = k;
      return { k, row, fills, numbers };
    });
    const head = el("div", { className: "twice head2" }, el("strong"), el("span"),
      el("small", { textContent: "as learned" }), el("small", { textContent: "changed" }));
    this.answerTitle = el("div", { className: "answer secret" });
    return el("div", { className: "answers offbars" }, this.answerTitle, head, ...this.rows.map(({ row }) => row));
  }

  counts() {
    const { asked } = this.data, box = el("div", { className: "offcounts" });
    if (!asked) {
      box.append(el("div",
        { className: "name", textContent: "Its test images are not here: there is nothing to count." }));
      return box;
    }
    this.wrong = [0, 1].map((n) => el("div", { className: n ? "howmany number secret" : "howmany number" }));
    const all = `${asked.of.toLocaleString("en")} test ${this.data.noun}s`;
    box.append(el("div", { className: "name", textContent: `wrong of ${all}` }),
      el("small", { textContent: "as learned" }), this.wrong[0], el("small", { textContent: "with the changes" }),
        this.wrong[1]);
    return box;
  }

  list() {
    const { changes } = this.data, { stage } = this;
    const chips = changes.map((each, k) => {
      const chip = el("button",
        { className: "chip", textContent: each.text,
        onclick: () => stage.open({ layer: each.layer, map: each.map, view: "off" }) });
      chip.dataset.id = `change-${k}`;
      return chip;
    });
    const name = el("span", { className: "changedname", textContent: "Changed:", hidden: !changes.length });
    return el("div", { className: "chips" }, name, ...chips);
  }

  draw() {
    const d = this.data, { colours } = this, known = this.known(1);
    const largest = largestOf(d.maps[0]) || largestOf(d.maps[1]), below = d.maps.some((map) => map.some((v) => v < 0));
    d.maps.forEach((map, n) => {
      const shown = !n || known;
      if (shown) this.pictures[n].draw(colours, below ? signShade : inkShade, map, largest);
      else this.pictures[n].blank(colours, "?");
      this.under[n].textContent = !shown ? "" : map.length === 1 ? formatNumber(map[0])
        : n ? (d.isOff ? "off: 0" : "now") : "as learned";
    });
    this.rows.forEach(({ k, row, fills, numbers }) => {
      d.answers.forEach((answer, n) => {
        const shown = !n || known;
        fills[n].style.width = shown ? `${100 * answer.probabilities[k]}%` : "0";
        numbers[n].textContent = shown ? percent(answer.probabilities[k]) : "?";
        numbers[n].classList.toggle("best", shown && k === answer.digit);
      });
      row.dataset.after = known ? d.answers[1].probabilities[k] : "";
    });
    const names = d.answers[0].names, [before, after] = d.answers.map((answer) => names[answer.digit]);
    this.answerTitle.textContent = !known ? `answer ${before} → ?` : d.unchanged ? `answer ${after}, as before`
      : `answer ${before} → ${after}`;
    if (d.asked) {
      [d.asked.before, d.asked.after].forEach((count, n) => {
        this.wrong[n].textContent = n && !known ? "?" : count === null || count === undefined ? "asking …"
          : count.toLocaleString("en");
      });
    }
    Object.assign(this.stage.root.dataset, { changes: d.changes.length, before: d.asked?.before ?? "", after: known
      ? d.asked?.after ?? "" : "" });
  }

  sentence(step, hidden) {
    const d = this.data, names = d.answers[0].names, [before, after] = d.answers;
    if (!step) return `As learned the network answers ${names[before.digit]}, with `
      + `${percent(before.probabilities[before.digit])}.`;
    if (!d.changes.length) return "Nothing is changed: choose a map or unit in the strip, then switch it off.";
    const changed = d.changes.map((each) => each.text).join("; ");
    if (hidden) return `Changed: ${changed}. What does the network answer?`;
    const counted = d.asked && Number.isInteger(d.asked.after) && Number.isInteger(d.asked.before)
      ? ` Of ${d.asked.of.toLocaleString("en")} test ${d.noun}s ${d.asked.after.toLocaleString("en")} are wrong, `
      + `before ${d.asked.before.toLocaleString("en")}.` : "";
    return `Changed: ${changed}. It answers ${names[after.digit]}, with `
      + `${percent(after.probabilities[after.digit])}.${counted}`;
  }
}
