// Numbers and probabilities as text.

const ROUNDING_ERROR = 1e-9;  // relative; what differs less from a whole number is one

// One number format for all: whole numbers bare, others with `digits` decimals, a true minus sign.
function formatNumber(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const whole = Math.abs(Math.round(value)), size = Math.abs(value);
  const rounded = Math.abs(size - whole) <= ROUNDING_ERROR * Math.max(1, size) ? String(whole) : size.toFixed(digits);
  return (value < 0 && Number(rounded) !== 0 ? "−" : "") + rounded;
}

// As a factor or a summand: negative numbers are in brackets.
function bracketed(value) { return value < 0 ? `(${formatNumber(value)})` : formatNumber(value); }

// Probabilities never claim certainty; null and "not a number" are a dash.
function percent(probability) {
  if (!Number.isFinite(probability)) return "–";
  if (probability > 0.999) return "> 99.9 %";
  if (probability < 0.001) return "< 0.1 %";
  return `${(100 * probability).toFixed(1)} %`;
}

// With a plus sign above zero.
function signed(value, plus = true, digits = 2) {
  const text = formatNumber(value, digits);
  return plus && value > 0 ? `+${text}` : text;
}

function thousands(value) { return Math.round(value).toLocaleString("en"); }

// "12 s", "2 min 5 s"
function duration(seconds) {
  const s = Math.round(seconds);
  return s < 60 ? `${s} s` : `${Math.floor(s / 60)} min ${s % 60} s`;
}

// e^z spans many powers of ten: whole, to two decimals, or as m·10ⁿ.
function powerOfTen(value) {
  if (value === 0 || (value >= 0.01 && value < 1e5)) return formatNumber(value);
  const exponent = Math.floor(Math.log10(value));
  const raised = [...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  return `${(value / 10 ** exponent).toFixed(1)}·10${raised}`;
}

// Whether names of classes are words: they wrap, stand upright or are cut, with the whole name as a tooltip.
function areWords(names) { return names.some((name) => name.length > 2); }
