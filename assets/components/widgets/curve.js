// A curve over steps on a logarithmic axis, hovered or read by arrow keys for its values.

class Curve {
  constructor(name, label) {
    this.picture = svgEl("svg", { role: "img", tabindex: "0", "aria-label": label });
    this.big = el("span", { className: "big number" });
    this.tip = el("div", { className: "tip number", hidden: true });
    this.note = el("span", { className: "note" });
    this.top = el("div", { className: "top" },
      el("span", { className: "name", textContent: name }), this.big, this.note);
    this.node = el("div", {}, this.top,
      el("div", { className: "curve" }, this.picture, this.tip));
    this.picture.addEventListener("pointermove", (event) => this.hover(event.offsetX, event.offsetY));
    this.picture.addEventListener("pointerleave", () => this.unhover());
    this.picture.addEventListener("blur", () => this.unhover());
    this.picture.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key) || !this.hovered?.length) return;
      event.preventDefault();
      event.stopPropagation();
      const at = this.at ?? this.hovered.length - 1;
      this.point(Math.min(Math.max(at + (event.key === "ArrowRight" ? 1 : -1), 0), this.hovered.length - 1));
    });
    new ResizeObserver(() => this.again && this.draw(...this.again)).observe(this.picture);
  }

  // lines: [{points: [[step, value]], dots, squares, dash, thin}], ticks: values of the axis, format(step, value) ->
  // text.
  draw(lines, steps, ticks, format) {
    this.again = [lines, steps, ticks, format];
    const width = this.picture.clientWidth, height = this.picture.clientHeight;
    if (!width) return;
    const left = 62, right = 14, top = 12, bottom = 28;
    const scaled = (value) => Math.log(Math.max(value, 1e-9));
    const low = scaled(ticks[0]), high = scaled(ticks.at(-1));
    this.x = (step) => left + (width - left - right) * step / (steps || 1);
    const y = (value) => top + (height - top - bottom)
      * (1 - (Math.min(Math.max(scaled(value), low), high) - low) / (high - low));
    this.y = y;
    const nodes = [];
    const every = Math.ceil(21
      / ((height - top - bottom) / (ticks.length - 1)));  // labels that would touch are left out
    ticks.forEach((tick, n) => {
      nodes.push(svgEl("line", { class: "grid-line", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }));
      if ((ticks.length - 1 - n) % every) return;
      nodes.push(svgEl("text", { x: left - 8, y: y(tick) + 6, "text-anchor": "end" },
        formatNumber(tick, tick < 0.1 ? 2 : 1)));
    });
    nodes.push(svgEl("text", { x: left, y: height - 4 }, "step 0"));
    if (steps) nodes.push(svgEl("text", { x: width - right, y: height - 4, "text-anchor": "end" }, thousands(steps)));
    for (const line of lines) {
      const at = line.points.map(([step, value]) => [this.x(step), y(value)]);
      if (!line.squares && at.length) {
        nodes.push(svgEl("path", { class: line.thin ? "trace thin" : "trace", "stroke-dasharray": line.dash || "none",
          d: `M${at.map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}` }));
      }
      if (line.dots && at.length)
        nodes.push(svgEl("circle", { class: "dot", cx: at.at(-1)[0], cy: at.at(-1)[1], r: 6 }));
      if (line.squares) {
        if (at.length) {
          nodes.push(svgEl("text", { x: width - right - 6, y: top + 22, "text-anchor": "end" },
            `□ all ${thousands(line.of)}`));
        }
        for (const [px, py] of at)
          nodes.push(svgEl("rect", { class: "square", x: px - 6, y: py - 6, width: 12, height: 12 }));
      }
    }
    this.cursor = svgEl("line", { class: "cursor", y1: top, y2: height - bottom, visibility: "hidden" });
    this.picture.replaceChildren(...nodes, this.cursor);
    this.hovered = lines.flatMap((line) => line.points.map((p) => [...p, line])).toSorted((a, b) => a[0] - b[0]);
    this.format = format;
    if (this.at !== undefined) this.point(Math.min(this.at, this.hovered.length - 1));
  }

  // A step that is looked at, by name.
  mark(step, name) {
    if (!this.x) return;
    const x = this.x(step), bottom = this.picture.clientHeight - 28;
    this.picture.append(svgEl("line", { class: "marker", x1: x, x2: x, y1: 12, y2: bottom }),
      svgEl("text", { class: "mark-name", x: x > this.picture.clientWidth / 2 ? x - 22 : x + 6, y: 52 }, name));
  }

  // The nearest step; of several lines that have it, the nearest one.
  hover(x, y) {
    if (!this.hovered?.length) return;
    const far = (p) => [Math.abs(this.x(p[0]) - x), Math.abs(this.y(p[1]) - y)];
    let best = 0, least = far(this.hovered[0]);
    this.hovered.forEach((p, n) => {
      const now = far(p);
      if (now[0] < least[0] || (now[0] === least[0] && now[1] <= least[1])) { best = n; least = now; }
    });
    this.point(best);
  }

  point(n) {
    if (n < 0) return;
    this.at = n;
    const p = this.hovered[n];
    this.tip.hidden = false;
    this.tip.textContent = this.format(...p);
    const x = this.x(p[0]);
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, x);
    this.cursor.setAttribute("visibility", "visible");
    this.tip.style.right = x > this.picture.clientWidth / 2 ? "auto" : "0.4rem";
    this.tip.style.left = x > this.picture.clientWidth / 2 ? "4.2rem" : "auto";
  }

  unhover() {
    this.at = undefined;
    this.tip.hidden = true;
    this.cursor?.setAttribute("visibility", "hidden");
  }
}
