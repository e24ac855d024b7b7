// A data set before it is used: a row for each class with its balance and some of its images.

const walls = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  let wall = walls.get(parentElement);
  if (!wall) {
    wall = new DataWall(root);
    walls.set(parentElement, wall);
  }
  wall.show(data);
  return cleanupOf(wall);
}

class DataWall {
  constructor(root) {
    this.root = root;
    root.classList.add("wall");
    this.title = el("h3");
    this.notes = el("ul", { className: "notes" });
    this.rows = el("div", { className: "rows" });
    root.append(this.title, this.notes, this.rows);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.onTheme = () => requestAnimationFrame(() => this.draw());
  }

  leave() { this.theme.removeEventListener("change", this.onTheme); }

  show(data) {
    this.theme.addEventListener("change", this.onTheme);
    this.data = { ...data, images: unpack(data.images) };
    this.title.textContent = data.title;
    this.notes.replaceChildren(...data.notes.map((text) => el("li", { textContent: text })));
    const most = Math.max(...data.learn.map((count, k) => count + data.test[k]));
    this.strips = [];
    this.rows.replaceChildren(...data.names.flatMap((name, k) => {
      const learn = el("div", { className: "learn" }), test = el("div", { className: "test" });
      learn.style.width = `${100 * data.learn[k] / most}%`;
      test.style.width = `${100 * data.test[k] / most}%`;
      const strip = el("canvas", { role: "img", ariaLabel: `${data.shown[k]} images of class ${name}` });
      this.strips.push(strip);
      return [
        el("strong", { textContent: name }),
        el("div", { className: "counts" }, el("div", { className: "track" }, learn, test),
          el("span", { textContent: `${thousands(data.learn[k])} + ${thousands(data.test[k])}` })),
        strip];
    }));
    this.root.dataset.classes = data.names.length;
    this.draw();
  }

  draw() {
    const colours = paletteOf(this.root), images = this.data.images, wide = 29;
    const shades = Array.from({ length: 256 }, (_, value) => inkShade(colours, value, 255));
    let first = 0;
    this.strips.forEach((strip, k) => {
      const count = this.data.shown[k], width = Math.max(wide * count - 1, 1);
      strip.style.visibility = count ? "" : "hidden";  // of some classes none may be learned from
      Object.assign(strip, { width, height: 28 });
      strip.style.aspectRatio = `${width} / 28`;
      const pen = strip.getContext("2d"), pixels = pen.createImageData(width, 28);
      for (let n = 0; n < count; n += 1) {
        for (let cell = 0; cell < 784; cell += 1) {
          const at = Math.floor(cell / 28) * width + n * wide + cell % 28;
          pixels.data.set([...shades[images[784 * (first + n) + cell]], 255], 4 * at);
        }
      }
      pen.putImageData(pixels, 0, 0);
      first += count;
    });
  }
}
