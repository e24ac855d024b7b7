// core/: number format, arrays, colours, keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load, packed } from "./load.mjs";

const core = load([], "formatNumber", "bracketed", "percent", "signed", "thousands", "duration", "powerOfTen", "unpack",
  "largestOf", "rowsOf", "mapOf", "rgb", "mix", "inkShade", "signShade", "textOn", "toCss", "isTyping", "advance",
  "HistoryEntries", "shortcutOf", "typedCharacter",
  "withDecimalPoint", "MOUNTED", "PALETTE");
const plain = (value) => JSON.parse(JSON.stringify(value));  // free of the context's own prototypes

test("whole numbers are bare, others have two decimals, the minus sign is a true one", () => {
  for (const [value, text] of [[0, "0"], [-0, "0"], [7, "7"], [-7, "−7"], [0.5, "0.50"], [-1.005, "−1.00"],
    [1e6, "1000000"], [-0.001, "0.00"], [0.125, "0.13"], [2.675, "2.67"]]) {
    assert.equal(core.formatNumber(value), text);
  }
  assert.equal(core.formatNumber(1.23456, 4), "1.2346");
  for (const dust of [1e-15, -1e-15]) {  // what rounding leaves of a whole number
    assert.equal(core.formatNumber(6 + dust), "6");
    assert.equal(core.formatNumber(dust), "0");
  }
});

test("what is no finite number is named", () => {
  assert.equal(core.formatNumber(NaN), "not a number");
  assert.equal(core.formatNumber(Infinity), "∞");
  assert.equal(core.formatNumber(-Infinity), "−∞");
});

test("signs and brackets", () => {
  assert.equal(core.bracketed(-2), "(−2)");
  assert.equal(core.bracketed(2), "2");
  assert.equal(core.signed(1.5), "+1.50");
  assert.equal(core.signed(-1.5), "−1.50");
  assert.equal(core.signed(0), "0");
  assert.equal(core.signed(3, false), "3");
});

test("probabilities never claim certainty", () => {
  assert.equal(core.percent(1), "> 99.9 %");
  assert.equal(core.percent(0.999), "99.9 %");
  assert.equal(core.percent(0.5), "50.0 %");
  assert.equal(core.percent(0.001), "0.1 %");
  assert.equal(core.percent(0), "< 0.1 %");
  assert.equal(core.percent(NaN), "–");
  assert.equal(core.percent(null), "–");
});

test("large numbers, seconds and powers of ten", () => {
  assert.equal(core.thousands(1234567.4), "1,234,567");
  assert.equal(core.duration(59.4), "59 s");
  assert.equal(core.duration(59.6), "1 min 0 s");
  assert.equal(core.duration(125), "2 min 5 s");
  assert.equal(core.powerOfTen(0), "0");
  assert.equal(core.powerOfTen(12.345), "12.35");
  assert.equal(core.powerOfTen(250000), "2.5·10⁵");
  assert.equal(core.powerOfTen(0.0003), "3.0·10⁻⁴");
});

test("arrays keep their type, their shape and every bit", () => {
  const values = core.unpack(packed("float64", Float64Array.of(0.1, -0, NaN, 1e300, 5, 6), [2, 3]));
  assert.deepEqual(plain([...values]), [0.1, 0, null, 1e300, 5, 6]);
  assert.ok(Object.is(values[1], -0));
  assert.deepEqual(plain(values.shape), [2, 3]);
  assert.deepEqual([...core.rowsOf(values)[1]], [1e300, 5, 6]);
  assert.deepEqual([...core.unpack(packed("int8", Int8Array.of(-128, 127), [2]))], [-128, 127]);
  assert.deepEqual([...core.unpack(packed("bool", Uint8Array.of(0, 1), [2]))], [0, 1]);
});

test("one map of several, the largest magnitude", () => {
  const maps = Object.assign(Float64Array.from({ length: 12 }, (_, k) => k), { shape: [3, 2, 2] });
  assert.deepEqual([...core.mapOf(maps, 1)], [4, 5, 6, 7]);
  assert.equal(core.largestOf([1, -5, 3]), 5);
  assert.equal(core.largestOf([]), 0);
});

test("blue is above zero and orange below", () => {
  const colours = core.PALETTE.light;
  assert.deepEqual(plain(core.signShade(colours, 2, 2)), plain(core.rgb(colours.positive)));
  assert.deepEqual(plain(core.signShade(colours, -2, 2)), plain(core.rgb(colours.negative)));
  assert.deepEqual(plain(core.signShade(colours, 0, 2)), [255, 255, 255]);
  assert.deepEqual(plain(core.signShade(colours, 0, 0)), [255, 255, 255]);
  assert.deepEqual(plain(core.inkShade(colours, -2, 2)), plain(core.inkShade(colours, 2, 2)));
  assert.deepEqual(plain(core.mix("#000000", "#ffffff", 7)), [255, 255, 255]);
  assert.equal(core.toCss([1, 2, 3]), "rgb(1, 2, 3)");
});

