// The feature maps of every layer, a strip of shades each; the nodes stay, so nothing flickers.

// layers: [{name, maps: packed int8 (H, W, count), signed, across}]; `across` maps are in one row: unless it is given,
// 8, and 16 of very many. Where there are more than 16 maps, each is drawn smaller.
// `limit` is the widest picture in pixels.
function drawLayerMaps(host, layers, colours, limit = Infinity) {
  while (host.children.length > layers.length) host.lastChild.remove();
  layers.forEach((layer, index) => {
    const values = unpack(layer.maps), [height, width, count] = values.shape;
    const across = Math.min(count, layer.across || (count > 32 ? 16 : 8)), down = Math.ceil(count / across);
    let box = host.children[index];
    if (!box) {
      box = el("div", { className: "layer" }, el("div", { className: "name" }),
        el("canvas", { role: "img" }));
      host.append(box);
    }
    box.firstChild.textContent = layer.name;
    const canvas = box.lastChild, wide = across * (width + 1) - 1, high = down * (height + 1) - 1;
    canvas.ariaLabel = `${layer.name}, ${count} pictures`;
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const scale = Math.min(Math.max(1, Math.round((count > 16 ? 28 : 46) / width)), 12);
    canvas.style.width = `${Math.min(wide * scale, limit)}px`;
    const pen = canvas.getContext("2d"), pixels = pen.createImageData(wide, high);
    const shades = shadesOf(colours, layer.signed), dots = new Uint32Array(pixels.data.buffer).fill(shades[256]);
    for (let m = 0; m < count; m += 1) {
      const left = (m % across) * (width + 1), top = Math.floor(m / across) * (height + 1);
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) {
        dots[(top + y) * wide + left + x] = shades[values[(y * width + x) * count + m] + 128];
      }
    }
    pen.putImageData(pixels, 0, 0);
  });
}

const SHADES = new Map();

// What a pixel of an image holds for each byte from -128 to 127, and last the colour of lines; worked out once.
function shadesOf(colours, withSign) {
  const key = colours.background + withSign;
  if (!SHADES.has(key)) {
    const shade = withSign ? signShade : inkShade,
      bytes = Array.from({ length: 256 }, (_, k) => shade(colours, k - 128, 127));
    const dots = new Uint8ClampedArray([...bytes, rgb(colours.line)].flatMap((triple) => [...triple, 255]));
    SHADES.set(key, new Uint32Array(dots.buffer));
  }
  return SHADES.get(key);
}
