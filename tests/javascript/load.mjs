// The components' libraries are scripts that see one another's names: run them in a context of their own.

import { readFileSync, globSync } from "node:fs";
import { basename } from "node:path";
import { createContext, runInContext } from "node:vm";

const FOLDER = new URL("../../assets/components/", import.meta.url).pathname;
const FILES = new Map(globSync("**/*.js", { cwd: FOLDER }).map((path) => [basename(path), FOLDER + path]));
const COLOURS = { background: "#ffffff", surface: "#f8fafc", ink: "#000000", muted: "#475569", line: "#cbd5e1",
                  positive: "#0000ff", negative: "#ff8000" };

/**
 * Run core/ and the named files, then hand out the names asked for: const { percent } = load([], "percent").
 * Elements are bare objects: enough for what computes, not for what draws.
 */
export function load(files, ...names) {
  const node = () => ({
    style: {}, dataset: {}, children: [], append() {}, replaceChildren() {}, setAttribute() {}, addEventListener() {},
    classList: { add() {}, toggle() {}, remove() {} },
  });
  const document = { createElement: node, createElementNS: node, getElementById: () => null, addEventListener() {} };
  const context = createContext({ document, PALETTE: { light: COLOURS, dark: COLOURS }, atob, setTimeout, clearTimeout,
    addEventListener() {}, MutationObserver: class { observe() {} }, history: { pushState() {}, replaceState() {} } });
  context.window = context;
  const core = [...FILES].filter(([, path]) => path.includes("/core/")).map(([name]) => name).toSorted();
  for (const name of [...core, ...files]) runInContext(readFileSync(FILES.get(name), "utf8"), context, { filename: name });
  return runInContext(`({ ${names.join(", ")} })`, context);
}

/** The step of a network that Python would send: an array as `packed` in Python writes it. */
export function packed(type, array, shape) {
  return { type, shape, base64: Buffer.from(array.buffer).toString("base64") };
}
