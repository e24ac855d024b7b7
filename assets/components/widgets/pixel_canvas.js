// Images of shades on small canvases: digits and filters.

// `what` names the picture: one that is shown already costs nothing.
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
  while (host.children.length < count) host.append(el("canvas", { role: "img" }));
  [...host.children].forEach((canvas, n) => {
    canvas.ariaLabel = `filter ${n + 1}: blue above zero, orange below`;
    paint(canvas, height, width, (k) => signShade(colours, values[k * count + n], largest), `${what} ${colours.ink}`);
  });
}
