// ConvStep's convolution: small cases by hand, and random ones beside PyTorch's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { geometry, taps, total } from "../../cnnlib/widgets/conv_step/convolution.js";
import { withCases } from "./torch_cases.js";

const GRID = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];
const PLAIN = { stride: 1, padding: 0, dilation: 1 };

function output(state) {
  const { rows, columns } = geometry(state);
  const places = { rows: [...Array(rows.count).keys()], columns: [...Array(columns.count).keys()] };
  return places.rows.map((r) => places.columns.map((c) => total(taps(state, r, c))));
}

test("sums of products, the kernel as it stands", () => {
  assert.deepEqual(output({ grid: GRID, kernel: [[1, -1]], ...PLAIN }), Array(3).fill([-1, -1]));
  assert.deepEqual(
    output({
      grid: GRID,
      kernel: [
        [0, 1],
        [2, 0],
      ],
      ...PLAIN,
    }),
    [
      [10, 13],
      [19, 22],
    ],
  );
});

test("padding is zeros, stride skips, dilation spreads", () => {
  const state = {
    grid: GRID,
    kernel: [
      [1, 2],
      [3, 4],
    ],
    stride: 2,
    padding: 1,
    dilation: 2,
  };
  assert.deepEqual(output(state), [
    [20, 15],
    [10, 5],
  ]); // each window has the 5 in another corner, and zeros
  const tap = taps({ grid: GRID, kernel: [[3]], stride: 1, padding: 1, dilation: 1 }, 0, 0)[0];
  assert.deepEqual(tap, { i: 0, j: 0, row: -1, column: -1, weight: 3, input: 0 });
});

test("a kernel that does not fit has no output, and the formula says by how much", () => {
  const { rows, columns } = geometry({
    grid: [[1, 2, 3]],
    kernel: [
      [1, 1],
      [1, 1],
    ],
    ...PLAIN,
    dilation: 2,
  });
  assert.deepEqual([rows.count, rows.extent, rows.room], [0, 3, 1]);
  assert.equal(columns.count, 1);
  assert.equal(rows.formula, "⌊(1 + 2·0 − 2·(2 − 1) − 1)/1⌋ + 1 = −1");
  assert.equal(columns.formula, "⌊(3 + 2·0 − 2·(2 − 1) − 1)/1⌋ + 1 = 1");
});

const compare = withCases("convolution", (cases) => {
  assert.ok(cases.length > 10);
  for (const { expected, ...state } of cases) assert.deepEqual(output(state), expected);
});
test("random cases give PyTorch's outputs", ...compare);
