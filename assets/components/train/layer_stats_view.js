// How large each layer's weights, gradients and updates are while a run goes: numbers, each with its line over the
// steps. Where the run rests, Plotly figures below the component show them (pages/ui/train/inspection/layer_stats.py).

const SIZE_NAMES = ["weights", "gradient", "update"];

// Small numbers as m·10ⁿ.
function short(value) {
  if (!Number.isFinite(value) || value === 0 || (Math.abs(value) >= 0.01 && Math.abs(value) < 1e4))
    return formatNumber(value, 3);
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const raised = [...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  return `${formatNumber(value / 10 ** exponent, 1)}·10${raised}`;
}

function showSizes(look, panel) {
  const s = look.data.sizes;
  if (!s) return;
  if (panel.parts?.layers !== s.layers.join()) {
    const table = el("div", { className: "sizes-table", role: "table", tabIndex: 0, ariaLabel: "Sizes by layer" });
    const line = (...nodes) => { const row = el("div", { role: "row" }, ...nodes); table.append(row); };
    line(...["layer", ...SIZE_NAMES, "update / weights"].map((text) =>
      el("div", { className: "name", role: "columnheader", textContent: text })));
    const cells = s.layers.map((name) => {
      const boxes = [0, 1, 2, 3].map(() => ({
        value: el("b", { className: "number" }),
        trace: svgEl("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" }),
      }));
      line(el("div", { role: "rowheader", textContent: name }),
        ...boxes.map((box) => el("div", { className: "size", role: "cell" }, box.value, box.trace)));
      return boxes;
    });
    panel.parts = { layers: s.layers.join(), cells };
    panel.body.replaceChildren(table);
  }
  const values = unpack(s.sizes), [count, layers] = values.shape, { cells } = panel.parts;
  const at = (n, layer, k) => (k < 3 ? values[(n * layers + layer) * 3 + k] : at(n, layer, 2) / at(n, layer, 0));
  cells.forEach((boxes, layer) => boxes.forEach((box, k) => {
    box.value.textContent = count ? short(at(count - 1, layer, k)) : "–";
    trace(box.trace, s.at.map((step, n) => [step, at(n, layer, k)]), s.at.at(-1));
  }));
}

// A line over the steps so far, on a logarithmic axis of its own from its smallest to its largest.
function trace(node, points, total) {
  const known = points.filter(([, value]) => value > 0 && Number.isFinite(value))
    .map(([step, value]) => [step, Math.log(value)]);
  const logs = known.map((p) => p[1]), low = Math.min(...logs), high = Math.max(...logs, low + 0.1);
  const d = known.map(([step, v]) =>
    `${(100 * step / (total || 1)).toFixed(1)} ${(27 - 24 * (v - low) / (high - low)).toFixed(1)}`).join("L");
  if (!node.firstChild) node.append(svgEl("path", { class: "trace", "vector-effect": "non-scaling-stroke" }));
  node.firstChild.setAttribute("d", d ? `M${d}` : "");
}

function sizesWords(look) {
  const s = look.data.sizes, steps = s ? s.at.slice(-1) : look.data.frames.map((frame) => frame.step);
  if (!steps.length) return "No step has been measured yet.";
  const which = `Step ${steps.map(thousands).join(" and step ")}`;
  return s ? `${which}: root mean squares over each layer's parameters; each line on an axis of its own. `
    + `Learning rate ${short(s.rate)}.` : `${which}: root mean squares over each layer's parameters.`;
}
