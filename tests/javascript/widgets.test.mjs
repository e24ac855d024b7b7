// widgets/: guesses and their options, the steps of a stage, cells of a grid.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Guess, shuffled, Grid, Stage, shadesOf, PALETTE, rememberedSpeed, changedSpeed } = load(
  ["grid.js", "guess.js", "playing.js", "stage.js", "layer_maps.js"],
  "Guess", "shuffled", "Grid", "Stage", "shadesOf", "PALETTE", "rememberedSpeed", "changedSpeed");

/** A method's `this` with nothing but the given fields: no element is made. */
const bare = (Kind, fields) => Object.assign(Object.create(Kind.prototype), fields);

test("the order of options depends on the step alone, and every place can be the first", () => {
  const list = ["a", "b", "c", "d"];
  assert.deepEqual([...shuffled(list, 5)], [...shuffled(list, 5)]);
  assert.deepEqual([...shuffled(list, 5)].toSorted(), list);
  assert.deepEqual(list, ["a", "b", "c", "d"]);
  const firsts = new Set(Array.from({ length: 40 }, (_, seed) => shuffled(list, seed)[0]));
  assert.deepEqual([...firsts].toSorted(), list);
});

test("keys A to D vote, digits type, Backspace takes back, and a revealed guess hears nothing", () => {
  const guess = new Guess();
  assert.equal(guess.key("a"), false);
  guess.ask([{ text: "1", right: true, why: "" }, { text: "2", right: false, why: "" }]);
  assert.ok(guess.key("b") && guess.key("B") && guess.key("a"));
  assert.deepEqual(guess.options.map((option) => option.votes), [1, 2]);
  assert.ok(guess.key("Backspace"));
  assert.deepEqual(guess.options.map((option) => option.votes), [0, 2]);
  assert.ok(guess.key("-") && guess.key("3") && guess.key(",") && guess.key("5"));
  assert.equal(guess.typed, "-3,5");
  assert.ok(guess.key("Backspace"));
  assert.equal(guess.typed, "-3,");
  assert.equal(guess.key("x"), false);
  guess.reveal(-3);
  assert.equal(guess.key("a"), false);
});

test("without typing, digits belong to the stage", () => {
  const guess = new Guess();
  guess.ask([], false);
  assert.equal(guess.key("3"), false);
});

test("options are those of the step, the first of them right, in an order of their own", () => {
  const options = { reasons: ["", "doubled", "a sign was lost"], steps: [[], [["−1", 0], ["−2", 1], ["1", 2]]] };
  const stage = bare(Stage, { step: 1, data: { options } });
  const listed = Array.from(stage.options());
  assert.deepEqual(listed.map((option) => option.text).toSorted(), ["1", "−1", "−2"]);
  assert.deepEqual(listed.filter((option) => option.right).map((option) => option.text), ["−1"]);
  assert.equal(listed.find((option) => option.text === "−2").why, "doubled");
  assert.equal(Object.assign(stage, { step: 0 }).options().length, 0);
  assert.equal(Object.assign(stage, { data: {} }).options().length, 0);
});

test("playing takes three slow steps, then a row, then all the rest within two seconds", () => {
  const stage = bare(Stage, { steps: 100, rowLength: () => 10 });
  assert.equal(stage.stepAt(0, 0), 0);
  assert.equal(stage.stepAt(899, 0), 0);
  assert.equal(stage.stepAt(900, 0), 1);
  assert.equal(stage.stepAt(2700, 0), 3);
  assert.equal(stage.stepAt(2700 + 600, 0), 8);
  assert.equal(stage.stepAt(2700 + 1200, 0), 13);
  assert.equal(stage.stepAt(2700 + 1200 + 1000, 0), 13 + 43);
  assert.equal(stage.stepAt(2700 + 1200 + 2000, 0), 99);
  assert.equal(stage.stepAt(1e6, 50), 99);
  let last = 0;
  for (let t = 0; t < 7000; t += 7) {
    assert.ok(stage.stepAt(t, 0) >= last);
    last = stage.stepAt(t, 0);
  }
});

