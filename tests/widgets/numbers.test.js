// Numbers as they are written in figures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, factor, format, range } from "../../cnnlib/widgets/shared/numbers.js";

test("a number has at most three decimals, a true minus sign, and is never −0", () => {
  assert.equal(format(1 / 3), "0.333");
  assert.equal(format(2), "2");
  assert.equal(format(-1.5), "−1.5");
  assert.equal(format(-0.0004), "0");
  assert.equal(format(12.345, 1), "12.3");
});

test("a negative factor stands in brackets", () => {
  assert.equal(factor(-0.5), "(−0.5)");
  assert.equal(factor(0.5), "0.5");
  assert.equal(factor(-0.0001), "0");
});

test("range and clamp", () => {
  assert.deepEqual(range(3), [0, 1, 2]);
  assert.deepEqual(range(0), []);
  assert.deepEqual(
    [-1, 0.5, 9].map((x) => clamp(x, 0, 1)),
    [0, 0.5, 1],
  );
});
