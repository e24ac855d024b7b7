// The strip of all layers: a button for each map, numbered row by row; the chosen one is framed.

const TILE_ROWS = 4, LARGE_LAYER_ROWS = 6;
const STRIP_GAP = 10;  // between two layers, in pixels
const SMALLEST_TILE = 11;  // pixels; what does not fit then is scrolled
const ROW_NUMBERS = 16;  // pixels for the numbers before the rows, which small tiles have no room for
const FAINTEST = 6;  // of 127: a weaker line is left out

// What a class is called in general: a digit, unless a network of one's own data tells other things apart.
function classWord(names) { return names.every((name) => /^[0-9]$/.test(name)) ? "digit" : "class"; }

class LayerStrip {
  // choose(layer, map), both counted from 1.
  constructor(choose) {
    this.choose = choose;
    this.node = el("div", { className: "strip" });
    this.lines = svgEl("svg", { class: "lines", "aria-hidden": "true" });
  }

  build(layers, chosen, colours, width, height) {
    const across = (layer) => Math.ceil(layer.tiles / this.down(layer));
    layers.forEach((layer) => { layer.tiles = layer.kind === "maps" ? layer.maps.shape[2] : layer.maps.shape[0]; });
    const small = (layer) => (layer.kind === "units" ? 0.62 : 1);
    const columns = layers.reduce((sum, layer) => sum + (layer.number ? across(layer) * small(layer) : TILE_ROWS), 0);
    const side = (label) => Math.min((width - layers.length * (label + STRIP_GAP)) / columns, height / TILE_ROWS);
    this.rowNumbers = side(ROW_NUMBERS) >= ROW_NUMBERS ? ROW_NUMBERS : 0;
    this.layers = layers;
    this.colours = colours;
    this.node.style.setProperty("--row-numbers", `${this.rowNumbers}px`);
    for (let tile = Math.max(side(this.rowNumbers), SMALLEST_TILE); ; tile -= 1) {
      this.node.replaceChildren(...layers.map((layer) => this.layer(layer, chosen, colours, tile)));
      // Names may be wider than the tiles above them.
      if (this.node.scrollWidth <= this.node.clientWidth || tile - 1 < SMALLEST_TILE) break;
    }
    const here = this.node.querySelector(".tile.chosen")?.closest(".layer");
    this.node.append(this.lines);
    this.lines.replaceChildren();
    if (here) this.node.scrollLeft = here.offsetLeft - this.node.offsetLeft - (width - here.offsetWidth) / 2;
  }

  // Lines from the tiles that a tile was made from: blue pushes up, dashed orange down, width by strength.
  showEdges(layer, k) {
    const at = this.layers.indexOf(layer), before = this.layers[at - 1], { colours } = this;
    this.lines.replaceChildren();
    if (!before) return;
    const columns = this.node.children, tiles = (n) => columns[n].querySelectorAll(".tile");
    const corner = this.node.getBoundingClientRect();
    const middle = (tile) => {
      const area = tile.getBoundingClientRect();
      return [area.left + area.width / 2 - corner.left - this.node.clientLeft + this.node.scrollLeft,
        area.top + area.height / 2 - corner.top - this.node.clientTop];
    };
    const end = tiles(at)[k], target = middle(end), drawn = [];
    target[0] -= end.offsetWidth / 2;  // what is pointed at stays in sight
    tiles(at - 1).forEach((tile, from) => {
      const push = layer.edges ? layer.edges[from * layer.edges.shape[1] + k] : from === k ? 127 : 0;
      if (Math.abs(push) < FAINTEST) return;
      const [x, y] = middle(tile), way = { x1: x, y1: y, x2: target[0], y2: target[1] };
      const width = 1 + 4 * Math.abs(push) / 127, stroke = !layer.edges ? colours.ink : push < 0 ? colours.negative
        : colours.positive;
      drawn.push(svgEl("line", { ...way, stroke: colours.background, "stroke-width": width + 2 }),
        svgEl("line", { ...way, stroke, "stroke-width": width, "stroke-dasharray": push < 0 ? "7 4" : "none",
          "data-push": push, "data-from": from + 1 }));
    });
    Object.assign(this.lines.style, { width: `${this.node.scrollWidth}px`, height: `${this.node.clientHeight}px` });
    this.lines.replaceChildren(...drawn);
  }