test("a step back or forward goes one step, or to the scene's next one", () => {
  const gone = [];
  const stage = bare(Stage, { steps: 10, step: 4, beats: null, hidden: false, predict: false, stop() {},
    go: (step, hidden) => gone.push([step, hidden]) });
  assert.ok(stage.walk(true) && stage.walk(false));
  assert.deepEqual(gone.splice(0), [[5, false], [3, false]]);
  stage.beats = [0, 4, 9];
  assert.ok(stage.walk(true) && stage.walk(false));
  assert.deepEqual(gone.splice(0), [[9, false], [0, false]]);
});

test("the ends of a stage are handed on to the lecture; a hidden value is revealed first", () => {
  const gone = [];
  const stage = bare(Stage, { steps: 3, step: 2, beats: null, hidden: false, predict: false, stop() {},
    go: (...how) => gone.push(how) });
  assert.equal(stage.walk(true), false);
  stage.step = 0;
  assert.equal(stage.walk(false), false);
  stage.hidden = true;
  assert.equal(stage.walk(true), true);
  assert.deepEqual(gone.splice(0), [[0, false]]);
  Object.assign(stage, { hidden: false, predict: true });
  assert.equal(stage.walk(false), true);
  assert.deepEqual(gone, [[0, true]]);
});

test("a pointer is over the cell that it is over, and over none outside", () => {
  const grid = bare(Grid, { rows: 2, columns: 4, node: {
    getBoundingClientRect: () => ({ left: 10, top: 20, width: 80, height: 40 }) } });
  assert.equal(grid.at({ clientX: 10, clientY: 20 }), 0);
  assert.equal(grid.at({ clientX: 89.9, clientY: 59.9 }), 7);
  assert.equal(grid.at({ clientX: 31, clientY: 45 }), 5);
  assert.equal(grid.at({ clientX: 9, clientY: 30 }), -1);
  assert.equal(grid.at({ clientX: 90, clientY: 30 }), -1);
  assert.equal(grid.at({ clientX: 30, clientY: 60 }), -1);
});

test("keys of a grid walk, choose and begin to type", () => {
  const done = [];
  const grid = bare(Grid, { rows: 3, columns: 4, current: 5, edited: null, choose: (index) => done.push(["choose", index]),
    focusCell: (index) => done.push(["focus", index]), edit: () => {}, type: (...what) => done.push(["type", ...what]) });
  const press = (key, more = {}) => grid.key({ key, ...more, composedPath: () => [{}], preventDefault() {}, stopPropagation() {} });
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "7", "-", "F2", " "]) press(key);
  press("7", { ctrlKey: true });
  press("q");
  assert.deepEqual(done, [["focus", 6], ["focus", 4], ["focus", 1], ["focus", 9], ["type", 5, "7"], ["type", 5, "-"],
    ["type", 5, ""], ["choose", 5]]);
});

test("a byte's shade: 0 is the background, the sign decides the colour, the last entry is the line", () => {
  const shades = shadesOf(PALETTE.light, true);
  const channels = (k) => [...new Uint8Array(Uint32Array.of(shades[k]).buffer)];
  assert.equal(shades.length, 257);
  assert.deepEqual(channels(128), [255, 255, 255, 255]);
  assert.deepEqual(channels(255), [0, 0, 255, 255]);
  assert.deepEqual(channels(1), [255, 128, 0, 255]);
  assert.deepEqual(channels(256), [203, 213, 225, 255]);
});

test("the speed goes from one to the next, stays within its bounds, and is 1 where nothing is kept", () => {
  assert.equal(rememberedSpeed(), 1);
  const faster = [0.25];
  for (let k = 0; k < 5; k += 1) faster.push(changedSpeed(faster.at(-1), true));
  assert.deepEqual(faster, [0.25, 0.5, 1, 2, 4, 4]);
  assert.equal(changedSpeed(1, false), 0.5);
  assert.equal(changedSpeed(0.25, false), 0.25);
});
