// uses grid.js guess.js stage.js
// What a picture is made of: a picture seen through a peephole, and the numbers behind a patch of it.

class PixelsStage extends Stage {
  read(data) {
    this.steps = data.frames.length;
    const frames = data.frames.map((frame) => ({ ...frame, picture: unpack(frame.picture),
      seen: frame.seen && unpack(frame.seen), patch: frame.patch && unpack(frame.patch) }));
    return { ...data, frames };
  }

  build() {
    const narrow = this.width < 700, [rows, columns] = this.data.frames[0].picture.shape;
    const wide = narrow ? this.width - 8 : Math.min(this.width * 0.42, 560);
    this.picture = new Grid(rows, columns, wide / columns, "Picture");
    this.head.replaceChildren(el("h2", { textContent: this.data.title }));
    this.sum.hidden = true;
    this.row.replaceChildren(figure("Picture", this.picture, `${rows} × ${columns}`));
    this.patch = null;
    const patch = this.data.frames.find((frame) => frame.patch)?.patch;
    if (!patch) return;
    const side = narrow ? (this.width - 8) / patch.shape[1] : Math.min(62, 560 / patch.shape[0]);
    this.patch = new Grid(...patch.shape, side, "Patch");
    this.row.append(el("span", { className: "sign", textContent: "→" }),
      figure("Patch", this.patch, "one number a pixel"));
    this.row.lastChild.classList.add("secret");
  }

  draw() {
    const { picture, seen, patch, frame, inkIsHigh, digits } = this.data.frames[this.step];
    const shade = (v) => (inkIsHigh ? inkShade(this.colours, v, 255) : Array(3).fill(Math.round(v)));
    picture.forEach((v, k) => this.picture.set(k, seen && !seen[k] ? rgb(this.colours.line) : shade(v), ""));
    this.picture.flush();
    if (frame) this.picture.box("frame", ...frame);
    else this.picture.unbox("frame");
    if (!this.patch) return;
    patch.forEach((v, k) => this.patch.set(k, shade(digits ? v * 255 : v), formatNumber(v, digits)));
    this.patch.node.parentElement.style.visibility = frame ? "" : "hidden";
  }

  sentence() { return this.data.frames[this.step].words; }
}

export default mount(PixelsStage);
