// What the pages' libraries compute: cells of windows, sizes of figures, strokes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const shaped = (values, ...shape) => Object.assign(Float64Array.from(values), { shape });

test("convolution: which cells a window reads, and which windows read a cell", () => {
  const { cellOf, cellsRead, readersOf, multipliedBy } = load(["window_cells.js"], "cellOf", "cellsRead", "readersOf",
    "multipliedBy");
  const data = {  // input 5×5, filter 2×2, stride 2, dilation 2
    padded: shaped(Array(25).fill(0), 5, 5), filter: shaped(Array(4).fill(1), 2, 2), dilation: 2,
    starts: [0, 0, 0, 2, 2, 0, 2, 2], outputs: shaped(Array(4).fill(0), 2, 2),
  };
  assert.deepEqual([...cellsRead(data, 0)], [0, 2, 10, 12]);
  assert.deepEqual([...cellsRead(data, 3)], [12, 14, 22, 24]);
  assert.equal(cellOf(data, 2, 1), 12);
  assert.deepEqual([...readersOf(data, 12)], [0, 1, 2, 3]);
  assert.deepEqual([...readersOf(data, 1)], []);
  assert.deepEqual([...multipliedBy(data, 3)], [12, 14, 22, 24]);
});

test("pooling: the cells of a window, the size formula", () => {
  const { windowCells, pooledFormula } = load(["value_grid.js"], "windowCells", "pooledFormula");
  const data = { size: { F: 2, W: 5, H: 4, S: 2 }, starts: [0, 0, 0, 2, 2, 0, 2, 2], leftover: [0, 1] };
  assert.deepEqual([...windowCells(data, 3)], [12, 13, 17, 18]);
  assert.equal(pooledFormula(data), "O = (W − F)/S + 1\n  = ⌊(5 − 2)/2⌋ + 1 = 2\nrows: (4 − 2)/2 + 1 = 2");
});

test("gradients: names of cells, padding, sides of figures", () => {
  const { cellName, nameOf, inBorder, innerIndex, sideFor, flatSide, subscript } = load(["gradient_grid.js"], "cellName",
    "nameOf", "inBorder", "innerIndex", "sideFor", "flatSide", "subscript");
  assert.equal(cellName("t", 0, 5, true), "t₆");
  assert.equal(cellName("t", 1, 2, false), "t₂₃");
  assert.equal(cellName("t", 1, 9, false), "t₂,₁₀");
  assert.equal(nameOf("g", 7, 4, false), "g₂₄");
  assert.equal(subscript(-12), "₋₁₂");
  const inner = Array.from({ length: 20 }, (_, k) => innerIndex(k, [4, 5], [1, 1]));
  assert.deepEqual(inner.filter((k) => k >= 0), [0, 1, 2, 3, 4, 5]);
  assert.equal(inner[6], 0);
  assert.equal(inner.filter((k) => k < 0).length, Array.from({ length: 20 }, (_, k) => inBorder(k, [4, 5], [1, 1]))
    .filter(Boolean).length);
  assert.equal(sideFor(1000, 100, 30, 5, 400, 10, false), 30);
  assert.equal(sideFor(1000, 100, 10, 5, 200, 10, false), 40);
  assert.equal(sideFor(300, 100, 30, 5, 400, 10, false), 22);
  assert.equal(sideFor(300, 0, 30, 5, 400, 10, true), 28.8);
  assert.equal(flatSide(1000, 100, 10, 10, false), 84);
  assert.equal(flatSide(300, 100, 10, 40, false), 10);
});

test("drawing: what an eraser touches is cut out, and every change is taken back", () => {
  const { Strokes } = load(["strokes.js"], "Strokes");
  const ink = new Strokes();
  const now = () => JSON.parse(JSON.stringify(ink.strokes));
  ink.begin([0.1, 0.5]);
  ink.extend([0.9, 0.5]);
  assert.equal(ink.extend([0.901, 0.5]), false);
  assert.ok(ink.covers([0.5, 0.51], 0.03));
  assert.ok(!ink.covers([0.5, 0.52], 0.03));
  assert.ok(ink.erase([0.5, 0.5], 0.1, true));
  assert.deepEqual(now(), [[[0.1, 0.5], [0.4, 0.5]], [[0.6, 0.5], [0.9, 0.5]]]);
  assert.equal(ink.erase([0.5, 0.5], 0.09, true), false);
  assert.ok(ink.undo());
  assert.deepEqual(now(), [[[0.1, 0.5], [0.9, 0.5]]]);
  assert.ok(ink.redo() && ink.undo() && ink.undo());
  assert.deepEqual(now(), []);
  assert.equal(ink.undo(), false);
});

test("drawing: a full sheet takes no more", () => {
  const { Strokes } = load(["strokes.js"], "Strokes");
  const ink = new Strokes();
  ink.most = { strokes: 1, points: 2 };
  assert.ok(ink.begin([0, 0]) && ink.extend([0.5, 0]));
  assert.equal(ink.extend([1, 0]), false);
  assert.equal(ink.begin([0, 1]), false);
});

test("a closer look asks for one thing at a time, and follows the newest snapshot", () => {
  const { RequestQueue } = load(["request_queue.js"], "RequestQueue");
  const sent = [];
  class Queue extends RequestQueue { deliver(asked) { sent.push(asked); } }
  const queue = new Queue();
  queue.data = { steps: [0, 10, 20, 30] };
  assert.equal(queue.index(0), 3);
  queue.steps = [15];
  assert.equal(queue.index(0), 1);
  queue.waiting = 1;  // a request is in flight
  queue.scrub(0, 2);
  assert.deepEqual([sent.length, queue.changed, queue.steps[0]], [0, true, 20]);
  queue.scrub(0, 3);
  assert.equal(queue.steps[0], null);
  queue.compare();
  assert.deepEqual([...queue.steps], [10, null]);
  queue.compare();
  assert.deepEqual([...queue.steps], [10]);
});
