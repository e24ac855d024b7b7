// Predict, then reveal: options A–D with a tally for a show of hands, or a typed guess; open until the reveal.

const SHOWN = 0.00501;  // half of the last decimal that is shown

class Guess {
  constructor() {
    this.node = el("div", { className: "guess", hidden: true });
    this.close();
  }

  // options: [{text, right, why}, …]; `typing`: a number may be typed instead.
  ask(options, typing = true) {
    this.typing = typing;
    this.options = options.map((option) => ({ ...option, votes: 0 }));
    this.typed = "";
    this.open = true;
    this.last = [];
    this.render();
  }

  /**
   * Lock what was guessed and say what is right; `right` is the value that a typed guess is held to.
   * @param {number | string} right
   */
  reveal(right = NaN) {
    if (!this.open) return;
    this.open = false;
    this.right = right;
    this.render();
  }

  close() {
    this.open = false;
    this.options = [];
    this.typed = "";
    this.last = [];
    this.render();
  }

  // Returns whether the key was one of its own.
  key(key) {
    if (!this.open) return false;
    const option = /^[a-dA-D]$/.test(key) ? this.options[key.toLowerCase().charCodeAt(0) - 97] : null;
    if (option) this.vote(option);
    else if (this.typing && /^[\d.,-]$/.test(key)) this.typed = (this.typed + key).slice(0, 8);
    else if (key === "Backspace" && this.typed) this.typed = this.typed.slice(0, -1);
    else if (key === "Backspace" && this.last.length) this.last.pop().votes -= 1;
    else return false;
    this.render();
    return true;
  }

  vote(option) {
    if (!this.open) return;
    option.votes += 1;
    this.last.push(option);
    this.render();
  }

  render() {
    this.node.hidden = !this.options.length && !this.typed && !this.open;
    const buttons = this.options.map((option, k) => {
      const letter = "ABCD"[k];
      const mark = this.open ? "" : option.right ? " ✓" : " ✗";
      const button = el("button", { className: `option ${this.open ? "" : option.right ? "right" : "wrong"}` },
        el("strong", { textContent: letter }),
        el("span", { className: "number", textContent: option.text + mark }),
        el("span", { className: "votes number", textContent: option.votes ? "●".repeat(Math.min(option.votes, 12))
          + ` ${option.votes}` : "" }),
        el("small", { className: this.open ? "kept" : "", textContent: option.why }));
      button.addEventListener("click", () => this.vote(option));
      button.setAttribute("aria-disabled", String(!this.open));
      return button;
    });
    const same = Math.abs(Number(this.typed.replace(",", ".")) - Number(this.right)) <= SHOWN;
    const verdict = this.open || !this.typed ? "" : same ? " ✓" : " ✗";
    const typed = this.typed.replace("-", "−") || (this.open && this.typing ? "type it" : "");
    this.node.replaceChildren(...buttons);
    if (typed) this.node.append(el("span", { className: "own number", textContent: `guess: ${typed}${verdict}` }));
    this.node.dataset.open = this.open;
  }
}

// The options of one step: `options` has each reason once, and for every step [text, number of the reason], the right
// one first.
function optionsAt(options, step) {
  const listed = options?.steps[step] ?? [];
  return listed.map(([text, reason], k) => ({ text, right: k === 0, why: options.reasons[reason] }));
}

// The same order for the same number, so that a scene looks the same when it is opened again.
function shuffled(list, seed) {
  const copy = [...list];
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let k = copy.length - 1; k > 0; k -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (k + 1));
    [copy[k], copy[other]] = [copy[other], copy[k]];
  }
  return copy;
}
