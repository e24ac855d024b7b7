// uses guess.js
// The strip above a page while the lecture is given: the scene's question, its options, and the caption that answers
// it.
// It shares the beats with the page's stage (advance in beats.js) and keeps the old picture up until the next scene is
// drawn.

const lectures = new WeakMap();
const PATIENCE = 4000;  // milliseconds until the old picture goes, whatever the next scene does

export default function ({ data, parentElement, setTriggerValue }) {
  let lecture = lectures.get(parentElement);
  if (!lecture) {
    lecture = new Lecture(parentElement.querySelector(".root"));
    lectures.set(parentElement, lecture);
  }
  lecture.emit = setTriggerValue;
  lecture.show(data);
  return cleanupOf(lecture);
}

class Lecture {
  /** @type {(name: string, value?: unknown) => void} calls on_<name>_change in Python */
  emit;

  constructor(root) {
    this.root = root;
    root.classList.add("lecture");
    this.guess = new Guess();
    this.place = el("span", { className: "place number" });
    this.question = el("div", { className: "question" });
    this.question.setAttribute("aria-live", "polite");
    this.caption = el("div", { className: "caption" });
    this.caption.setAttribute("aria-live", "polite");
    const button = (text, label, act) => el("button", { textContent: text, ariaLabel: label, title: label,
      onclick: act });
    root.append(el("div", { className: "first" }, this.place, this.question,
      el("span", { className: "moves" }, button("←", "Back one beat", () => advance(false)),
        button("→", "On one beat", () => advance(true)), button("✕", "End the lecture", () => this.end()))),
      this.guess.node, this.caption);
    this.onKey = (event) => this.key(event);
  }

  show(data) {
    const again = this.data && this.data.number === data.number && this.data.visit === data.visit;
    this.data = data;
    MOUNTED.lecture = this;
    window.addEventListener("keydown", this.onKey);
    if (!again) {
      this.revealed = !data.question || !!data.left;
      if (data.options.length) this.guess.ask(shuffled(data.options, data.number), false);
      else this.guess.close();
    }
    if (MOUNTED.alone !== false) MOUNTED.alone = stageOnly(true);
    this.render();
    if (MOUNTED.stage) this.meet(MOUNTED.stage);
    if (!again || !MOUNTED.moving) this.settle();  // while it moves, the same scene is the one that goes
  }

  leave() {
    this.waiting = null;
    window.removeEventListener("keydown", this.onKey);
    this.watch?.disconnect();
    if (MOUNTED.lecture === this) MOUNTED.lecture = null;
    if (!MOUNTED.moving) { stageOnly(false); MOUNTED.alone = undefined; }
  }

  render() {
    const { number: at, count, name, question, caption } = this.data;
    this.place.textContent = `${at} / ${count}`;
    this.question.textContent = question || name;
    if (this.revealed) this.guess.reveal();
    this.caption.textContent = this.revealed ? caption : "";
    Object.assign(this.root.dataset, { scene: at, name, revealed: this.revealed });
  }

  // A stage that has just been drawn is set to the state of this scene.
  meet(stage) {
    const { step, hide, beats, left } = this.data;
    const at = this.revealed && left ? left.step : step;
    const hidden = this.revealed ? "" : hide;
    this.watch?.disconnect();
    if (stage.root && !stage.fit) {  // what does not fit itself
      this.watch = new ResizeObserver(() => fit(stage.root));
      this.watch.observe(stage.root);
    }
    stage.root?.classList.add("lectured");
    stage.begin?.({ step: at, hidden: hidden === "value", concealed: hidden === "all",
      silent: this.data.options.length > 0, beats });
  }

  // The first beat of a scene reveals. Returns whether there was one.
  answer(forward) {
    if (!forward || this.revealed) return false;
    this.revealed = true;
    this.render();
    if (MOUNTED.stage) this.meet(MOUNTED.stage);
    return true;
  }

