// Numbers and probabilities as text.

// One number format for all: whole numbers bare, others with `digits` decimals, a true minus sign.
function number(value, digits = 2) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const rounded = Number.isInteger(value) ? String(Math.abs(value)) : Math.abs(value).toFixed(digits);
  return (value < 0 && Number(rounded) !== 0 ? "−" : "") + rounded;
}

// As a factor or a summand: what is below zero stands in brackets.
function bracket(value) { return value < 0 ? `(${number(value)})` : number(value); }

// Probabilities never claim certainty.
function percent(probability) {
  if (probability > 0.999) return "> 99.9 %";
  if (probability < 0.001) return "< 0.1 %";
  return `${(100 * probability).toFixed(1)} %`;
}
