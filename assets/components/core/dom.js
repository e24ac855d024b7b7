// Elements, and keys that belong to a field.

function el(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value; else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

function svgEl(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

const LATIN_END = "\u024f";  // the last letter of Latin scripts

// The key of a shortcut, whatever the keyboard: a letter in lower case, a digit, a sign, or a name like "ArrowRight".
// Keyboards without Latin letters, and those where a digit needs Shift, are read by the key's place.
function shortcutOf({ key, code = "", shiftKey }) {
  const digit = /^Digit([0-9])$/.exec(code), letter = /^Key([A-Z])$/.exec(code);
  if (key.length > 1 && key !== "Dead") return key;
  if (/^[0-9]$/.test(key)) return key;
  if (digit && !shiftKey) return digit[1];
  if (/^[a-z?+.,-]$/i.test(key)) return key.toLowerCase();
  if (letter) return letter[1].toLowerCase();
  const sign = { Minus: "-", Equal: "+", Slash: shiftKey ? "?" : "/" }[code];
  return sign && key > LATIN_END ? sign : key;
}

// What a key adds to a number that is typed: its own sign where it has one, for there a minus is no shortcut.
function typedCharacter(event) { return /^[-−.,]$/.test(event.key) ? event.key : shortcutOf(event); }

// Keys stay quiet while something is typed; events come out of shadow roots, hence composedPath().
// What was just chosen in the sidebar keeps only the keys that it moves by.
function isTyping(event) {
  const target = event.composedPath()[0], is = (what) => !!target?.matches?.(what);
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (is("[type=radio], [type=checkbox]"))
    return event.key === " " || (is("[type=radio]") && event.key.startsWith("Arrow"));
  return is("input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox] *");
}
