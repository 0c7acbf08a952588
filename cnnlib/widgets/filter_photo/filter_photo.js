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

/** Valid cross-correlation of a grey image (h × w, flat) with a square kernel. */
function correlate(image, h, w, kernel) {
  const size = kernel.length;
  const [outH, outW] = [h - size + 1, w - size + 1];
  const out = new Float64Array(outH * outW);
  kernel.forEach((weights, i) =>
    weights.forEach((weight, j) => {
      if (weight === 0) return;
      for (let r = 0; r < outH; r += 1) {
        for (let c = 0; c < outW; c += 1) out[r * outW + c] += weight * image[(r + i) * w + c + j];
      }
    }),
  );
  return { out, outH, outW };
}

/** How outputs become greys: a mixture of greys is grey as it is; of a difference, 0 is mid-grey. */
function displayMap(kernel, out) {
  const weights = kernel.flat();
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.every((weight) => weight >= 0) || Math.abs(sum - 1) < 1e-6) {
    return { grey: (y) => clamp(y, 0, 255), text: "Shown as they are: 0 and less is black, 255 and more white." };
  }
  const sizes = out.map(Math.abs).sort();
  const m = sizes[Math.floor(0.99 * sizes.length)] || sizes.at(-1) || 1; // 99 in 100 values keep their contrast
  const text = `Some weights are negative, so 0 is mid-grey, ${format(-m)} and less black, ${format(m)} and more white.`;
  return { grey: (y) => 127.5 * (1 + y / m), text };
}

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

  const presets = Object.entries(model.get("presets"));
  const select = make("select", { "data-input": "preset" });
  select.append(make("option", { value: "" }, "Your own"), ...presets.map(([name]) => make("option", {}, name)));
  select.addEventListener("change", () => {
    const chosen = presets.find(([name]) => name === select.value);
    if (chosen) store(model, { kernel: chosen[1] });
  });

  const message = status("message");
  const check = () => {
    const wrong = grid.querySelector("[aria-invalid=true]");
    write(message, wrong ? "A marked field holds no number from −999 to 999; the last one that did still counts." : "");
  };
  const grid = make("div", { class: "cnn-matrix", role: "group", "aria-label": "Kernel" });
  const accept = (kernel) => store(model, { kernel });
  const showKernel = matrixFields(grid, { name: "kernel", label: "Kernel", accept, check });

  const patch = make("div", { class: "cnn-patch", role: "group", "aria-label": "Pixels under the kernel" });
  const names = ["sum", "arithmetic", "row", "column", "output-height", "output-width", "minimum", "maximum", "display"];
  const shown = Object.fromEntries(names.map((name) => [name, answer(name)]));
  const result = status("status");
  const hint = help("click or tap either picture, or move the ring with the arrow keys (with Shift, ten pixels); choose a kernel, then change its weights.");

  const widget = root(
    "cnn-filter-photo",
    make(
      "div",
      { class: "cnn-equation" },
      make("div", { class: "cnn-picture" }, before, make("p", {}, make("b", {}, model.get("caption") || "Photo"), ` ${h} × ${w}`)),
      make("span", { class: "cnn-sign", "aria-hidden": "true" }, "⋆"),
      make("div", { class: "cnn-kernel" }, make("label", {}, make("b", {}, "Kernel"), select), grid),
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
        make("p", { class: "cnn-result" }, "Output at row ", shown.row, ", column ", shown.column, ": ", make("b", {}, shown.sum)),
        make("p", { class: "cnn-arithmetic" }, shown.arithmetic),
        make("p", { class: "cnn-note" }, "Outputs run from ", shown.minimum, " to ", shown.maximum, ". ", shown.display),
      ),
    ),
    message,
    result,
    hint,
  );
  describing(hint, before, after);
  result.classList.add("cnn-unseen"); // the same is on the screen already

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

    const same = ([, values]) => JSON.stringify(values) === JSON.stringify(kernel);
    select.value = presets.find(same)?.[0] ?? "";
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
      row, column, display: map.text, minimum: format(out.reduce((a, b) => Math.min(a, b))), maximum: format(out.reduce((a, b) => Math.max(a, b))),
      "output-height": outH, "output-width": outW,
    };
    Object.entries(texts).forEach(([name, text]) => write(shown[name], String(text)));
    write(result, `Output at row ${row}, column ${column}: ${format(sum)}`);
    before.setAttribute("aria-label",
      `The photo, ${h} by ${w} pixels. A ring marks the ${size} by ${size} patch from row ${row}, column ${column}.`);
    after.setAttribute("aria-label",
      `The photo filtered by the kernel, ${outH} by ${outW} pixels. A ring marks row ${row}, column ${column}. ${map.text}`);
  };
  const stop = follow(model, ["kernel", "row", "column"], draw);
  el.append(widget);
  return stop;
}

export default { render };
