// Arrow keys.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * The step of an arrow key, [down, right], or of one of `others`, {key: step}; undefined for any other key, and with
 * Ctrl, Alt or Meta, which make shortcuts of the browser.
 */
export function stepOf(event, others = {}) {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  return ARROWS[event.key] ?? others[event.key];
}

/** Let the arrow keys call `move(down, right, event)` while the node has the focus. */
export function onArrows(node, move) {
  node.addEventListener("keydown", (event) => {
    const step = stepOf(event);
    if (!step) return;
    event.preventDefault();
    move(...step, event);
  });
}
