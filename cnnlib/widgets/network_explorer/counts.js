// What a network's layers cost, added up and written out, without a page.

// Memory is that of the layer's output, in numbers of 4 bytes.
export const COUNTS = [
  { name: "memory", title: "memory", unit: 1024, units: ["B", "KiB", "MiB", "GiB"], bytes: 4 },
  { name: "parameters", title: "parameters", unit: 1000, units: ["", "K", "M", "G"], bytes: 1 },
  { name: "macs", title: "multiply-adds", unit: 1000, units: ["", "K", "M", "G"], bytes: 1 },
];

export const sum = (values) => values.reduce((a, b) => a + b, 0);

/** A number with three significant digits and its unit, such as 138 M. */
export function short(number, { unit, units, bytes }) {
  let value = number * bytes;
  let power = 0;
  for (; value >= unit - 0.5 && power < units.length - 1; power += 1) value /= unit;
  if (power === 0) return `${value} ${units[0]}`.trim();
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(decimals)} ${units[power]}`;
}

/** The layer by which a count has reached half of its total. */
export function halfway(layers, place) {
  const total = sum(layers.map((layer) => layer[place]));
  let reached = 0;
  for (const layer of layers) {
    reached += layer[place];
    if (reached >= total / 2) return layer[0];
  }
}
