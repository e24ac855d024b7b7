// A picture of what is on the stage as a standalone SVG for slides: rectangles, text and images, no foreignObject.
// Walks the boxes and computed styles of the page, so it knows nothing of what a stage shows.

function svgOf(nodes, background) {
  const boxes = nodes.map((node) => node.getBoundingClientRect()).filter((box) => box.width && box.height);
  const left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
  const top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
  const margin = 16, width = Math.ceil(right - left) + 2 * margin, height = Math.ceil(bottom - top) + 2 * margin;
  const svg = svgNode("svg", { xmlns: SVG_NAMESPACE, viewBox: `0 0 ${width} ${height}`, width, height });
  svg.append(svgNode("rect", { width, height, fill: background }));
  const pen = { svg, x: margin - left, y: margin - top, measure: el("canvas").getContext("2d") };
  nodes.forEach((node) => svgWalk(pen, node));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

function svgNode(name, attributes) {
  const node = document.createElementNS(SVG_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== "xmlns") node.setAttribute(key, typeof value === "number" ? Math.round(value * 100) / 100 : value);
  }
  return node;
}

function svgWalk(pen, node) {
  if (node.nodeType === Node.TEXT_NODE) { svgText(pen, node); return; }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const style = getComputedStyle(node), box = node.getBoundingClientRect();
  if (style.display === "none" || style.visibility === "hidden") return;
  if (node.matches("button:not(.option, .drawn, [aria-pressed=true])") && !node.querySelector("canvas")) return;
  if (node.namespaceURI === SVG_NAMESPACE) { svgCopy(pen, node, box); return; }
  if (style.display !== "contents") svgBox(pen, style, box);
  if (node.localName === "canvas") {
    pen.svg.append(svgNode("image", { href: svgSharp(node, box), x: box.left + pen.x, y: box.top + pen.y,
      width: box.width, height: box.height }));
  }
  node.childNodes.forEach((child) => svgWalk(pen, child));
}

// Enlarged without smoothing, since slides would blur the pixels.
function svgSharp(canvas, box) {
  const copy = el("canvas", { width: Math.ceil(2 * box.width), height: Math.ceil(2 * box.height) });
  const context = copy.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, copy.width, copy.height);
  return copy.toDataURL("image/png");
}

// Any CSS colour as #rrggbb; null where nothing is to be seen.
function svgColour(pen, colour) {
  pen.measure.clearRect(0, 0, 1, 1);
  pen.measure.fillStyle = colour;
  pen.measure.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pen.measure.getImageData(0, 0, 1, 1).data;
  return a ? `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}` : null;
}

function svgBox(pen, style, box) {
  if (!box.width || !box.height) return;
  const at = { x: box.left + pen.x, y: box.top + pen.y, width: box.width, height: box.height };
  const fill = svgColour(pen, style.backgroundColor);
  const hatched = style.backgroundImage.includes("repeating-linear-gradient");
  const round = { rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, at.width / 2, at.height / 2) };
  if (fill) pen.svg.append(svgNode("rect", { ...at, ...round, fill }));
  if (hatched) svgHatch(pen, at, svgColour(pen, style.getPropertyValue("--line")) || "#cbd5e1");
  svgOutline(pen, style, at, round);
  const sides = ["Top", "Right", "Bottom", "Left"].map((side) => ({
    width: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]),
    kind: style[`border${side}Style`], colour: style[`border${side}Color`],
  }));
  const [first] = sides;
  if (sides.every((side) => side.width === first.width && side.kind === first.kind && side.colour === first.colour)) {
    if (first.width) svgFrame(pen, at, round, first);
  } else {
    const { x, y, width, height } = at;
    [[x, y, x + width, y], [x + width, y, x + width, y + height], [x, y + height, x + width, y + height],
      [x, y, x, y + height]].forEach(([x1, y1, x2, y2], k) => {
      if (sides[k].width) pen.svg.append(svgNode("line", { x1, y1, x2, y2,
        stroke: svgColour(pen, sides[k].colour) || "none", "stroke-width": sides[k].width }));
    });
  }
}

function svgFrame(pen, at, round, { width, kind, colour }) {
  const stroke = svgColour(pen, colour);
  if (!stroke) return;
  const inset = (by, thick) => pen.svg.append(svgNode("rect", { x: at.x + by, y: at.y + by,
    width: Math.max(at.width - 2 * by, 0), height: Math.max(at.height - 2 * by, 0), ...round, fill: "none", stroke,
    "stroke-width": thick, ...(kind === "dashed" ? { "stroke-dasharray": "4 3" } : {}) }));
  if (kind === "double" && width >= 3) {
    inset(width / 6, width / 3);
    inset(width * 5 / 6, width / 3);
  } else inset(width / 2, width);
}

