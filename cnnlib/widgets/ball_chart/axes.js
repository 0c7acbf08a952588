// Where axes are marked, and what is written there, without a page.

import { range } from "../shared/numbers.js";

const PREFIXES = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
];

/** Digits and a prefix: 4.09 G, 45.1 ms. */
export function engineering(value, unit, short = false) {
  const [size, prefix] = PREFIXES.find(([least]) => value >= 0.9995 * least) ?? PREFIXES.at(-1);
  const digits = (value / size).toPrecision(3);
  return `${short ? Number(digits) : digits} ${prefix}${unit}`.trimEnd();
}

/** Where a logarithmic axis is marked: 1, 2, 5, 10 …, or powers of ten where those would be too many. */
export function decades(low, high) {
  const steps = high / low < 300 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low));
  const all = range(Math.ceil(Math.log10(high)) - first + 1).flatMap((k) => steps.map((s) => s * 10 ** (first + k)));
  return all.filter((x) => x >= low * 0.999 && x <= high * 1.001);
}

/** Where an even axis is marked: at most eight round numbers. */
export function evenly(low, high) {
  const step = [0.5, 1, 2, 5, 10, 20].find((s) => (high - low) / s <= 7) ?? 50;
  return range(Math.floor(high / step) - Math.ceil(low / step) + 1).map((k) => (Math.ceil(low / step) + k) * step);
}
