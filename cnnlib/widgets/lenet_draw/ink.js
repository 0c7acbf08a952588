// Pictures of 32 × 32 pixels, from strokes and from stored digits, without a page.

import { clamp } from "../shared/numbers.js";

export const SIDE = 32;
export const FRAME = 24; // the height of the digits that the network has learnt from
const PEN = 4; // pixels

/** The mean of every pixel and the one on either side of it, `step` apart; beyond the edge there is no ink. */
function boxBlur(ink, step) {
  const line = (i) => (step === 1 ? Math.floor(i / SIDE) : i % SIDE);
  const value = (i, from) => (i >= 0 && i < SIDE * SIDE && line(i) === line(from) ? ink[i] : 0);
  return ink.map((here, i) => (value(i - step, i) + here + value(i + step, i)) / 3);
}

/**
 * Strokes as bytes, shifted by whole pixels. The digits to learn from were counted out in blocks and enlarged three
 * times: a mean over 3 pixels, and a bilinear interpolation, which is two more. So a round pen, then three means.
 */
export function inked(strokes, down, right) {
  let ink = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    stroke.forEach(([toX, toY], k) => {
      const [fromX, fromY] = stroke[Math.max(k - 1, 0)];
      const [dx, dy] = [toX - fromX, toY - fromY];
      // The pixels that the pen may touch on its way.
      const first = (a, b, shift) => Math.max(Math.floor(Math.min(a, b) + shift - PEN), 0);
      const last = (a, b, shift) => Math.min(Math.ceil(Math.max(a, b) + shift + PEN), SIDE - 1);
      for (let r = first(fromY, toY, down); r <= last(fromY, toY, down); r += 1) {
        for (let c = first(fromX, toX, right); c <= last(fromX, toX, right); c += 1) {
          const [x, y] = [c + 0.5 - right - fromX, r + 0.5 - down - fromY]; // from the stroke's point to the pixel's middle
          const along = clamp((x * dx + y * dy) / (dx * dx + dy * dy || 1), 0, 1);
          const distance = Math.hypot(x - along * dx, y - along * dy);
          ink[r * SIDE + c] = Math.max(ink[r * SIDE + c], clamp(PEN / 2 + 0.5 - distance, 0, 1));
        }
      }
    });
  }
  for (let k = 0; k < 3; k += 1) ink = boxBlur(boxBlur(ink, 1), SIDE);
  return Uint8Array.from(ink, (covered) => Math.round(255 * covered));
}

/** A picture moved by whole pixels; what comes in over the edge is black. */
export function moved(picture, down, right) {
  return picture.map((_, i) => {
    const [r, c] = [Math.floor(i / SIDE) - down, (i % SIDE) - right];
    return r >= 0 && r < SIDE && c >= 0 && c < SIDE ? picture[r * SIDE + c] : 0;
  });
}

/** The strokes, scaled to the height of the frame (or its width, if they are wider than high), in its middle. */
export function fitted(strokes) {
  const bounds = [0, 1].map((axis) => {
    const values = strokes.flat().map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const largest = Math.max(...bounds.map(([low, high]) => high - low));
  const scale = Math.min((FRAME - PEN + 1) / largest, 4); // a dot stays small
  return strokes.map((stroke) =>
    stroke.map((point) => point.map((x, axis) => SIDE / 2 + scale * (x - (bounds[axis][0] + bounds[axis][1]) / 2))),
  );
}