test("text on any grey has a contrast of at least 4.5", () => {
  const light = (v) => (v <= 0.04045 * 255 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  for (let v = 0; v < 256; v += 1) {
    const text = core.textOn([v, v, v]) === "#000000" ? 0 : 1;
    const [low, high] = [light(v), text].toSorted((a, b) => a - b);
    assert.ok((high + 0.05) / (low + 0.05) >= 4.5, `grey ${v}`);
  }
});

test("a key belongs to a field where something is typed, and to a radio button where it moves it", () => {
  const at = (selector, key, more = {}) => core.isTyping({ key, ...more, composedPath: () => [{
    matches: (what) => what.split(", ").includes(selector) }] });
  assert.ok(at("input", "a"));
  assert.ok(at("[role=slider]", "ArrowLeft"));
  assert.ok(!at("button", "a"));
  assert.ok(at("button", "a", { ctrlKey: true }));
  assert.ok(at("[type=radio]", "ArrowDown"));
  assert.ok(!at("[type=radio]", "p"));
  assert.ok(at("[type=checkbox]", " "));
  assert.ok(!at("[type=checkbox]", "ArrowDown"));
});

test("a step forward goes to the lecture's question, then to the stage, then to the next scene", () => {
  const calls = [];
  const say = (name, answer) => () => { calls.push(name); return answer; };
  core.MOUNTED.lecture = { answer: say("answer", false), move: say("move", true) };
  core.MOUNTED.stage = { walk: say("walk", false) };
  assert.ok(core.advance(true));
  assert.deepEqual(calls.splice(0), ["answer", "walk", "move"]);
  core.MOUNTED.stage.walk = say("walk", true);
  core.advance(true);
  assert.deepEqual(calls.splice(0), ["answer", "walk"]);
  core.MOUNTED.lecture.answer = say("answer", true);
  core.advance(false);
  assert.deepEqual(calls.splice(0), ["answer"]);
});

test("a press leaves one entry in the history, and none while Back waits for the end of a run", () => {
  const written = [];
  const entries = Object.assign(Object.create(core.HistoryEntries.prototype), {
    push: (address) => written.push(`push ${address}`), replace: (address) => written.push(`replace ${address}`),
    pushed: false, moving: false, passing: false, waiting: 0, running: false, isRunning() { return this.running; },
    pass() { this.waiting = 0; written.push("pass"); },
  });
  entries.write(["a"], true);
  entries.write(["b"], true);
  entries.write(["c"], false);
  entries.ended();
  entries.pushed = false;  // a press
  entries.write(["d"], true);
  assert.deepEqual(written.splice(0), ["push a", "replace b", "replace c", "push d"]);
  entries.ended();
  const back = { stopped: 0, stopImmediatePropagation() { this.stopped += 1; } };
  entries.moved(back);  // at rest: Streamlit hears it at once
  assert.equal(back.stopped, 0);
  entries.moved(back);  // its run has not ended
  entries.write(["e"], true);
  entries.write(["f"], false);
  assert.deepEqual([back.stopped, written.length], [1, 0]);
  clearTimeout(entries.waiting);
  entries.ended();
  assert.deepEqual(written, ["pass"]);
});

test("a decimal comma is read as a point, and nothing else is changed", () => {
  for (const [text, expected] of [[",", "."], ["0,05", "0.05"], [" -1,5 ", "-1.5"], ["1", null], ["1.5", null], ["1,2,3", null],
    ["1.000,5", null], [null, null], ["", null]]) assert.equal(core.withDecimalPoint(text), expected, text);
});

test("shortcuts work on keyboards of other scripts and layouts", () => {
  const keys = [
    ["f", "KeyF", "f"], ["F", "KeyF", "f"], ["ด", "KeyF", "f"], ["а", "KeyF", "f"], ["φ", "KeyF", "f"],  // Thai, Russian, Greek
    ["&", "Digit1", "1"], ["é", "Digit2", "2"], ["5", "Numpad5", "5"], ["٣", "Digit3", "3"],  // French, Arabic
    ["z", "KeyY", "z"], ["a", "KeyQ", "a"], ["-", "Digit6", "6"], ["+", "BracketRight", "+"], ["Dead", "KeyK", "k"],
    ["-", "Minus", "-"], ["-", "Slash", "-"], ["ข", "Minus", "-"], ["ช", "Equal", "+"], ["ß", "Minus", "ß"],  // and German
    ["ArrowRight", "ArrowRight", "ArrowRight"], ["PageDown", "", "PageDown"], [" ", "Space", " "], ["?", "Slash", "?"],
  ];
  for (const [key, code, expected] of keys) assert.equal(core.shortcutOf({ key, code, shiftKey: false }), expected, key);
  assert.equal(core.shortcutOf({ key: "!", code: "Digit1", shiftKey: true }), "!");
  assert.equal(core.shortcutOf({ key: "ฦ", code: "Slash", shiftKey: true }), "?");
  for (const [key, code, expected] of [["-", "Digit6", "-"], ["&", "Digit1", "1"], [",", "KeyM", ","]])
    assert.equal(core.typedCharacter({ key, code, shiftKey: false }), expected, "typed into a number");
});
