// A picture to draw on or to move a stored digit about in, and the network that reads it at every change.
//
// data-answer   read, chance       the class with the largest probability, and that probability
//               probability-K, score-K    of class K; the score is the output before the softmax
//               picture            a sentence: what the picture holds
//               largest-LAYER      the largest value of C1, S2, C3, S4, C5, F6, which is painted white
//               status             what is read aloud: not while a stroke is being drawn, but after it
// data-input    pad (canvas, a pixel of it for each of the picture: drag to draw, arrow keys to move),
//               clear, undo, fit, random, left, up, down, right, example-I
// data-layer    the canvas of a layer: maps from left to right and down, a transparent pixel between them

import { bitmap } from "../shared/canvas.js";
import { make, write } from "../shared/dom.js";
import { bytes, follow, read, store } from "../shared/model.js";
import { clamp, range } from "../shared/numbers.js";
import { answer, answers, help, root, status } from "../shared/parts.js";
import { FRAME, fitted, inked, moved, SIDE } from "./ink.js";
import { lenetLayers, readDigit } from "./lenet.js";
import { layerMaps } from "./maps.js";
import { drawingPad } from "./pad.js";

const TRAITS = ["example", "strokes", "down", "right"];
const FARTHEST = 12; // pixels that the picture can be moved

/** A probability in per cent; none is ever quite 0 or 1. */
const percent = (p) => (p > 0.9995 ? "> 99.9 %" : p < 0.0005 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);