  // Past the last beat comes the next scene; before the first, the question again, then the scene before.
  move(forward) {
    if (!forward && this.revealed && this.data.question) {
      this.revealed = false;
      this.data.left = null;
      this.guess.ask(shuffled(this.data.options, this.data.number), false);
      if (!this.data.options.length) this.guess.close();
      this.render();
      if (MOUNTED.stage) this.meet(MOUNTED.stage);
      return true;
    }
    const to = this.data.number + (forward ? 1 : -1);
    if (to >= 1 && to <= this.data.count && !MOUNTED.moving) this.go(to);
    return true;
  }

  go(to) {
    MOUNTED.moving = true;
    delete this.root.dataset.ready;
    this.emit("move", { to, left: { step: MOUNTED.stage?.step ?? 0 } });
    cover();
    clearTimeout(MOUNTED.patience);
    MOUNTED.patience = setTimeout(uncover, PATIENCE);
  }

  end() {
    MOUNTED.alone = undefined;
    stageOnly(false);
    this.emit("move", { to: 0, left: null });
  }

  // The old picture goes once Python is done, the scene's stage is there, and the new picture has been painted.
  settle() {
    const waiting = (this.waiting = {});
    const look = () => {
      if (this.waiting !== waiting) return;
      const app = /** @type {HTMLElement} */ (document.querySelector("[data-testid=stApp]"));
      const drawn = app?.dataset.testScriptState === "notRunning"
        && (this.data.step === null || MOUNTED.stage?.steps !== undefined);
      requestAnimationFrame(drawn ? () => requestAnimationFrame(() => {
        if (this.waiting !== waiting) return;
        clearTimeout(MOUNTED.patience);
        uncover();
        this.root.dataset.ready = this.data.number;
      }) : look);
    };
    look();
  }

  key(event) {
    if (event.defaultPrevented || isTyping(event)) return;
    if ([" ", "Enter"].includes(event.key)
      && event.composedPath()[0].matches?.("button, a, summary, [role=button], input")) return;
    const on = ["ArrowRight", "PageDown", " "].includes(event.key), back = ["ArrowLeft", "PageUp"].includes(event.key);
    if (on || back) advance(on);
    else if (shortcutOf(event) === "f") MOUNTED.alone = stageOnly();
    else if (!this.guess.key(typedCharacter(event))) return;
    event.preventDefault();
  }
}

const COVER = "convoscope-cover";

function uncover() {
  document.getElementById(COVER)?.remove();
  MOUNTED.moving = false;
}

// A still picture of the page over the page itself, so that nothing blank is seen between two scenes.
function cover() {
  const main = document.querySelector("[data-testid=stMain]");
  if (!main || document.getElementById(COVER)) return;
  const area = main.getBoundingClientRect(), still = copied(main);
  const sheet = el("div", { id: COVER });
  sheet.setAttribute("aria-hidden", "true");
  Object.assign(sheet.style, { position: "fixed", inset: "0", zIndex: "999999", overflow: "hidden",
    background: getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor });
  Object.assign(still.style, { position: "absolute", left: `${area.left}px`, top: `${area.top}px`,
    width: `${area.width}px`, height: `${area.height}px`, overflow: "hidden" });
  sheet.append(still);
  main.parentElement.append(sheet);
  still.scrollTop = main.scrollTop;
}

// A deep copy with what cloneNode leaves out: shadow roots, their style sheets, and what canvases show.
function copied(node) {
  const copy = node.cloneNode(false);
  if (node instanceof HTMLCanvasElement && node.width && node.height) copy.getContext("2d").drawImage(node, 0, 0);
  if (node.shadowRoot) {
    const shadow = copy.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [...node.shadowRoot.adoptedStyleSheets];
    shadow.append(...[...node.shadowRoot.childNodes].map(copied));
  }
  for (const child of node.childNodes) copy.appendChild(copied(child));
  return copy;
}
