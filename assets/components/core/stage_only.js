// The stage alone on the page, for a projector.

const ALONE = "convoscope-stage-only", SMALLEST = 0.7;
const HIDE = `[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"]
  { display: none !important; } [data-testid="stMainBlockContainer"] { padding-top: 1rem !important; }`;

// Hide everything but the stage, or show it again; without an argument, the other of the two.
function stageOnly(on) {
  const old = document.getElementById(ALONE);
  if (old && on !== true) old.remove();
  if (!old && on !== false) document.head.append(el("style", { id: ALONE, textContent: HIDE }));
  return !!document.getElementById(ALONE);
}

// Where the stage is alone, make it small enough to end above the window's lower edge.
function fit(root) {
  root.style.zoom = "";
  if (!document.getElementById(ALONE) || innerWidth < 700) return;
  const area = root.getBoundingClientRect(), room = innerHeight - area.top - 8;
  if (area.height > room) root.style.zoom = Math.max(room / area.height, SMALLEST);
}
