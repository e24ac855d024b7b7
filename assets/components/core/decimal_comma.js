// A comma typed or pasted into one of Streamlit's number fields is read as a decimal point. Browsers whose language
// writes points leave it out, so that 0,05 would become 5 or 005.

const NUMBER_WITH_COMMA = /^\s*[-+]?\d*,\d*\s*$/;

// The text to enter in place of another; null to leave it to the browser.
function withDecimalPoint(text) {
  return text === "," ? "." : NUMBER_WITH_COMMA.test(text ?? "") ? text.trim().replace(",", ".") : null;
}

function readComma(event) {
  const field = event.composedPath()[0];
  const pointed = 1.5.toLocaleString(navigator.language).includes(".");
  if (!pointed || !field?.matches?.("input[type=number]")) return;
  const entered = withDecimalPoint(event.data ?? event.dataTransfer?.getData("text/plain"));
  if (entered === null) return;
  event.preventDefault();
  document.execCommand("insertText", false, entered);  // as if it were typed: the field hears of it, and can undo it
}

if (!document.readsComma) document.addEventListener("beforeinput", readComma, true);
document.readsComma = true;
