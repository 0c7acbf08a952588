// FilterPhoto's cross-correlation, and the greys that show it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { correlate, displayMap } from "../../cnnlib/widgets/filter_photo/correlation.js";

const PHOTO = Uint8Array.from({ length: 12 }, (_, i) => i * i); // 3 × 4

test("the kernel is not flipped, and only whole windows count", () => {
  const shift = [
    [0, 0, 0],
    [0, 0, 1],
    [0, 0, 0],
  ];
  const { out, outH, outW } = correlate(PHOTO, 3, 4, shift);
  assert.deepEqual([[...out], outH, outW], [[36, 49], 1, 2]);
  const sum = correlate(PHOTO, 3, 4, Array(3).fill([1, 1, 1]));
  assert.deepEqual([...sum.out], [0 + 1 + 4 + 16 + 25 + 36 + 64 + 81 + 100, 1 + 4 + 9 + 25 + 36 + 49 + 81 + 100 + 121]);
});

test("a mixture of greys is shown as it is, cut off at black and white", () => {
  const { grey, text } = displayMap([[0.5, 0.5]], Float64Array.of(10, 300));
  assert.deepEqual([grey(10), grey(300), grey(-5)], [10, 255, 0]);
  assert.match(text, /as they are/);
  assert.equal(displayMap([[2, -1]], Float64Array.of(10)).grey(10), 10); // the weights sum to 1
});

test("of a difference, 0 is mid-grey, and 99 in 100 values keep their contrast", () => {
  const out = Float64Array.from({ length: 200 }, (_, i) => (i === 0 ? 1000 : i % 2 ? 4 : -4));
  const { grey, text } = displayMap([[1, -1]], out);
  assert.deepEqual([grey(0), grey(4), grey(-4)], [127.5, 255, 0]);
  assert.match(text, /−4 and less black, 4 and more white/);
  assert.equal(displayMap([[1, -1]], new Float64Array(5)).grey(0), 127.5);
});
