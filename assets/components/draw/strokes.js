// The strokes of a drawing, in units of the sheet's side: drawn, erased, taken back and brought again.
// What an eraser touches is cut out of the strokes, so that strokes are all there is.

const APART = 0.004;      // a hand that rests leaves no points nearer than this
const MOST_STATES = 200;  // that can be taken back

class Strokes {
  // A drawing that was there before is taken back stroke by stroke.
  constructor(strokes = []) {
    this.strokes = strokes;
    this.past = strokes.map((_, k) => strokes.slice(0, k));
    this.future = [];
    this.most = { strokes: Infinity, points: Infinity };
  }

  get points() { return this.strokes.reduce((sum, stroke) => sum + stroke.length, 0); }

  // What follows can be taken back to what is here now.
  change(strokes) {
    this.past = [...this.past, this.strokes].slice(-MOST_STATES);
    this.future = [];
    this.strokes = strokes;
  }

  // Whether there was room for it.
  begin(point) {
    if (this.strokes.length >= this.most.strokes || this.points >= this.most.points) return false;
    this.change([...this.strokes, [roundedPoint(point)]]);
    return true;
  }

  // Whether the stroke grew.
  extend(point, always = false) {
    const stroke = this.strokes.at(-1), last = stroke.at(-1), next = roundedPoint(point);
    const far = Math.hypot(next[0] - last[0], next[1] - last[1]);
    if (!far || (far < APART && !always) || this.points >= this.most.points) return false;
    stroke.push(next);
    return true;
  }

  // Cut out what lies within a circle. `first`: begins what is taken back in one.
  erase(centre, radius, first) {
    const left = this.strokes.flatMap((stroke) => outside(stroke, centre, radius));
    const same = left.length === this.strokes.length && left.every((stroke, k) => stroke === this.strokes[k]);
    if (same || left.length > this.most.strokes) return false;
    if (first) this.change(left);
    else this.strokes = left;
    return true;
  }

  undo() { return this.step(this.past, this.future); }

  redo() { return this.step(this.future, this.past); }

  step(from, to) {
    if (!from.length) return false;
    to.push(this.strokes);
    this.strokes = from.pop();
    return true;
  }

  // Whether a line of this width leaves ink on a place.
  covers(place, width) {
    const near = (a, b) => distance(place, a, b) < width / 2;
    return this.strokes.some((stroke) =>
      stroke.some((point, k) => near(point, stroke[Math.min(k + 1, stroke.length - 1)])));
  }
}

function roundedPoint(point) { return point.map((value) => Math.round(value * 1e4) / 1e4); }

function between(a, b, t) { return roundedPoint([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]); }

// From a place to the line between two points.
function distance(place, a, b) {
  const along = [b[0] - a[0], b[1] - a[1]], length = along[0] ** 2 + along[1] ** 2;
  const t = length ? ((place[0] - a[0]) * along[0] + (place[1] - a[1]) * along[1]) / length : 0;
  const [x, y] = between(a, b, Math.min(Math.max(t, 0), 1));
  return Math.hypot(place[0] - x, place[1] - y);
}

// What is left of a stroke outside a circle: none, itself, or several.
function outside(stroke, centre, radius) {
  if (stroke.length === 1) return distance(centre, stroke[0], stroke[0]) < radius ? [] : [stroke];
  const parts = [];
  let part = null, cut = false;
  const go = (point) => { if (part) part.push(point); else parts.push(part = [point]); };
  for (let k = 0; k + 1 < stroke.length; k += 1) {
    const [a, b] = [stroke[k], stroke[k + 1]], inside = crossing(a, b, centre, radius);
    if (!inside) {
      if (!part) go(a);
      go(b);
      continue;
    }
    cut = true;
    if (inside[0] > 0) {
      if (!part) go(a);
      go(between(a, b, inside[0]));
    }
    part = null;
    if (inside[1] < 1) {
      go(between(a, b, inside[1]));
      go(b);
    }
  }
  return cut ? parts : [stroke];
}

// The shares [from, to] of the way from a to b that lie within a circle, or null.
function crossing(a, b, centre, radius) {
  const along = [b[0] - a[0], b[1] - a[1]], off = [a[0] - centre[0], a[1] - centre[1]];
  const square = along[0] ** 2 + along[1] ** 2, half = along[0] * off[0] + along[1] * off[1];
  const rest = off[0] ** 2 + off[1] ** 2 - radius ** 2;
  if (!square) return rest < 0 ? [0, 1] : null;
  const root = half ** 2 - square * rest;
  if (root <= 0) return null;
  const from = Math.max((-half - Math.sqrt(root)) / square, 0), to = Math.min((-half + Math.sqrt(root)) / square, 1);
  return from < to ? [from, to] : null;
}