  // The number of rows: four, more in a large layer.
  down(layer) {
    if (!layer.number) return 1;
    if (layer.kind === "digits") return Math.ceil(layer.tiles / 5);
    if (layer.kind === "units") return layer.tiles > 48 ? 8 : TILE_ROWS;
    return Math.min(layer.tiles > 32 ? LARGE_LAYER_ROWS : TILE_ROWS, layer.tiles);
  }

  layer(layer, chosen, colours, side) {
    const here = layer.number === chosen.layer, down = this.down(layer);
    const tile = layer.number ? layer.kind === "units" ? (TILE_ROWS * side) / Math.max(down, 6) : side
      : TILE_ROWS * side;
    const name = el("div", { className: here ? "layername here" : "layername" });
    const label = (map) => { name.textContent = map ? `${layer.name} · ${this.word(layer, map - 1)}` : layer.name; };
    const tiles = el("div", { className: "tiles" }), columns = Math.ceil(layer.tiles / down);
    tiles.style.gridTemplateColumns =
      `${layer.number && layer.kind === "maps" ? this.rowNumbers : 0}px repeat(${columns}, ${tile}px)`;
    tiles.setAttribute("role", "group");
    tiles.setAttribute("aria-label", layer.name);
    const buttons = [];
    for (let k = 0; k < layer.tiles; k += 1) {
      if (k % columns === 0) {
        const text = this.rowNumbers && layer.number && layer.kind === "maps" ? k + 1 : "";
        tiles.append(el("span", { className: "rownumber number", textContent: text }));
      }
      const button = this.tile(layer, k, tile, colours);
      const framed = here && k === chosen.map - 1;
      button.classList.toggle("chosen", framed);
      button.ariaPressed = String(framed);
      button.tabIndex = framed || (k === 0 && !(here && chosen.map <= layer.tiles)) ? 0 : -1;
      const enter = () => { label(k + 1); this.showEdges(layer, k); };
      const leave = () => { label(here ? chosen.map : 0); this.lines.replaceChildren(); };
      button.addEventListener("pointerenter", enter);
      button.addEventListener("pointerleave", leave);
      button.addEventListener("focus", enter);
      button.addEventListener("blur", leave);
      button.addEventListener("click", () => layer.number && this.choose(layer.number, k + 1));
      buttons.push(button);
      tiles.append(button);
    }
    tiles.addEventListener("keydown", (event) => {
      const from = buttons.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
      if (from < 0 || !step) return;
      buttons[from + step]?.focus();
      event.preventDefault();
      event.stopPropagation();
    });
    label(here && chosen.map <= layer.tiles ? chosen.map : 0);
    const more = layer.count > layer.tiles ? `the first ${layer.tiles} of ${layer.count}` : "";
    return el("div", { className: "layer" }, tiles, name, el("div", { className: "more", textContent: more }));
  }

  // Classes have names, all else is counted from 1.
  word(layer, k) {
    if (layer.kind === "digits") return `${classWord(layer.names)} ${layer.names[k]}`;
    return `${layer.kind === "maps" ? "map" : "unit"} ${k + 1}`;
  }

  tile(layer, k, side, colours) {
    const shade = layer.signed ? signShade : inkShade, button = el("button", { className: "tile drawn" });
    button.dataset.id = `${layer.number}-${k + 1}`;
    button.ariaLabel = `${layer.name}, ${this.word(layer, k)}`;
    Object.assign(button.style, { width: `${side}px`, height: `${side}px` });
    if (!layer.number) button.disabled = true;
    if (layer.kind !== "maps") {
      const colour = shade(colours, layer.maps[k], 127);
      Object.assign(button.style, { background: toCss(colour), color: textOn(colour) });
      if (layer.kind === "digits") button.textContent = [...layer.names[k]].slice(0, 2).join("");
      return button;
    }
    const [rows, columns, count] = layer.maps.shape;
    const canvas = el("canvas", { width: columns, height: rows }), pen = canvas.getContext("2d");
    const pixels = pen.createImageData(columns, rows);
    for (let p = 0; p < rows * columns; p += 1)
      pixels.data.set([...shade(colours, layer.maps[p * count + k], 127), 255], 4 * p);
    pen.putImageData(pixels, 0, 0);
    button.append(canvas);
    return button;
  }
}
