// uses pixel_canvas.js
// Places on a map as pixels: two canvases, one for what does not move and one for what moves; zoom and drag.

const MAP_MARGIN = 26, CLOSEST = 40;

class ScatterPlot {
  // `changed` is called when everything must be painted anew.
  constructor(changed) {
    this.changed = changed;
    this.still = el("canvas");
    this.moving = el("canvas", { tabIndex: 0, role: "application" });
    this.k = 1;
    this.x = this.y = 0;
    this.dragged = false;
    const { moving } = this;
    moving.addEventListener("pointerdown", (event) => {
      this.dragged = false;
      this.from = event.pointerType === "touch" ? null : [event.clientX, event.clientY, this.x, this.y];
    });
    moving.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) moving.addEventListener(name, () => { this.from = null; });
    moving.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;  // two fingers spread, or Ctrl and the wheel; the wheel alone scrolls the page
      event.preventDefault();
      const area = moving.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 200), event.clientX - area.left, event.clientY - area.top);
    }, { passive: false });
  }

  bounds(places) {
    const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (let k = 0; k < places.length; k += 1) {
      low[k % 2] = Math.min(low[k % 2], places[k]);
      high[k % 2] = Math.max(high[k % 2], places[k]);
    }
    this.low = low;
    this.high = high;
    this.k = 1;
    this.x = this.y = 0;
  }

  // Returns whether the size has changed.
  size(width) {
    const alone = document.getElementById(ALONE), tall = innerHeight - (innerWidth < 700 ? 320 : alone ? 230 : 290),
      height = Math.max(Math.min(tall, width), 280);
    const scale = devicePixelRatio || 1;
    if (this.width === width && this.height === height && this.scale === scale) return false;
    this.width = width;
    this.height = height;
    this.scale = scale;
    for (const canvas of [this.still, this.moving]) {
      Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    this.still.parentNode.style.height = `${height + 2}px`;  // and its border
    return true;
  }

  // Both axes in the same units, so that distances are true.
  place(x, y) {
    const { low, high, width, height } = this, inner = 2 * MAP_MARGIN;
    const unit = Math.min((width - inner) / (high[0] - low[0] || 1), (height - inner) / (high[1] - low[1] || 1));
    const px = width / 2 + unit * (x - (low[0] + high[0]) / 2), py = height / 2 - unit * (y - (low[1] + high[1]) / 2);
    return [width / 2 + this.k * (px - width / 2) + this.x, height / 2 + this.k * (py - height / 2) + this.y];
  }

  zoom(by, x = this.width / 2, y = this.height / 2) {
    const k = Math.min(Math.max(this.k * by, 1), CLOSEST), real = k / this.k;
    this.x = (x - this.width / 2) * (1 - real) + this.x * real;
    this.y = (y - this.height / 2) * (1 - real) + this.y * real;
    this.k = k;
    if (k === 1) this.x = this.y = 0;
    this.changed();
  }

  // How much larger marks are written: from close by, a little.
  get closer() { return Math.min(1 + Math.log2(this.k) / 5, 1.8); }

  reset() { this.zoom(0); }

  drag(event) {
    if (!this.from) return;
    const dx = event.clientX - this.from[0], dy = event.clientY - this.from[1];
    if (Math.hypot(dx, dy) < 4 && !this.dragged) return;
    this.dragged = true;
    this.moving.setPointerCapture(event.pointerId);
    if (this.k === 1) return;
    [this.x, this.y] = [this.from[2] + dx, this.from[3] + dy];
    this.changed();
  }

  // styles: [{colour, size, weight, of(n)}], painted in this order; every class's mark is written once and stamped.
  paint(background, styles, places, classes, marks) {
    const pen = this.pen(this.still);
    pen.fillStyle = background;
    pen.fillRect(0, 0, this.width, this.height);
    for (const style of styles) {
      const side = 2 * style.size, half = side / 2;
      const stamps = marks.map((mark) => this.stamp(mark, side, style));
      for (let n = 0; n < classes.length; n += 1) {
        if (!style.of(n)) continue;
        const [x, y] = this.place(places[2 * n], places[2 * n + 1]);
        if (x < -half || y < -half || x > this.width + half || y > this.height + half) continue;
        pen.drawImage(stamps[classes[n]], x - half, y - half, side, side);
      }
    }
  }

  pen(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    return pen;
  }

  stamp(mark, side, { colour, size, weight }) {
    const stamp = el("canvas", { width: Math.round(side * this.scale), height: Math.round(side * this.scale) });
    const pen = stamp.getContext("2d");
    pen.scale(this.scale, this.scale);
    this.write(pen, mark, side / 2, side / 2, `${weight} ${size}px`, colour);
    return stamp;
  }

  write(pen, text, x, y, font, colour, halo) {
    pen.font = `${font} ${getComputedStyle(this.still).fontFamily}`;
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
    if (halo) {
      Object.assign(pen, { strokeStyle: halo, lineWidth: 7 });
      pen.strokeText(text, x, y);
    }
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  // noun: what a point is.
  describe(noun) {
    this.moving.ariaLabel = `Map of the test ${noun}s: arrow keys go from ${noun} to ${noun}, Enter opens one, `
      + `+ and − zoom`;
  }

  // Every class's name where its digits have their middle.
  names(centres, marks, colours) {
    const pen = this.pen(this.still);
    centres.forEach((centre, k) => {
      if (centre) this.write(pen, marks[k], ...this.place(...centre), "800 38px", colours.ink, colours.background);
    });
  }

  clear() { this.pen(this.moving).clearRect(0, 0, this.width, this.height); }

  trail(points, colours) {
    const pen = this.pen(this.moving);
    for (const [lineWidth, strokeStyle] of [[6, colours.background], [2.5, colours.ink]]) {
      Object.assign(pen, { lineWidth, strokeStyle, lineJoin: "round" });
      pen.beginPath();
      points.forEach((point) => pen.lineTo(...this.inside(point)));
      pen.stroke();
    }
  }

  // What lies off the sheet is shown at its edge.
  inside(point) {
    const [x, y] = this.place(...point);
    return [Math.min(Math.max(x, 14), this.width - 14), Math.min(Math.max(y, 14), this.height - 14)];
  }

  ring(point, text, colours, width, aside = 30) {
    const pen = this.pen(this.moving), [x, y] = this.inside(point);
    for (const [lineWidth, strokeStyle] of [[width + 4, colours.background], [width, colours.ink]]) {
      Object.assign(pen, { lineWidth, strokeStyle });
      pen.beginPath();
      pen.arc(x, y, 13, 0, 2 * Math.PI);
      pen.stroke();
    }
    if (text) {
      const above = y + aside > 14 && y + aside < this.height - 14 ? aside : -aside;
      this.write(pen, text, Math.min(Math.max(x, 70), this.width - 70), y + above, "700 20px", colours.ink,
        colours.background);
    }
  }
}
