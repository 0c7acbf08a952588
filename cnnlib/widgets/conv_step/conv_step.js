// Convolution of a small grid, one window at a time.
//
// data-answer   output-R-C       entries of the output that are reached so far; empty before
//               arithmetic       the current entry written out: input·weight + … = sum
//               sum, row, column the current entry, and where it is, counted from 0
//               output-height, output-width      sizes of the output; empty where the kernel does not fit
//               height-formula, width-formula    ⌊(H + 2P − D(K − 1) − 1)/S⌋ + 1 with the numbers put in
//               status, message  what is read aloud: the step; what is wrong with the typing
// data-input    grid-R-C, kernel-R-C, stride, padding, dilation, previous, play, next, show-all,
//               go-R-C (the output's entries are buttons; arrow keys move between them)

import { make, write } from "../shared/dom.js";
import { matrixFields, numberField } from "../shared/fields.js";
import { onArrows } from "../shared/keyboard.js";
import { follow, read, store } from "../shared/model.js";
import { clamp, factor, format, range } from "../shared/numbers.js";
import { answer, answers, help, root, status } from "../shared/parts.js";
import { geometry, taps, total } from "./convolution.js";

const LIMITS = { stride: [1, 4], padding: [0, 3], dilation: [1, 3] };

function render({ model, el }) {
  const traits = ["grid", "kernel", "stride", "padding", "dilation", "step", "show_all"];
  const state = () => read(model, traits);
  const count = () => {
    const { rows, columns } = geometry(state());
    return rows.count * columns.count;
  };
  const go = (step) => store(model, { step: clamp(step, 0, Math.max(count() - 1, 0)) });

  // The reader's own clicks start and stop the playing: nothing moves by itself.
  let timer = null;
  const stopPlaying = () => {
    clearInterval(timer);
    timer = null;
    write(play, "▶ Play");
  };
  const tick = () => (model.get("step") < count() - 1 ? go(model.get("step") + 1) : stopPlaying());
  const startPlaying = () => {
    if (count() === 0) return;
    if (model.get("step") >= count() - 1) go(0);
    timer = setInterval(tick, 900);
    write(play, "⏸ Pause");
  };
  const walk = (by) => () => {
    stopPlaying();
    go(model.get("step") + by);
  };
  const button = (name, text, onclick) => make("button", { type: "button", "data-input": name, onclick }, text);
  const play = button("play", "▶ Play", () => (timer === null ? startPlaying() : stopPlaying()));
  const previous = button("previous", "‹ Previous", walk(-1));
  const next = button("next", "Next ›", walk(1));
  const showAll = make("input", { type: "checkbox", "data-input": "show-all" });
  showAll.addEventListener("change", () => store(model, { show_all: showAll.checked }));

  const message = status("message");
  const check = () => {
    const wrong = widget.querySelector("[aria-invalid=true]");
    const allowed = wrong && `${wrong.step === "1" ? "whole " : ""}number from ${format(+wrong.min)} to ${wrong.max}`;
    write(message, wrong ? `“${wrong.ariaLabel}” needs a ${allowed}; the last one that it held still counts.` : "");
  };
  const settings = Object.entries(LIMITS).map(([name, [min, max]]) => {
    const label = name[0].toUpperCase() + name.slice(1);
    const accept = (value) => store(model, { [name]: value });
    return [name, label, numberField({ name, label, min, max, whole: true, accept, check })];
  });

  const panel = (title, kind) => {
    const matrix = make("div", { class: `cnn-matrix cnn-${kind}`, role: "group", "aria-label": title });
    return [make("div", { class: "cnn-panel" }, make("b", {}, title), matrix), matrix];
  };
  const [inputPanel, input] = panel("Input", "input");
  const [kernelPanel, kernelGrid] = panel("Kernel", "weights");
  const [outputPanel, output] = panel("Output", "output");
  const fields = (name, label, whole) => ({ name, label, whole, check, accept: (m) => store(model, { [name]: m }) });
  const showGrid = matrixFields(input, fields("grid", "Input", true));
  const showKernel = matrixFields(kernelGrid, fields("kernel", "Kernel", false));

  const names = [
    "row",
    "column",
    "sum",
    "arithmetic",
    "output-height",
    "output-width",
    "height-formula",
    "width-formula",
  ];
  const shown = answers(names);
  const here = make(
    "p",
    { class: "cnn-result" },
    "Output at row ",
    shown.row,
    ", column ",
    shown.column,
    ": ",
    make("b", {}, shown.sum),
  );
  const result = status("status");
  const widget = root(
    "cnn-conv-step",
    make(
      "div",
      { class: "cnn-bar" },
      ...settings.map(([, label, { input: field }]) => make("label", {}, label, " ", field)),
    ),
    make("div", { class: "cnn-panels" }, inputPanel, kernelPanel, outputPanel),
    make("div", { class: "cnn-bar" }, previous, play, next, make("label", {}, showAll, " Show all")),
    message,
    result,
    here,
    make("p", { class: "cnn-arithmetic" }, shown.arithmetic),
    make("p", { class: "cnn-formula" }, "Output height: ", shown["height-formula"]),
    make("p", { class: "cnn-formula" }, "Output width: ", shown["width-formula"]),
    make("p", { class: "cnn-unseen" }, "Output size: ", shown["output-height"], " × ", shown["output-width"]),
    help("predict the next output, then press Next; change stride, padding or dilation, or any number."),
  );

  /** Zeros all round the fields of the grid, as many as the padding. */
  const pad = (cells, padding) => {
    const [rows, columns] = [cells.length, cells[0].length];
    const padded = range(rows + 2 * padding).map((r) =>
      range(columns + 2 * padding).map(
        (c) => cells[r - padding]?.[c - padding]?.input ?? make("span", { class: "cnn-padding" }, "0"),
      ),
    );
    // Only the zeros are exchanged, so that the field that the reader is typing in keeps the focus.
    input.querySelectorAll(".cnn-padding").forEach((zero) => zero.remove());
    padded.flat().forEach((cell, place) => {
      if (input.children[place] !== cell) input.insertBefore(cell, input.children[place] ?? null);
    });
    input.style.setProperty("--columns", columns);
    input.style.setProperty("--zeros", 2 * padding);
    const zeros = "var(--zero) ".repeat(padding);
    input.style.gridTemplateColumns = `${zeros}repeat(${columns}, var(--side)) ${zeros}`;
    return padded;
  };

  const outputButton = (r, c) => {
    const jump = (row, column) => {
      stopPlaying();
      const { rows, columns } = geometry(state());
      go(clamp(row, 0, rows.count - 1) * columns.count + clamp(column, 0, columns.count - 1));
      output.querySelector("[aria-current=step]")?.focus();
    };
    const cell = button(`go-${r}-${c}`, "", () => jump(r, c));
    cell.append(answer(`output-${r}-${c}`));
    onArrows(cell, (down, right) => jump(r + down, c + right));
    return cell;
  };

  const draw = () => {
    const s = state();
    const { rows, columns } = geometry(s);
    const fits = rows.count > 0 && columns.count > 0;
    const step = Math.min(s.step, rows.count * columns.count - 1);
    const [r, c] = fits ? [Math.floor(step / columns.count), step % columns.count] : [0, 0];
    const terms = fits ? taps(s, r, c) : [];

    const padded = pad(showGrid(s.grid), s.padding);
    showKernel(s.kernel);
    settings.forEach(([name, , field]) => field.show(s[name]));
    showAll.checked = s.show_all;
    const [top, left] = [r * s.stride, c * s.stride];
    const inWindow = (i, j) => fits && i >= top && i < top + rows.extent && j >= left && j < left + columns.extent;
    const isTap = (i, j) => inWindow(i, j) && (i - top) % s.dilation === 0 && (j - left) % s.dilation === 0;
    padded.forEach((row, i) =>
      row.forEach((cell, j) => {
        cell.classList.toggle("cnn-window", inWindow(i, j));
        cell.classList.toggle("cnn-tap", isTap(i, j));
      }),
    );

    if (output.childElementCount !== rows.count * columns.count || Number(output.dataset.columns) !== columns.count) {
      output.dataset.columns = columns.count;
      output.style.setProperty("--columns", columns.count);
      const cells = range(rows.count).flatMap((i) => range(columns.count).map((j) => outputButton(i, j)));
      output.replaceChildren(...cells);
    }
    [...output.children].forEach((cell, place) => {
      const [i, j] = [Math.floor(place / columns.count), place % columns.count];
      const text = s.show_all || place <= step ? format(total(taps(s, i, j))) : "";
      write(cell.firstElementChild, text);
      cell.setAttribute("aria-label", `Output, row ${i}, column ${j}: ${text || "not yet computed"}`);
      cell.setAttribute("aria-current", place === step ? "step" : "false");
      cell.tabIndex = place === step ? 0 : -1;
    });

    const sum = format(total(terms));
    const products = terms.map(({ input: x, weight }) => `${factor(x)}·${factor(weight)}`).join(" + ");
    const texts = {
      row: fits ? r : "",
      column: fits ? c : "",
      sum: fits ? sum : "",
      arithmetic: fits ? `${products} = ${sum}` : "",
      "output-height": fits ? rows.count : "",
      "output-width": fits ? columns.count : "",
      "height-formula": rows.formula,
      "width-formula": columns.formula,
    };
    Object.entries(texts).forEach(([name, text]) => write(shown[name], String(text)));
    here.hidden = outputPanel.hidden = !fits;
    result.classList.toggle("cnn-unseen", fits); // the same is on the screen then
    const large = (axis, word) =>
      axis.count < 1 && `covers ${axis.extent} ${word} of an input that has, padded, ${axis.room}`;
    const why = [large(rows, "rows"), large(columns, "columns")].filter(Boolean).join(", and ");
    write(
      result,
      fits
        ? `Step ${step + 1} of ${rows.count * columns.count}: row ${r}, column ${c} is ${sum}`
        : `The kernel does not fit: with dilation ${s.dilation} it ${why}. Lower the dilation or raise the padding.`,
    );
    // Not `disabled`, which would take the focus away from the button that is being pressed.
    previous.setAttribute("aria-disabled", String(!fits || step === 0));
    next.setAttribute("aria-disabled", String(!fits || step === rows.count * columns.count - 1));
    play.setAttribute("aria-disabled", String(!fits));
    if (!fits) stopPlaying();
    check();
  };
  const stop = follow(model, traits, draw);
  el.append(widget);
  return () => {
    stopPlaying();
    stop();
  };
}

export default { render };
