// The random number by which a server knows this browser again, so that what was made in it is there after a reload.
// It is kept in the browser's local storage, is in no link, and is sent to Python once a session; "" where the browser
// keeps nothing. It draws nothing.

const TOKEN_ITEM = "convoscope-token";
const TOKEN_BYTES = 16;

export default function ({ parentElement, setStateValue }) {
  parentElement.querySelector(".root")?.remove();
  setStateValue("token", browserToken());
}

function browserToken() {
  try {
    const kept = localStorage.getItem(TOKEN_ITEM);
    if (/^[0-9a-f]{32}$/.test(kept ?? "")) return kept;
    const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
    localStorage.setItem(TOKEN_ITEM, Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    return localStorage.getItem(TOKEN_ITEM);  // another tab may have written one meanwhile
  } catch {  // a browser that keeps nothing
    return "";
  }
}
