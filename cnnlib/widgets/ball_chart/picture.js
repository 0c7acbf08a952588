// The picture of the balls: axes, a curve for each family, balls with the smallest in front, names where there is room.

import { COLOURS } from "../shared/colours.js";
import { clamp } from "../shared/numbers.js";
import { makeSvg } from "../shared/svg.js";
import { decades, engineering, evenly } from "./axes.js";

const DASHES = ["none", "8 4", "3 2", "10 3 2 3", "5 2", "14 3"];
const [LEFT, BOTTOM] = [34, 40]; // room for the numbers of the axes, in pixels
const LETTER = 6.6; // mean width of one, in pixels

/** Colour and dashes of the family of this number. */
export const styleOf = (index) => ({ colour: COLOURS[index % COLOURS.length], dash: DASHES[index % DASHES.length] });

/**
 * The picture as an SVG of a width in pixels, and the `places` of its balls, { net, x, y, r }. `shown` are networks
 * { name, family, x, y, share }: the cost, the accuracy in per cent, and the area as a share of the largest ball's.
 * `selected` is one of them, `cost` the horizontal axis, { label, unit }, and `families` are all families in order.
 */
export function drawPicture({ width, shown, selected, cost, families }) {
  const height = clamp(Math.round(0.68 * width), 280, 440);
  const largest = clamp(0.05 * width, 15, 32);
  const edge = height - BOTTOM;
  const scales = scalesOf(shown, width, height, largest + 3);
  const { across, up } = scales;
  const svg = makeSvg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const text = (x, y, words, more = {}) => svg.append(makeSvg("text", { x, y, ...more }, words));

  for (const x of decades(scales.costAt(LEFT), scales.costAt(width - 4))) {
    svg.append(makeSvg("line", { class: "cnn-grid", x1: across(x), x2: across(x), y1: 16, y2: edge }));
    text(across(x), edge + 15, engineering(x, cost.unit, true), { "text-anchor": "middle" });
  }
  for (const y of evenly(scales.accuracyAt(edge), scales.accuracyAt(20))) {
    svg.append(makeSvg("line", { class: "cnn-grid", x1: LEFT, x2: width, y1: up(y), y2: up(y) }));
    text(LEFT - 4, up(y) + 4, String(y), { "text-anchor": "end" });
  }
  text(2, 11, "accuracy, %");
  text(width - 2, height - 4, `${cost.label} →`, { "text-anchor": "end" });
  text(LEFT + 6, 30, "↖ better", { class: "cnn-better" });

  const places = shown.map((net) => ({ net, x: across(net.x), y: up(net.y), r: largest * Math.sqrt(net.share) }));
  families.forEach((family, index) => {
    const points = places.filter(({ net }) => net.family === family).map(({ x, y }) => `${x},${y}`);
    const { colour, dash } = styleOf(index);
    const curve = { points: points.join(" "), stroke: colour, "stroke-dasharray": dash, "data-family": family };
    if (points.length > 1) svg.append(makeSvg("polyline", { class: "cnn-curve", ...curve }));
  });
  for (const { net, x, y, r } of [...places].sort((a, b) => b.r - a.r)) {
    const look = { fill: styleOf(families.indexOf(net.family)).colour, "data-net": net.name };
    const chosen = net === selected;
    svg.append(makeSvg("circle", { cx: x, cy: y, r, class: chosen ? "cnn-chosen" : "cnn-ball", ...look }));
    svg.append(makeSvg("circle", { cx: x, cy: y, r: 1.5, fill: "#000" }));
    if (chosen) svg.append(makeSvg("circle", { class: "cnn-ring", cx: x, cy: y, r: r + 5 }));
  }
  for (const { net, x, y } of namePlaces(places, selected, width, edge)) {
    text(x, y, net.name, { class: net === selected ? "cnn-named cnn-bold" : "cnn-named" });
  }
  return { svg, places };
}

/** From costs and accuracies to pixels and back; all balls lie `inset` pixels inside the axes. */
function scalesOf(shown, width, height, inset) {
  const spread = (values, wide) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return high > low ? [low, high] : wide(low);
  };
  const costs = shown.map(({ x }) => x);
  const accuracies = shown.map(({ y }) => y);
  const [x0, x1] = spread(costs, (x) => [x / 2, x * 2]).map(Math.log);
  const [y0, y1] = spread(accuracies, (y) => [y - 2, y + 2]);
  const [left, right, top, bottom] = [LEFT + inset, width - inset, inset + 14, height - BOTTOM - inset];
  return {
    across: (x) => left + ((Math.log(x) - x0) / (x1 - x0)) * (right - left),
    up: (y) => bottom - ((y - y0) / (y1 - y0)) * (bottom - top),
    costAt: (pixel) => Math.exp(x0 + ((pixel - left) / (right - left)) * (x1 - x0)),
    accuracyAt: (pixel) => y0 + ((bottom - pixel) / (bottom - top)) * (y1 - y0),
  };
}

/** Where names stand, { net, x, y }: beside, above or below their balls, off all else; those without room are left out. */
function namePlaces(places, selected, width, edge) {
  const taken = []; // { x, y, length } of the names so far
  const first = [...places].sort((a, b) => (b.net === selected) - (a.net === selected));
  for (const { net, x, y, r } of first) {
    const length = LETTER * net.name.length;
    const candidates = [
      [x + r + 4, y + 4],
      [x - r - 4 - length, y + 4],
      [x - length / 2, y - r - 5],
      [x - length / 2, y + r + 13],
    ];
    const isFree = ([a, b]) => {
      const inside = a >= LEFT && a + length <= width && b >= 24 && b <= edge;
      const offNames = taken.every((o) => a + length < o.x || o.x + o.length < a || Math.abs(b - o.y) > 13);
      const distance = (ball) =>
        Math.hypot(Math.max(a - ball.x, ball.x - a - length, 0), Math.max(b - 10 - ball.y, ball.y - b, 0));
      return inside && offNames && places.every((ball) => ball.net === net || distance(ball) > 0.85 * ball.r);
    };
    const free = candidates.find(isFree);
    if (free) taken.push({ net, x: free[0], y: free[1], length });
  }
  return taken;
}
