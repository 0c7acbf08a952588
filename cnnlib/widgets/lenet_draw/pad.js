// The canvas to draw strokes on, with a mouse, a pen or a finger.

import { make } from "../shared/dom.js";
import { onArrows } from "../shared/keyboard.js";
import { read, store } from "../shared/model.js";
import { clamp } from "../shared/numbers.js";
import { SIDE } from "./ink.js";

const MOST_POINTS = 5000; // of all strokes

/**
 * A canvas whose strokes go into the trait "strokes" while they are drawn; arrow keys call `move(down, right)`.
 * `lifted` is called when a stroke is done, and `isDrawing()` says whether one is being drawn.
 */
export function drawingPad(model, { move, lifted }) {
  const canvas = make("canvas", {
    width: SIDE,
    height: SIDE,
    tabindex: 0,
    "data-input": "pad",
    role: "application", // the role in which assistive technology passes the arrow keys on
    "aria-roledescription": "picture to draw on, and to move with the arrow keys",
  });
  let pointer = null; // the one that is drawing
  const extend = (event) => {
    const box = canvas.getBoundingClientRect();
    const { strokes, down, right } = read(model, ["strokes", "down", "right"]);
    const [before, stroke] = [strokes.slice(0, -1), [...strokes.at(-1)]];
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length ? events : [event]) {
      const x = clamp(((clientX - box.left) / box.width) * SIDE, 0, SIDE) - right;
      const y = clamp(((clientY - box.top) / box.height) * SIDE, 0, SIDE) - down;
      const last = stroke.at(-1);
      if (!last || Math.hypot(x - last[0], y - last[1]) >= 0.5) stroke.push([x, y]);
    }
    if (before.flat().length + stroke.length <= MOST_POINTS) model.set("strokes", [...before, stroke]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    model.set("strokes", [...model.get("strokes"), []]);
    extend(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) extend(event);
  });
  const lift = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    store(model, { strokes: model.get("strokes").filter((stroke) => stroke.length) });
    lifted();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  onArrows(canvas, move);
  return { canvas, isDrawing: () => pointer !== null };
}
