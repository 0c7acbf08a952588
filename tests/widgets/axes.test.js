// BallChart's axes: where they are marked, and with what.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, engineering, evenly } from "../../cnnlib/widgets/ball_chart/axes.js";

test("three digits and a prefix", () => {
  assert.equal(engineering(4.089e9, ""), "4.09 G");
  assert.equal(engineering(0.0451, "s"), "45.1 ms");
  assert.equal(engineering(999.7, "B"), "1.00 kB");
  assert.equal(engineering(5, ""), "5.00");
  assert.equal(engineering(2e9, "", true), "2 G");
  assert.equal(engineering(1e-9, "s"), "0.00100 µs");
});

test("a logarithmic axis is marked at 1, 2, 5, 10, or at powers of ten alone", () => {
  assert.deepEqual(decades(0.9, 12), [1, 2, 5, 10]);
  assert.deepEqual(decades(3, 40), [5, 10, 20]);
  assert.deepEqual(decades(1, 1e4), [1, 10, 100, 1000, 10_000]);
});

test("an even axis has round numbers, at most eight, all within it", () => {
  assert.deepEqual(evenly(69.2, 80.4), [70, 72, 74, 76, 78, 80]);
  assert.deepEqual(
    evenly(-1, 1),
    [-1, -0.5, 0, 0.5, 1].map((x) => x + 0),
  );
  for (const [low, high] of [
    [0, 100],
    [55.3, 57],
    [3, 90],
  ]) {
    const marks = evenly(low, high);
    assert.ok(marks.length >= 2 && marks.length <= 8 && marks[0] >= low && marks.at(-1) <= high, String(marks));
  }
});
