// A photo, a kernel to edit, and their cross-correlation. Pixels are grey levels: 0 is black, 255 is white.
//
// data-answer   sum            the output at the marked pixel
//               arithmetic     that output written out: pixel·weight + … = sum
//               patch-R-C      the pixels under the kernel
//               row, column    the marked pixel of the output, counted from 0
//               output-height, output-width, minimum, maximum    of the whole output
//               display        how output values are shown as greys
//               status, message    what is read aloud: the result; what is wrong with the typing
// data-input    preset, kernel-R-C, photo and output (canvases: click, arrow keys)

import { bitmap, markedCanvas, outline, paint } from "../shared/canvas.js";
import { COLOURS } from "../shared/colours.js";
import { make, write } from "../shared/dom.js";
import { matrixFields, presetMenu } from "../shared/fields.js";
import { bytes, follow, store } from "../shared/model.js";
import { clamp, factor, format } from "../shared/numbers.js";
import { answer, answers, help, root, status } from "../shared/parts.js";
import { correlate, displayMap } from "./correlation.js";

function render({ model, el }) {
  const [h, w] = [model.get("height"), model.get("width")];
  const photo = bytes(model, "pixels");
  const original = bitmap(h, w, (i) => [photo[i], photo[i], photo[i]]);
  let size; // of the kernel, and of the output as last drawn
  let outH;
  let outW;

  const mark = (row, column) => store(model, { row: clamp(row, 0, outH - 1), column: clamp(column, 0, outW - 1) });
  const move = (down, right) => mark(model.get("row") + down, model.get("column") + right);
  const onPhoto = (y, x) => mark(Math.floor(y * h) - (size >> 1), Math.floor(x * w) - (size >> 1));
  const onOutput = (y, x) => mark(Math.floor(y * outH), Math.floor(x * outW));
  const before = markedCanvas("photo", onPhoto, move);
  const after = markedCanvas("output", onOutput, move);

  const preset = presetMenu(model.get("presets"), (kernel) => store(model, { kernel }));

  const message = status("message");
  const check = () => {
    const wrong = grid.querySelector("[aria-invalid=true]");
    write(message, wrong ? "A marked field holds no number from −999 to 999; the last one that did still counts." : "");
  };
  const grid = make("div", { class: "cnn-matrix", role: "group", "aria-label": "Kernel" });
  const accept = (kernel) => store(model, { kernel });
  const showKernel = matrixFields(grid, { name: "kernel", label: "Kernel", accept, check });

  const patch = make("div", { class: "cnn-patch", role: "group", "aria-label": "Pixels under the kernel" });
  const names = [
    "sum",
    "arithmetic",
    "row",
    "column",
    "output-height",
    "output-width",
    "minimum",
    "maximum",
    "display",
  ];
  const shown = answers(names);
  const result = status("status", { unseen: true }); // the same is on the screen already
  const hint = help(
    "click or tap either picture, or move the ring with the arrow keys (with Shift, ten pixels); choose a kernel, then change its weights.",
    before,
    after,
  );

  const widget = root(
    "cnn-filter-photo",
    make(
      "div",
      { class: "cnn-equation" },
      make(
        "div",
        { class: "cnn-picture" },
        before,
        make("p", {}, make("b", {}, model.get("caption") || "Photo"), ` ${h} × ${w}`),
      ),
      make("span", { class: "cnn-sign", "aria-hidden": "true" }, "⋆"),
      make("div", { class: "cnn-kernel" }, make("label", {}, make("b", {}, "Kernel"), preset.select), grid),
      make("span", { class: "cnn-sign", "aria-hidden": "true" }, "="),
      make(
        "div",
        { class: "cnn-picture" },
        after,
        make("p", {}, make("b", {}, "Output"), " ", shown["output-height"], " × ", shown["output-width"]),
      ),
    ),
    make(
      "div",
      { class: "cnn-work" },
      patch,
      make(
        "div",
        {},
        make(
          "p",
          { class: "cnn-result" },
          "Output at row ",
          shown.row,
          ", column ",
          shown.column,
          ": ",
          make("b", {}, shown.sum),
        ),
        make("p", { class: "cnn-arithmetic" }, shown.arithmetic),
        make(
          "p",
          { class: "cnn-note" },
          "Outputs run from ",
          shown.minimum,
          " to ",
          shown.maximum,
          ". ",
          shown.display,
        ),
      ),
    ),
    message,
    result,
    hint,
  );

  let last = {}; // the latest output, computed anew only when the kernel changes: moving the ring stays instant
  const draw = () => {
    const kernel = model.get("kernel");
    if (last.kernel !== kernel) {
      last = { kernel, ...correlate(photo, h, w, kernel) };
      last.map = displayMap(kernel, last.out);
      last.image = bitmap(last.outH, last.outW, (i) => Array(3).fill(last.map.grey(last.out[i])));
    }
    const { out, map } = last;
    ({ outH, outW } = last);
    size = kernel.length;
    const row = Math.min(model.get("row"), outH - 1);
    const column = Math.min(model.get("column"), outW - 1);

    preset.show(kernel);
    showKernel(kernel);
    check();

    const ring = (canvas, { pen, scale }, r, c, side) => {
      const unit = canvas.width / 260; // about a CSS pixel
      outline(pen, "#FFF", 1.5 * unit, () => pen.arc((c + side / 2) * scale, (r + side / 2) * scale, 13 * unit, 0, 7));
      outline(pen, COLOURS[0], unit, () => pen.rect(c * scale, r * scale, side * scale, side * scale));
    };
    ring(before, paint(before, original), row, column, size);
    ring(after, paint(after, last.image), row, column, 1);

    const terms = kernel.flatMap((weights, i) =>
      weights.map((weight, j) => ({ i, j, weight, pixel: photo[(row + i) * w + column + j] })),
    );
    patch.style.setProperty("--columns", size);
    patch.replaceChildren(
      ...terms.map(({ i, j, pixel }) => {
        const cell = answer(`patch-${i}-${j}`, format(pixel));
        cell.style.background = `rgb(${pixel} ${pixel} ${pixel})`;
        cell.style.color = pixel > 118 ? "#000" : "#FFF"; // whichever contrasts more
        return cell;
      }),
    );
    const sum = out[row * outW + column];
    const texts = {
      sum: format(sum),
      arithmetic: `${terms.map(({ pixel, weight }) => `${pixel}·${factor(weight)}`).join(" + ")} = ${format(sum)}`,
      row,
      column,
      display: map.text,
      minimum: format(out.reduce((a, b) => Math.min(a, b))),
      maximum: format(out.reduce((a, b) => Math.max(a, b))),
      "output-height": outH,
      "output-width": outW,
    };
    Object.entries(texts).forEach(([name, text]) => write(shown[name], String(text)));
    write(result, `Output at row ${row}, column ${column}: ${format(sum)}`);
    before.setAttribute(
      "aria-label",
      `The photo, ${h} by ${w} pixels. A ring marks the ${size} by ${size} patch from row ${row}, column ${column}.`,
    );
    after.setAttribute(
      "aria-label",
      `The photo filtered by the kernel, ${outH} by ${outW} pixels. A ring marks row ${row}, column ${column}. ${map.text}`,
    );
  };
  const stop = follow(model, ["kernel", "row", "column"], draw);
  el.append(widget);
  return stop;
}

export default { render };
