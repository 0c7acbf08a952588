// The parts that figures have in common: the root, results, what is read aloud, and the line that says what to try.

import { make, uniqueName } from "./dom.js";

/** The root of a widget. JupyterLab's shortcuts and the theme's page turning with the arrow keys stay out of it. */
export function root(kind, ...children) {
  const node = make("div", { class: `cnn-widget ${kind}`, "data-lm-suppress-shortcuts": "true" }, ...children);
  node.addEventListener("keydown", (event) => event.stopPropagation());
  return node;
}

/** A computed result, plain text to a screen reader: only the status line is announced. */
export const answer = (name, text = "") => make("span", { "data-answer": name }, text);

/** An answer for each name, by name. */
export const answers = (names) => Object.fromEntries(names.map((name) => [name, answer(name)]));

/** A line that is read aloud when it changes; unseen where the same is on the screen already. */
export function status(name, { unseen = false } = {}) {
  const classes = unseen ? "cnn-status cnn-unseen" : "cnn-status";
  return make("p", { class: classes, role: "status", "aria-live": "polite", "data-answer": name });
}

/** The line that says what to try; it is read out with the controls, which are reached before it. */
export function help(text, ...controls) {
  const line = make("p", { class: "cnn-help", id: uniqueName() }, make("b", {}, "Try it: "), text);
  for (const control of controls) control.setAttribute("aria-describedby", line.id);
  return line;
}
