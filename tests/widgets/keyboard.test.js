// Which keys move something, and in what direction.

import assert from "node:assert/strict";
import { test } from "node:test";
import { onArrows, stepOf } from "../../cnnlib/widgets/shared/keyboard.js";

test("arrow keys are steps down and to the right", () => {
  const steps = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].map((key) => stepOf({ key }));
  assert.deepEqual(steps, [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ]);
  assert.equal(stepOf({ key: "a" }), undefined);
  assert.deepEqual(stepOf({ key: "End" }, { End: [0, 9] }), [0, 9]);
});

test("with Ctrl, Alt or Meta they are the browser's; Shift is the figure's", () => {
  for (const modifier of ["ctrlKey", "altKey", "metaKey"]) {
    assert.equal(stepOf({ key: "ArrowUp", [modifier]: true }), undefined);
  }
  assert.deepEqual(stepOf({ key: "ArrowUp", shiftKey: true }), [-1, 0]);
});

test("a key that moves something does not scroll the page too, and any other key does what it always does", () => {
  let listener;
  const moves = [];
  onArrows({ addEventListener: (_, heard) => (listener = heard) }, (down, right) => moves.push([down, right]));
  let prevented = 0;
  const press = (key) => listener({ key, preventDefault: () => (prevented += 1) });
  press("ArrowLeft");
  press("Tab");
  assert.deepEqual([moves, prevented], [[[0, -1]], 1]);
});
