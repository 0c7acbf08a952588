// The maps of the network's layers, painted.

import { make, write } from "../shared/dom.js";
import { format } from "../shared/numbers.js";
import { answer } from "../shared/parts.js";

// Of each layer: how many maps, their side, and how many of them in a row.
const MAPS = { C1: [6, 28, 6], S2: [6, 14, 6], C3: [16, 10, 8], S4: [16, 5, 8], C5: [120, 1, 120], F6: [84, 1, 84] };

/** Paint maps side by side as greys: 0 is black, `largest` is white. */
function paintMaps(canvas, values, [count, side, perRow], largest) {
  const step = side + (side > 1); // a strip of single units needs no gaps
  const image = new ImageData(perRow * step - step + side, Math.ceil(count / perRow) * step - step + side);
  values.forEach((value, i) => {
    const [map, r, c] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    const grey = (255 * value) / (largest || 1);
    const [y, x] = [Math.floor(map / perRow) * step + r, (map % perRow) * step + c];
    image.data.set([grey, grey, grey, 255], 4 * (y * image.width + x));
  });
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A block for each layer, with its canvas and its largest value, and `show(result)`, which paints them all. */
export function layerMaps() {
  const layers = Object.entries(MAPS).map(([name, [count, side]]) => {
    const canvas = make("canvas", { role: "img", "data-layer": name });
    const largest = answer(`largest-${name}`);
    const kind = side > 1 ? `${count} maps of ${side} × ${side}` : `${count} units`;
    const classes = side > 1 ? "cnn-layer" : "cnn-layer cnn-strip";
    const title = make("p", {}, make("b", {}, name), `: ${kind}, up to `, largest);
    return { name, kind, canvas, largest, block: make("div", { class: classes }, title, canvas) };
  });
  const show = (result) => {
    for (const { name, kind, canvas, largest } of layers) {
      const most = result[name].reduce((a, b) => Math.max(a, b));
      paintMaps(canvas, result[name], MAPS[name], most);
      write(largest, format(most, 2));
      canvas.setAttribute("aria-label", `${name}: ${kind}, as greys`);
    }
  };
  return { blocks: layers.map(({ block }) => block), show };
}
