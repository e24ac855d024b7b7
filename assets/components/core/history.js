// The browser's history holds one entry for each state of the app that a person has seen.
//
// On the way to another page Streamlit pushes several: the next page's settings under this page's address, the next
// page without settings, and with them; Back would stop at each. So one press makes one entry: what is pushed replaces
// what has been pushed since the last press. And Back during a run would let that run write its address over the entry
// that Back has come to. So Back and Forward wait for the end of the run, for a second at most, and what it writes
// until then is left out.

const PRESSES = ["pointerdown", "click", "keydown", "input", "change", "drop"];
const LONGEST_WAIT = 1000;  // milliseconds

class HistoryEntries {
  constructor() {
    this.push = history.pushState.bind(history);
    this.replace = history.replaceState.bind(history);
    this.pushed = false;  // since the last press
    this.moving = false;  // by Back or Forward, until the run that follows has ended
    this.passing = false;
    this.waiting = 0;
    history.pushState = (...entry) => this.write(entry, true);
    history.replaceState = (...entry) => this.write(entry, false);
    for (const press of PRESSES) addEventListener(press, () => { this.pushed = false; }, true);
    addEventListener("popstate", (event) => this.moved(event), true);
    new MutationObserver(() => this.isRunning() || this.ended()).observe(document.body,
      { subtree: true, attributeFilter: ["data-test-script-state"] });
  }

  write(entry, isNew) {
    if (this.waiting) return;
    if (isNew && !this.pushed) this.push(...entry);
    else this.replace(...entry);
    this.pushed ||= isNew;
  }

  isRunning() { return !document.querySelector("[data-test-script-state=notRunning]"); }

  moved(event) {
    if (this.passing || !(this.moving || this.isRunning())) {
      this.moving = true;
      return;
    }
    event.stopImmediatePropagation();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.pass(), LONGEST_WAIT);
  }

  ended() {
    this.moving = false;
    if (this.waiting) this.pass();
  }

  // Streamlit reads the address itself, whatever the event.
  pass() {
    clearTimeout(this.waiting);
    this.waiting = 0;
    this.passing = true;
    dispatchEvent(new PopStateEvent("popstate"));
    this.passing = false;
  }
}

document.historyEntries ||= new HistoryEntries();
