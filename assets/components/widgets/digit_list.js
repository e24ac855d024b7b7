// uses pixel_canvas.js
// Pictures of digits as buttons, each with a few words below.

class DigitList {
  // choose(number) is called for a pressed one. The list is named by whoever shows it, on its node.
  constructor(choose) {
    this.choose = choose;
    this.node = el("div", { className: "digits", role: "group" });
    this.buttons = [];
  }

  // numbers: places in the test set; pixels: 784 bytes of each; tell(n) -> {words, more, aria} of the n-th. Long words
  // wrap where the list's node has the class `named`.
  show(colours, numbers, pixels, tell, chosen = null) {
    while (this.buttons.length > numbers.length) this.buttons.pop().node.remove();
    while (this.buttons.length < numbers.length) this.add();
    this.buttons.forEach((button, n) => {
      const { words, more, aria } = tell(n);
      button.node.number = numbers[n];
      button.node.dataset.number = numbers[n];
      button.node.ariaLabel = aria;
      button.node.ariaPressed = String(numbers[n] === chosen);
      button.words.textContent = button.words.title = words;
      button.more.textContent = more || "";
      const bytes = pixels.subarray(784 * n, 784 * (n + 1));
      button.canvas.painted = null;
      paintDigit(button.canvas, colours, bytes, numbers[n]);
    });
  }

  add() {
    const canvas = el("canvas", { width: 28, height: 28 });
    const words = el("strong"), more = el("span", { className: "number" });
    const node = el("button", { className: "drawn" }, canvas, words, more);
    node.addEventListener("click", () => this.choose(node.number));
    this.buttons.push({ node, canvas, words, more });
    this.node.append(node);
  }
}
