// Colours: the palette of the page's theme, shades of ink for magnitudes and of blue and orange for signs.

// The palette of the page's own theme; Streamlit sets color-scheme, which is inherited into the shadow root.
function paletteOf(node) {
  return PALETTE[getComputedStyle(node).colorScheme.includes("dark") ? "dark" : "light"];
}

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix(from, to, share) {
  const a = rgb(from), b = rgb(to), t = Math.min(Math.max(share, 0), 1);
  return a.map((v, k) => Math.round(v + (b[k] - v) * t));
}

// Ink for magnitudes: 0 is the background, `largest` full ink.
function inkShade(colours, value, largest) {
  return mix(colours.background, colours.ink, 0.85 * Math.abs(value) / (largest || 1));
}

// Blue above zero, orange below: only for values that have a sign to show.
function signShade(colours, value, largest) {
  return mix(colours.background, value < 0 ? colours.negative : colours.positive, Math.abs(value) / (largest || 1));
}

function toCss(triple) {
  return `rgb(${triple[0]}, ${triple[1]}, ${triple[2]})`;
}

// Black or white, whichever stands out more on a shade: never below 4.5:1.
function textOn(triple) {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = 0.2126 * channel(triple[0]) + 0.7152 * channel(triple[1]) + 0.0722 * channel(triple[2]);
  return light > 0.179 ? "#000000" : "#ffffff";
}
