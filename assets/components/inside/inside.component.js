// uses grid.js guess.js stage.js map_picture.js layer_strip.js answer_bars.js
// uses base.js path.js input_channels.js cell.js dense.js filter_history.js filter.js ablation.js
// Inside a network: the strip of all layers above, and one view of the chosen map below.

const INSIDE_VIEWS = { path: PathView, spread: InputChannelsView, cell: CellView, unit: UnitView, scores: ScoresView,
                       filters: FilterHistoryView, filter: FilterView, off: AblationView };
const BROAD = 1200, LEAST_ZOOM = 0.5;  // the views are laid out for this width, or for a phone's
const STAYING = ["filters", "filter", "off"];  // views that a click in the strip does not leave

// Everything packed, however deep, becomes an array.
function unpackAll(value) {
  if (Array.isArray(value)) return value.map(unpackAll);
  if (!value || typeof value !== "object") return value;
  if (value.base64 !== undefined) return unpack(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpackAll(inner)]));
}

class InsideStage extends Stage {
  constructor(shadow) {
    super(shadow);
    this.strip = new LayerStrip((layer, map) => this.choose(layer, map));
    this.links = el("div", { className: "ways" });
    this.head.after(this.strip.node);
  }

  // A click in the strip; the map that is shown already spreads open.
  choose(layer, map) {
    const d = this.data, again = layer === d.layer && map === d.map;
    if (STAYING.includes(d.view)) { this.open({ layer, map, view: d.view }); return; }
    this.open({ layer, map, view: again && ["path", "scores"].includes(d.view) ? "open" : "path" });
  }

  // Tell Python what to show next.
  open(what) {
    this.emit("chosen", { layer: this.data.layer, map: this.data.map, ...what });
  }

  read(data) {
    const read = unpackAll(data);
    this.view = new INSIDE_VIEWS[data.view](this, read);
    this.steps = this.view.steps;
    return read;
  }

  // Where nothing says otherwise the whole is shown; Home goes to its beginning.
  show(data) {
    const steps = new INSIDE_VIEWS[data.view](this, unpackAll(data)).steps;
    super.show({ step: steps, ...data });
  }

  value() { return this.view.value(); }

  options() { return shuffled(this.view.options(), this.step); }

  // Between a phone's width and BROAD everything is smaller, so that nothing reaches over the edge.
  rebuild() {
    this.root.style.zoom = "";
    const width = this.root.clientWidth;
    this.zoom = innerWidth <= 640 ? 1 : Math.min(Math.max(width / BROAD, LEAST_ZOOM), 1);
    this.root.style.zoom = this.zoom;
    super.rebuild();
  }

  fit() {
    super.fit();
    this.root.style.zoom = Math.min(this.root.style.zoom || 1, this.zoom);
    this.width = this.root.clientWidth;
  }

  build() {
    const id = this.root.getRootNode().activeElement?.dataset.id;
    this.narrow = this.width < 700;
    // The window's height, and what the page's head leaves free of it.
    this.room = Math.max((window.innerHeight + 56 - Math.min(this.root.getBoundingClientRect().top, 56)) / this.zoom,
      640);
    this.head.replaceChildren(el("h2", { textContent: "Inside the network" }),
      el("span", { textContent: this.view.caption() }), this.links);
    this.strip.build(this.data.strip, this.data, this.colours, this.width - 8, this.narrow ? 72 : 104);
    this.links.replaceChildren();
    this.sum.replaceChildren();
    this.row.className = `row view-${this.data.view}`;
    this.view.build();
    if (this.data.view === "unit" && this.data.pictured) this.addLink("Its weights", { view: "filter" });
    if (["path", "unit"].includes(this.data.view)) this.addLink("Switch off", { view: "off" });
    this.sum.hidden = !this.sum.childNodes.length;
    this.root.dataset.view = this.data.view;
    if (id) this.root.querySelector(`[data-id="${id}"]`)?.focus({ preventScroll: true });
  }

  draw() { this.view.draw(this.step, this.hidden); }

  sentence() { return this.view.sentence(this.step, this.hidden); }

  // A button that opens another view, at the head's end.
  addLink(text, what) {
    const button = el("button", { textContent: text, onclick: () => this.open(what) });
    button.dataset.id = `way-${text}`;
    this.links.append(button);
  }
}

export default mount(InsideStage);
