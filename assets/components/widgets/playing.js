// The rhythm of playing, and its speed, which the browser keeps.

const SLOW_STEPS = 3, SLOW = 900, ROW = 1200, REST = 2000;  // milliseconds
const SPEEDS = [0.25, 0.5, 1, 2, 4];
const SPEED = "convoscope-speed";

function rememberedSpeed() {
  try {
    const speed = Number(localStorage.getItem(SPEED));
    return SPEEDS.includes(speed) ? speed : 1;
  } catch {  // a browser that keeps nothing
    return 1;
  }
}

// The next higher or lower speed, kept for the next visit.
function changedSpeed(speed, faster) {
  const at = SPEEDS.indexOf(speed) + (faster ? 1 : -1);
  const changed = SPEEDS[Math.min(Math.max(at, 0), SPEEDS.length - 1)];
  try {
    localStorage.setItem(SPEED, String(changed));
  } catch { /* the speed holds until the page is left */ }
  return changed;
}

// The step after so many milliseconds: three steps slowly, the rest of a row faster, all else within two seconds.
function playedStep(elapsed, from, steps, row) {
  if (elapsed < SLOW_STEPS * SLOW) return Math.min(from + Math.floor(elapsed / SLOW), steps - 1);
  const second = from + SLOW_STEPS, rest = elapsed - SLOW_STEPS * SLOW;
  if (rest < ROW) return Math.min(second + Math.floor((rest / ROW) * row), steps - 1);
  const left = steps - second - row;
  return Math.min(second + row + Math.floor(((rest - ROW) / REST) * Math.max(left, 1)), steps - 1);
}
