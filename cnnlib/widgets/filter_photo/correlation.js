// Cross-correlation of a grey image, and the greys that show its output, without a page.

import { clamp, format } from "../shared/numbers.js";

/** Valid cross-correlation of a grey image (h × w, flat) with a square kernel. */
export function correlate(image, h, w, kernel) {
  const size = kernel.length;
  const [outH, outW] = [h - size + 1, w - size + 1];
  const out = new Float64Array(outH * outW);
  kernel.forEach((weights, i) =>
    weights.forEach((weight, j) => {
      if (weight === 0) return;
      for (let r = 0; r < outH; r += 1) {
        for (let c = 0; c < outW; c += 1) out[r * outW + c] += weight * image[(r + i) * w + c + j];
      }
    }),
  );
  return { out, outH, outW };
}

/** How outputs become greys: a mixture of greys is grey as it is; of a difference, 0 is mid-grey. */
export function displayMap(kernel, out) {
  const weights = kernel.flat();
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.every((weight) => weight >= 0) || Math.abs(sum - 1) < 1e-6) {
    return { grey: (y) => clamp(y, 0, 255), text: "Shown as they are: 0 and less is black, 255 and more white." };
  }
  const sizes = out.map(Math.abs).sort();
  const m = sizes[Math.floor(0.99 * sizes.length)] || sizes.at(-1) || 1; // 99 in 100 values keep their contrast
  const text = `Some weights are negative, so 0 is mid-grey, ${format(-m)} and less black, ${format(m)} and more white.`;
  return { grey: (y) => 127.5 * (1 + y / m), text };
}
