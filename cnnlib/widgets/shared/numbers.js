// Numbers: counting, bounding, and writing them out.

/** The whole numbers from 0 to n − 1. */
export const range = (n) => Array.from({ length: n }, (_, i) => i);

export const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

/** A number for reading: at most three decimals, a true minus sign, never −0. */
export function format(x, decimals = 3) {
  return String(Math.round(x * 10 ** decimals) / 10 ** decimals).replace("-", "−");
}

/** A number as a factor: negative ones in brackets. */
export const factor = (x) => (Math.round(x * 1000) < 0 ? `(${format(x)})` : format(x));
