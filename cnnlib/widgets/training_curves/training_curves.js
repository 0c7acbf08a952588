// Error against epoch of networks trained side by side: choose a group, walk along the epochs.
//
// data-answer   train-K, test-K   error in per cent, at the epoch, of the K-th kind, counted from 0
//               epoch             the epoch that is read off, from 1
//               status            what is read aloud: all of it in one sentence
// data-input    group (select), epoch (slider)
//
// Each kind has a polyline for training (dashed) and one for test (solid), with data-curve "train-K" and "test-K",
// as long as the epochs so far; what is still to come is drawn faintly.

import { make, write } from "../shared/dom.js";
import { follow, store } from "../shared/model.js";
import { clamp, format } from "../shared/numbers.js";
import { answer, help, root, status } from "../shared/parts.js";
import { makeSvg } from "../shared/svg.js";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [480, 270, 56, 14, 12, 44];
const LINES = ["#D55E00", "#0072B2", "#009E73", "#CC79A7"];
const MARKS = ["●", "■", "▲", "◆"];
const PARTS = ["train", "test"];

function render({ model, el }) {
  const runs = model.get("runs");
  const epochs = runs[0][1][0][1].length;
  const x = (epoch) => LEFT + ((epoch - 1) / (epochs - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (error) => HEIGHT - BOTTOM - error * (HEIGHT - TOP - BOTTOM);
  const points = (errors) => errors.map((error, i) => `${x(i + 1).toFixed(2)},${y(error).toFixed(2)}`).join(" ");
  const percent = (error) => `${format(100 * error, 1)} %`;

  const select = make("select", { "data-input": "group", "aria-label": "Networks" });
  select.append(...runs.map(([name], i) => make("option", { value: i }, name)));
  select.addEventListener("change", () => store(model, { group: Number(select.value) }));
  const slider = make("input", {
    type: "range",
    min: 1,
    max: epochs,
    step: 1,
    "data-input": "epoch",
    "aria-label": "Epoch",
  });
  slider.addEventListener("input", () => store(model, { epoch: Number(slider.value) }));

  const svg = makeSvg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const epochShown = answer("epoch");
  const result = status("status", { unseen: true }); // the same stands in the table
  const body = make("tbody");
  const headings = ["Network", "Training error (dashed)", "Test error (solid)"];
  const head = make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)));
  const widget = root(
    "cnn-training-curves",
    make(
      "div",
      { class: "cnn-bar" },
      make("label", {}, make("b", {}, "Networks"), " ", select),
      make("label", { class: "cnn-slide" }, make("b", {}, "Epoch "), epochShown, " ", slider),
    ),
    svg,
    result,
    make("table", {}, make("thead", {}, head), body),
    help("drag the epoch to its first value and predict both curves; then choose other networks."),
  );

  /** Axes with their numbers: error in per cent, upwards; epochs, to the right. */
  const axes = () => [
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((error) => [
      makeSvg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(error), y2: y(error), class: "cnn-grid" }),
      makeSvg("text", { x: LEFT - 6, y: y(error) + 4, "text-anchor": "end" }, `${100 * error} %`),
    ]),
    ...[1, Math.round((1 + epochs) / 2), epochs].map((epoch) =>
      makeSvg("text", { x: x(epoch), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, String(epoch)),
    ),
    makeSvg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, "epoch"),
  ];

  const draw = () => {
    const group = clamp(model.get("group"), 0, runs.length - 1);
    const [name, kinds] = runs[group];
    const epoch = clamp(model.get("epoch") || epochs, 1, epochs);
    select.value = String(group);
    slider.value = String(epoch);
    write(epochShown, String(epoch));

    const now = makeSvg("line", { x1: x(epoch), x2: x(epoch), y1: TOP, y2: HEIGHT - BOTTOM, class: "cnn-now" });
    svg.replaceChildren(...axes(), now);
    body.replaceChildren();
    const words = kinds.map(([kind, ...curves], k) => {
      const colour = LINES[k % LINES.length];
      const cells = curves.map((errors, part) => {
        const line = { stroke: colour, class: `cnn-curve cnn-${PARTS[part]}` };
        svg.append(makeSvg("polyline", { ...line, points: points(errors), opacity: 0.25 }));
        const reached = points(errors.slice(0, epoch));
        svg.append(makeSvg("polyline", { ...line, points: reached, "data-curve": `${PARTS[part]}-${k}` }));
        const place = { x: x(epoch), y: y(errors[epoch - 1]) + 5, fill: colour, "text-anchor": "middle" };
        svg.append(makeSvg("text", place, MARKS[k % MARKS.length]));
        return make("td", {}, answer(`${PARTS[part]}-${k}`, percent(errors[epoch - 1])));
      });
      const mark = make("span", { "aria-hidden": "true" }, `${MARKS[k % MARKS.length]} `);
      mark.style.color = colour;
      body.append(make("tr", {}, make("th", { scope: "row" }, mark, kind), ...cells));
      const [training, test] = curves.map((errors) => percent(errors[epoch - 1]));
      return `${kind}: training error ${training}, test error ${test}`;
    });
    const sentence = `${name}, epoch ${epoch} of ${epochs}. ${words.join("; ")}.`;
    write(result, sentence);
    svg.setAttribute("aria-label", `Curves of error against epoch. ${sentence}`);
  };
  const stop = follow(model, ["group", "epoch"], draw);
  el.append(widget);
  return stop;
}

export default { render };
