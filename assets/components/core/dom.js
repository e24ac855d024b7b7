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

// Keys stay quiet while something is typed; events come out of shadow roots, hence composedPath().
// What was just chosen in the sidebar keeps only the keys that it moves by.
function isTyping(event) {
  const target = event.composedPath()[0], is = (what) => !!target?.matches?.(what);
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (is("[type=radio], [type=checkbox]"))
    return event.key === " " || (is("[type=radio]") && event.key.startsWith("Arrow"));
  return is("input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox] *");
}
