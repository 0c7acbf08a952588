// ReceptiveField's arithmetic.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chain } from "../../cnnlib/widgets/receptive_field/stack.js";

test("k layers of 3 × 3 see 2k + 1 pixels, one jump each", () => {
  const facts = chain(Array(4).fill([3, 1, 1]), 20, 30);
  assert.deepEqual(
    facts.map(({ r, j }) => [r, j]),
    [3, 5, 7, 9].map((r) => [r, 1]),
  );
  assert.deepEqual([facts[3].start, facts[3].rows, facts[3].columns], [-4, 20, 30]);
});

test("strides multiply the jump, and what later layers add", () => {
  const facts = chain(
    [
      [3, 2, 1],
      [3, 2, 1],
      [3, 1, 1],
    ],
    21,
    8,
  );
  assert.deepEqual(
    facts.map(({ r, j, previous }) => [r, j, previous]),
    [
      [3, 2, 3],
      [7, 4, 3],
      [15, 4, 3],
    ],
  );
  assert.deepEqual(
    facts.map(({ rows, columns }) => [rows, columns]),
    [
      [11, 4],
      [6, 2],
      [6, 2],
    ],
  );
  assert.deepEqual(
    facts.map(({ start }) => start),
    [-1, -3, -7],
  );
});

test("a dilated kernel reaches D(K − 1) + 1", () => {
  const [{ r, previous, start }] = chain([[3, 1, 4]], 20, 20);
  assert.deepEqual([r, previous, start], [9, 9, -4]);
});

test("VGG-16 up to its third pool sees 44 pixels, 8 apart", () => {
  const block = (n) => [...Array(n).fill([3, 1, 1]), [2, 2, 1]];
  const { r, j } = chain([...block(2), ...block(2), ...block(3)], 224, 224).at(-1);
  assert.deepEqual([r, j], [44, 8]);
});
