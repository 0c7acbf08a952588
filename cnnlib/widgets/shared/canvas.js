// Pictures of pixels, and marks on them.

import { make } from "./dom.js";
import { onArrows } from "./keyboard.js";
import { clamp } from "./numbers.js";

/** An image of h × w pixels, from a function that gives the red, green and blue of pixel i. */
export function bitmap(h, w, pixel) {
  const image = new ImageData(w, h);
  for (let i = 0; i < h * w; i += 1) {
    const [red, green, blue] = pixel(i);
    image.data.set([red, green, blue, 255], 4 * i);
  }
  const small = make("canvas", { width: w, height: h });
  small.getContext("2d").putImageData(image, 0, 0);
  return small;
}

/** Paint an image with its pixels enlarged to squares, so that outlines drawn on it can be finer than a pixel. */
export function paint(canvas, image) {
  const scale = Math.ceil(640 / Math.max(image.height, image.width));
  Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { pen, scale };
}

/** Stroke a path twice, dark under bright, so that it shows on any photo. */
export function outline(pen, colour, width, path) {
  const layers = [
    ["#000", 1.8 * width],
    [colour, width],
  ];
  for (const [style, thickness] of layers) {
    pen.strokeStyle = style;
    pen.lineWidth = thickness;
    pen.beginPath();
    path(pen);
    pen.stroke();
  }
}

/**
 * A canvas with a mark that click, tap or mouse drag puts at a fraction of it, `put(down, right)`, and that arrow keys
 * move by pixels, `move(down, right)`: by one, with Shift by ten.
 */
export function markedCanvas(name, put, move) {
  const canvas = make("canvas", {
    tabindex: 0,
    role: "application", // the role in which assistive technology passes the arrow keys on
    "aria-roledescription": "picture with a movable mark",
    "data-input": name,
  });
  const point = (event) => {
    if (event.type === "pointermove" && (event.pointerType !== "mouse" || event.buttons !== 1)) return;
    const box = canvas.getBoundingClientRect();
    const fraction = (x, size) => clamp(x / size, 0, 1 - 1e-9);
    put(fraction(event.clientY - box.top, box.height), fraction(event.clientX - box.left, box.width));
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("click", point);
  onArrows(canvas, (down, right, { shiftKey }) => {
    const pixels = shiftKey ? 10 : 1;
    move(down * pixels, right * pixels);
  });
  return canvas;
}
