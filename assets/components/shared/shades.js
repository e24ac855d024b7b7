// Pictures of shades on small canvases, digits among them, and bars of probabilities.

// `what` names the picture: one that stands there already costs nothing.
function paint(canvas, height, width, shade, what) {
  if (canvas.painted === what) return;
  canvas.painted = what;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d"), pixels = pen.createImageData(width, height);
  for (let k = 0; k < width * height; k += 1) pixels.data.set([...shade(k), 255], 4 * k);
  pen.putImageData(pixels, 0, 0);
}

function paintDigit(canvas, colours, bytes, what) {
  paint(canvas, 28, 28, (k) => inkShade(colours, bytes[k], 255), `digit ${what} ${colours.ink}`);
}

// values (H, W, count): each of the last axis a picture around zero.
function paintFilters(host, colours, values, what) {
  const [height, width, count] = values.shape;
  let largest = 0;
  for (const v of values) largest = Math.max(largest, Math.abs(v));
  while (host.children.length > count) host.lastChild.remove();
  while (host.children.length < count) host.append(element("canvas", { role: "img" }));
  [...host.children].forEach((canvas, n) => {
    canvas.ariaLabel = `filter ${n + 1}: blue above zero, orange below`;
    paint(canvas, height, width, (k) => signShade(colours, values[k * count + n], largest), `${what} ${colours.ink}`);
  });
}

const MOST_SHARES = 12, LIKELIEST_SHARES = 10;

// A bar for each class, of many classes only for the likeliest; unknown shares are question marks.
class Shares {
  constructor() {
    this.node = element("div", { className: "shares" });
    this.bars = [];
  }

  show(probabilities, { known = true, names = null } = {}) {
    const best = probabilities.indexOf(Math.max(...probabilities));
    const many = probabilities.length > MOST_SHARES, count = many ? LIKELIEST_SHARES : probabilities.length;
    if (this.bars.length !== count) this.make(count);
    const shown = [...probabilities.keys()];
    if (many && known) shown.sort((a, b) => probabilities[b] - probabilities[a]);
    this.bars.forEach((bar, place) => {
      const k = shown[place];
      const finite = Number.isFinite(probabilities[k]);
      bar.name.textContent = names ? names[k] : k;
      bar.fill.style.width = known && finite ? `${100 * probabilities[k]}%` : "0";
      bar.track.classList.toggle("best", k === best);
      bar.share.textContent = known ? (finite ? percent(probabilities[k]) : "–") : "?";
    });
  }

  make(count) {
    this.bars = Array.from({ length: count }, () => {
      const fill = element("div"), track = element("div", { className: "track" }, fill);
      return { fill, track, name: element("strong"), share: element("span", { className: "number" }) };
    });
    this.node.replaceChildren(...this.bars.flatMap((bar) => [bar.name, bar.track, bar.share]));
  }
}