function render({ model, el }) {
  const layers = lenetLayers(bytes(model, "weights"), bytes(model, "scales"));
  const all = bytes(model, "images");
  const labels = model.get("labels");
  const stored = labels.map((_, i) => all.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2));
  const state = () => read(model, TRAITS);

  const place = (down, right) =>
    store(model, { down: clamp(down, -FARTHEST, FARTHEST), right: clamp(right, -FARTHEST, FARTHEST) });
  const move = (down, right) => place(model.get("down") + down, model.get("right") + right);
  const show = (example, down = 0, right = 0) => store(model, { example, strokes: [], down, right });
  const random = () => {
    const [most, any] = [(SIDE - FRAME) / 2, (n) => Math.floor(n * Math.random())];
    show(any(labels.length), any(2 * most + 1) - most, any(2 * most + 1) - most);
  };
  const fit = () => {
    const { example, strokes } = state();
    store(model, { down: 0, right: 0, strokes: example < 0 && strokes.length ? fitted(strokes) : strokes });
  };

  const pad = drawingPad(model, { move, lifted: () => draw() }); // and so says aloud what it has become

  const button = (name, text, onclick, label) =>
    make("button", { type: "button", "data-input": name, "aria-label": label, onclick }, text);
  const undo = button(
    "undo",
    "Undo",
    () => store(model, { strokes: model.get("strokes").slice(0, -1) }),
    "Undo the last stroke",
  );
  const buttons = make(
    "div",
    { class: "cnn-bar" },
    button("clear", "Clear", () => show(-1)),
    undo,
    button("fit", "Fit", fit, "Fit to the frame"),
    button("random", "Random", random),
  );
  const arrows = make(
    "div",
    { class: "cnn-bar", role: "group", "aria-label": "Move by one pixel" },
    make("span", { "aria-hidden": "true" }, "Move"),
    button("left", "←", () => move(0, -1), "left"),
    button("up", "↑", () => move(-1, 0), "up"),
    button("down", "↓", () => move(1, 0), "down"),
    button("right", "→", () => move(0, 1), "right"),
  );
  const examples = stored.map((image, i) => {
    const small = bitmap(SIDE, SIDE, (k) => [image[k], image[k], image[k]]);
    small.setAttribute("aria-hidden", "true"); // the button has a name
    return button(`example-${i}`, small, () => show(i), `Stored digit ${i + 1}, labelled ${labels[i]}`);
  });

  const say = answers(["read", "chance", "picture"]);
  const rows = range(10).map((k) => {
    const [probability, score] = [answer(`probability-${k}`), answer(`score-${k}`)];
    const bar = make("span", { class: "cnn-probability", "aria-hidden": "true" });
    const row = make(
      "tr",
      {},
      make("th", { scope: "row" }, String(k)),
      make("td", {}, bar),
      make("td", {}, probability),
      make("td", {}, score),
    );
    return { row, bar, probability, score };
  });
  const head = (text) => make("th", { scope: "col" }, text);
  const table = make(
    "table",
    {},
    make("caption", { class: "cnn-unseen" }, "What the network makes of the picture"),
    make("thead", {}, make("tr", {}, head("Digit"), make("td"), head("Probability"), head("Score"))),
    make("tbody", {}, ...rows.map(({ row }) => row)),
  );
  const maps = layerMaps();
  const hint = help(
    "draw a digit as high as the dashed frame, with the mouse or a finger, or take a stored one; then move it, by the " +
      "arrow keys or the buttons, until the reading changes. Make an 8 of a 3. Draw a 7 without and with a bar.",
    pad.canvas,
  );
  const spoken = status("status", { unseen: true }); // the same is on the screen already
  const widget = root(
    "cnn-lenet-draw",
    make(
      "div",
      { class: "cnn-columns" },
      make(
        "div",
        { class: "cnn-picture" },
        make("p", { class: "cnn-result" }, "Read as ", make("b", {}, say.read), " (", say.chance, ")"),
        make("div", { class: "cnn-pad" }, pad.canvas),
        buttons,
        arrows,
        make("div", { class: "cnn-bar cnn-examples", role: "group", "aria-label": "Stored digits" }, ...examples),
      ),
      make("div", { class: "cnn-reading" }, table, make("p", { class: "cnn-note" }, say.picture), hint),
    ),
    spoken,
    make("div", { class: "cnn-maps" }, ...maps.blocks),
    make("p", { class: "cnn-note" }, "Values after the rectifier; black is 0, white the largest value of the layer."),
  );

  /** What the picture holds, in words. */
  const contents = ({ example, strokes, down, right }, empty) => {
    const parts = example >= 0 ? [`stored digit ${example + 1}, labelled ${labels[example]}`] : [];
    if (strokes.length) parts.push(strokes.length === 1 ? "one stroke of yours" : `${strokes.length} strokes of yours`);
    const shift = [
      [down, "down", "up"],
      [right, "to the right", "to the left"],
    ]
      .filter(([by]) => by !== 0)
      .map(([by, on, back]) => `${Math.abs(by)} ${by > 0 ? on : back}`);
    const whole = `The picture: ${parts.join(" and ") || "nothing"}${shift.length && parts.length ? `, moved ${shift.join(" and ")}` : ""}.`;
    return empty
      ? `${whole} There is no ink, and the network answers all the same: it knows no class but the ten digits.`
      : whole;
  };

  const draw = () => {
    const now = state();
    const { example, strokes, down, right } = now;
    const digit = example >= 0 ? moved(stored[example], down, right) : new Uint8Array(SIDE ** 2);
    const ink = inked(strokes, down, right);
    const picture = digit.map((byte, i) => Math.max(byte, ink[i]));
    const result = readDigit(layers, picture);

    pad.canvas.getContext("2d").drawImage(
      bitmap(SIDE, SIDE, (i) => Array(3).fill(picture[i])),
      0,
      0,
    );
    const best = result.probabilities.indexOf(Math.max(...result.probabilities));
    write(say.read, String(best));
    write(say.chance, percent(result.probabilities[best]));
    write(say.picture, contents(now, !picture.some((byte) => byte > 0)));
    rows.forEach(({ row, bar, probability, score }, k) => {
      row.classList.toggle("cnn-selected", k === best);
      bar.style.width = `${100 * result.probabilities[k]}%`;
      write(probability, percent(result.probabilities[k]));
      write(score, result.scores[k].toFixed(2).replace("-", "−"));
    });
    maps.show(result);
    examples.forEach((node, i) => node.setAttribute("aria-pressed", String(i === example)));
    undo.setAttribute("aria-disabled", String(!strokes.length));
    if (pad.isDrawing()) return;
    const order = range(10).sort((a, b) => result.probabilities[b] - result.probabilities[a]);
    const words = `Read as ${best} with ${percent(result.probabilities[best])}, then ${order[1]} with ${percent(result.probabilities[order[1]])}.`;
    write(spoken, `${words} ${say.picture.textContent}`);
    pad.canvas.setAttribute("aria-label", `The picture, ${SIDE} by ${SIDE} pixels. ${spoken.textContent}`);
  };
  const stop = follow(model, TRAITS, draw);
  el.append(widget);
  return stop;
}

export default { render };
