// Pictures of strokes, and pictures that are moved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, inked, moved, SIDE } from "../../cnnlib/widgets/lenet_draw/ink.js";

const at = (picture, r, c) => picture[r * SIDE + c];

test("no stroke, no ink", () => {
  assert.ok(inked([], 0, 0).every((byte) => byte === 0));
});

test("a long vertical stroke is a band, the same on both sides, that fades to its borders", () => {
  const picture = inked(
    [
      [
        [16, -20],
        [16, 52],
      ],
    ],
    0,
    0,
  );
  const row = Array.from({ length: SIDE }, (_, c) => at(picture, 16, c));
  assert.deepEqual(row, [...row].reverse());
  // A band of 4 full pixels, blurred three times by the mean of 3: the weights are 1 3 6 7 6 3 1, out of 27.
  assert.deepEqual(
    row.slice(16, 22),
    [22, 17, 10, 4, 1, 0].map((x) => Math.round((255 * x) / 27)),
  );
});

test("a moved stroke is the stroke in another place", () => {
  const stroke = [
    [10, 12],
    [14, 18],
  ];
  assert.deepEqual(inked([stroke], 3, -2), inked([stroke.map(([x, y]) => [x - 2, y + 3])], 0, 0));
});

test("a picture moves by whole pixels, and black comes in over the edge", () => {
  const picture = Uint8Array.from({ length: SIDE ** 2 }, (_, i) => i % 251);
  const result = moved(picture, 2, -1);
  assert.equal(at(result, 2, 0), at(picture, 0, 1));
  assert.equal(at(result, 31, 30), at(picture, 29, 31));
  assert.ok([0, 1].every((r) => at(result, r, 5) === 0) && at(result, 9, 31) === 0);
});

test("strokes are brought to the height of the frame, in its middle; a dot stays small", () => {
  assert.deepEqual(
    fitted([
      [
        [3, 0],
        [3, 7],
      ],
      [[5, 7]],
    ]),
    [
      [
        [13, 5.5],
        [13, 26.5],
      ],
      [[19, 26.5]],
    ],
  );
  assert.deepEqual(fitted([[[3, 3]]]), [[[16, 16]]]);
});
