// Convolution of a small grid with a kernel: sizes, windows and sums, without a page.

import { format } from "../shared/numbers.js";

/** Sizes of the output along both axes; below 1 where the kernel does not fit. */
export function geometry({ grid, kernel, stride, padding, dilation }) {
  const axis = (size, k) => {
    const [room, extent] = [size + 2 * padding, dilation * (k - 1) + 1];
    const count = Math.floor((room - extent) / stride) + 1;
    const steps = `⌊(${size} + 2·${padding} − ${dilation}·(${k} − 1) − 1)/${stride}⌋ + 1`;
    return { room, extent, count: room < extent ? 0 : count, formula: `${steps} = ${format(count)}` };
  };
  return { rows: axis(grid.length, kernel.length), columns: axis(grid[0].length, kernel[0].length) };
}

/** The taps of the window of output entry (r, c): where each stands in the grid, its input and its weight. */
export function taps({ grid, kernel, stride, padding, dilation }, r, c) {
  return kernel.flatMap((weights, i) =>
    weights.map((weight, j) => {
      const row = r * stride + i * dilation - padding;
      const column = c * stride + j * dilation - padding;
      return { i, j, row, column, weight, input: grid[row]?.[column] ?? 0 };
    }),
  );
}

/** The output entry of these taps. */
export const total = (terms) => terms.reduce((sum, { input, weight }) => sum + input * weight, 0);