// An outline is outside its box, or inside where its offset is negative.
function svgOutline(pen, style, at, round) {
  const width = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  const by = parseFloat(style.outlineOffset) + width;
  if (width) svgFrame(pen, { x: at.x - by, y: at.y - by, width: at.width + 2 * by, height: at.height + 2 * by }, round,
    { width, kind: style.outlineStyle, colour: style.outlineColor });
}

// Diagonal lines of what represents zeros.
function svgHatch(pen, { x, y, width, height }, stroke) {
  const path = [];
  for (let k = 6; k < width + height; k += 12) {
    const from = [Math.min(k, width), Math.max(k - width, 0)], to = [Math.max(k - height, 0), Math.min(k, height)];
    path.push(`M${x + from[0]} ${y + from[1]}L${x + to[0]} ${y + to[1]}`);
  }
  pen.svg.append(svgNode("path", { d: path.join(""), stroke, fill: "none" }));
}

// Each line of a text node, where the browser put it.
function svgText(pen, node) {
  if (!node.data.trim()) return;
  const style = getComputedStyle(node.parentElement), range = document.createRange();
  const lines = [];
  for (let k = 0; k < node.length; k += 1) {
    range.setStart(node, k);
    range.setEnd(node, k + 1);
    const box = range.getClientRects()[0];
    if (!box || !box.width) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.top - box.top) < 2) {
      line.text += node.data[k];
      line.right = box.right;
    } else lines.push({ text: node.data[k], left: box.left, right: box.right, top: box.top, height: box.height });
  }
  pen.measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const middle = style.textAlign === "center" || (style.display === "flex" && style.justifyContent === "center");
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = pen.measure.measureText("0");
  const fill = svgColour(pen, style.color) || "none";
  if (style.writingMode === "vertical-rl") { svgUpright(pen, node, style, fill); return; }
  const struck = node.parentElement.closest("s") || style.textDecorationLine.includes("line-through");
  for (const line of lines) {
    const text = line.text.replace(/\s+$/, "");
    if (!text) continue;
    const start = text.length - text.trimStart().length, each = (line.right - line.left) / line.text.length;
    const from = line.left + start * each + pen.x, to = line.left + text.length * each + pen.x;
    const place = middle ? { "text-anchor": "middle" } : { textLength: to - from, lengthAdjust: "spacingAndGlyphs" };
    const drawn = svgNode("text", { ...place, x: middle ? (from + to) / 2 : from,
      y: line.top + pen.y + line.height * ascent / (ascent + descent),
      "font-family": /mono|courier|consolas/i.test(style.fontFamily) ? "monospace" : "sans-serif",
      "font-size": parseFloat(style.fontSize), "font-weight": style.fontWeight, fill });
    drawn.textContent = text.trimStart().replace(/\s/g, "\u00a0");
    pen.svg.append(drawn);
    if (struck || style.textDecorationLine.includes("underline")) {
      const y = line.top + pen.y + line.height * (struck ? 0.55 : 0.98);
      pen.svg.append(svgNode("line", { x1: from, y1: y, x2: to, y2: y, stroke: fill, "stroke-width": 1.5 }));
    }
  }
}

// A name that is written from the bottom to the top.
function svgUpright(pen, node, style, fill) {
  const box = node.parentElement.getBoundingClientRect(), size = parseFloat(style.fontSize);
  const x = box.left + pen.x + box.width / 2 + 0.35 * size, y = box.bottom + pen.y;
  const drawn = svgNode("text", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(-90)`,
    "font-family": "sans-serif", "font-size": size, "font-weight": style.fontWeight, fill });
  drawn.textContent = node.data;
  pen.svg.append(drawn);
}

// Lines that a stage drew itself as SVG: its shapes with the styles they have here.
function svgCopy(pen, node, box) {
  const copy = node.cloneNode(true), own = [...node.querySelectorAll("*")];
  copy.querySelectorAll("*").forEach((each, k) => {
    const style = getComputedStyle(own[k]);
    each.removeAttribute("class");
    each.setAttribute("fill", style.fill === "none" ? "none" : svgColour(pen, style.fill) || "none");
    each.setAttribute("stroke", style.stroke === "none" ? "none" : svgColour(pen, style.stroke) || "none");
    each.setAttribute("stroke-width", style.strokeWidth);
    if (each.localName === "text") {
      each.setAttribute("font-size", style.fontSize);
      each.setAttribute("font-weight", style.fontWeight);
      each.setAttribute("font-family", "sans-serif");
      each.setAttribute("text-anchor", style.textAnchor);
    }
  });
  const group = svgNode("g", { transform: `translate(${box.left + pen.x} ${box.top + pen.y})` });
  group.append(...copy.childNodes);
  pen.svg.append(group);
}

function download(name, type, text) {
  const link = el("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
