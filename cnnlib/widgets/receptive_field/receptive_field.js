// A stack of layers to edit, and the part of a photo that one unit of it sees.
//
// data-answer   field-L, jump-L, previous-L    after layer L, counted from 1: its receptive field in the photo, pixels
//               from one unit to the next, its field in the layer before
//               units, row, column    units down × across, and the marked unit, of the selected layer, counted from 0
//               first-row, last-row, first-column, last-column    what of the photo it sees, borders included
//               field, clipped   a sentence each: what the unit sees; whether that reaches past the border
//               status, message  what is read aloud: the result; what is wrong with the typing
// data-input    kernel-L, stride-L, dilation-L, select-L, remove-L, add, preset, photo (canvas: click, arrow keys)

import { bitmap, markedCanvas, outline, paint } from "../shared/canvas.js";
import { COLOURS } from "../shared/colours.js";
import { make, uniqueName, write } from "../shared/dom.js";
import { numberField, presetMenu } from "../shared/fields.js";
import { bytes, follow, store } from "../shared/model.js";
import { clamp, format, range } from "../shared/numbers.js";
import { answer, answers, help, root, status } from "../shared/parts.js";
import { chain } from "./stack.js";

const COLUMNS = [
  ["kernel", "Kernel", 31],
  ["stride", "Stride", 8],
  ["dilation", "Dilation", 16],
];
const MOST_LAYERS = 10;

function render({ model, el }) {
  const [height, width, channels] = ["height", "width", "channels"].map((name) => model.get(name));
  const photo = bytes(model, "pixels");
  const original = bitmap(height, width, (i) => [0, 1, 2].map((k) => photo[(k % channels) * height * width + i]));

  /** The state, with the unit inside its layer whatever the layers have become; −1 is the middle one. */
  const state = () => {
    const layers = model.get("layers");
    const facts = chain(layers, height, width);
    const selected = Math.min(model.get("selected"), layers.length - 1);
    const { rows, columns } = facts[selected];
    const place = (value, count) => (value < 0 ? count >> 1 : Math.min(value, count - 1));
    return { layers, facts, selected, row: place(model.get("row"), rows), column: place(model.get("column"), columns) };
  };
  const mark = (row, column) => {
    const { facts, selected } = state();
    store(model, {
      row: clamp(row, 0, facts[selected].rows - 1),
      column: clamp(column, 0, facts[selected].columns - 1),
    });
  };
  /** Look through another layer, or other layers, at the unit nearest to the pixel that was looked at. */
  const change = (changes) => {
    const { facts, selected, row, column } = state();
    const layers = changes.layers ?? model.get("layers");
    const chosen = clamp(changes.selected ?? selected, 0, layers.length - 1);
    const { j, rows, columns } = chain(layers, height, width)[chosen];
    const nearest = (unit, count) => clamp(Math.round((unit * facts[selected].j) / j), 0, count - 1);
    store(model, { layers, selected: chosen, row: nearest(row, rows), column: nearest(column, columns) });
  };

  const canvas = markedCanvas(
    "photo",
    (y, x) => {
      const { facts, selected } = state();
      const { j } = facts[selected];
      mark(Math.round((y * height - 0.5) / j), Math.round((x * width - 0.5) / j));
    },
    (down, right) => {
      const { row, column } = state();
      mark(row + down, column + right);
    },
  );

  const choose = (layers) => change({ layers, selected: layers.length - 1 });
  const preset = presetMenu(model.get("presets"), choose);
  const add = make("button", { type: "button", "data-input": "add" }, "+ Add a layer");
  add.addEventListener("click", () => {
    const { layers } = state();
    change({ layers: [...layers, [3, 1, 1]], selected: layers.length });
  });

  const message = status("message");
  const check = () => {
    const wrong = body.querySelector("[aria-invalid=true]");
    write(
      message,
      wrong
        ? `“${wrong.ariaLabel}” needs a whole number from ${wrong.min} to ${wrong.max}; the last one that it held still counts.`
        : "",
    );
  };

  /** The table's row of one layer; what depends on the other layers is filled in by `draw`. */
  const group = uniqueName();
  const layerRow = (index) => {
    const n = index + 1;
    const fields = COLUMNS.map(([name, label, max], place) => {
      const accept = (value) => {
        const { layers } = state();
        change({ layers: layers.map((old, i) => (i === index ? old.map((v, k) => (k === place ? value : v)) : old)) });
      };
      return numberField({
        name: `${name}-${n}`,
        label: `${label} of layer ${n}`,
        min: 1,
        max,
        whole: true,
        accept,
        check,
      });
    });
    const radio = make("input", {
      type: "radio",
      name: group,
      "data-input": `select-${n}`,
      "aria-label": `Look through layer ${n}`,
    });
    radio.addEventListener("change", () => change({ selected: index }));
    const remove = make(
      "button",
      { type: "button", "data-input": `remove-${n}`, "aria-label": `Remove layer ${n}` },
      "×",
    );
    remove.addEventListener("click", () => {
      const { layers, selected } = state();
      change({
        layers: layers.filter((_, i) => i !== index),
        selected: selected - (selected >= index && selected > 0),
      });
      (body.rows[Math.min(index, body.rows.length - 1)].querySelector("button:enabled") ?? add).focus();
    });
    const facts = ["previous", "field", "jump"].map((name) => answer(`${name}-${n}`));
    const swatch = make("span", { class: "cnn-swatch", "aria-hidden": "true" });
    swatch.style.borderColor = COLOURS[index % COLOURS.length];
    const cells = [...fields.map(({ input }) => input), ...facts, remove].map((content) => make("td", {}, content));
    const head = make("th", { scope: "row" }, make("label", {}, radio, swatch, String(n)));
    return { row: make("tr", {}, head, ...cells), fields, facts, radio, remove };
  };
  const headings = ["Layer", "Kernel", "Stride", "Dila\u00ADtion", "Field in layer before", "Field in photo", "Jump"];
  const body = make("tbody");
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)), make("td"))),
    body,
  );
  let lines = [];

  const names = ["units", "row", "column", "first-row", "last-row", "first-column", "last-column", "field", "clipped"];
  const shown = answers(names);
  const title = make("b");
  const result = status("status", { unseen: true }); // the same is on the screen already
  const hint = help(
    "click or tap the photo, or use the arrow keys; look through each layer in turn; make a stride 2 and watch the jump.",
    canvas,
  );
  const widget = root(
    "cnn-receptive-field",
    make(
      "div",
      { class: "cnn-columns" },
      make("div", { class: "cnn-picture" }, canvas),
      make(
        "div",
        { class: "cnn-stack" },
        make("label", { class: "cnn-bar" }, make("b", {}, "Stack"), preset.select),
        table,
        add,
      ),
    ),
    message,
    result,
    make(
      "p",
      { class: "cnn-result" },
      title,
      ", row ",
      shown.row,
      ", column ",
      shown.column,
      ", sees rows ",
      shown["first-row"],
      " to ",
      shown["last-row"],
      " and columns ",
      shown["first-column"],
      " to ",
      shown["last-column"],
      ".",
    ),
    make("p", {}, shown.field, " ", shown.clipped, " The layer has ", shown.units, " units."),
    hint,
  );

  const draw = () => {
    const { layers, facts, selected, row, column } = state();
    if (lines.length !== layers.length) {
      // Rows that stay are kept, with the focus that may be in them.
      lines = range(layers.length).map((i) => lines[i] ?? layerRow(i));
      while (body.rows.length > lines.length) body.lastElementChild.remove();
      lines.slice(body.rows.length).forEach((line) => body.append(line.row));
    }
    preset.show(layers);
    add.disabled = layers.length >= MOST_LAYERS;
    lines.forEach((line, i) => {
      const { previous, r, j } = facts[i];
      line.fields.forEach((field, place) => field.show(layers[i][place]));
      [previous, r, j].forEach((fact, k) => write(line.facts[k], String(fact)));
      line.radio.checked = i === selected;
      line.row.classList.toggle("cnn-selected", i === selected);
      line.remove.disabled = layers.length === 1;
    });
    check();

    // The selected unit's field, and inside it that of the unit in its middle of every layer before.
    const { pen, scale } = paint(canvas, original);
    const unit = canvas.width / 320; // about a CSS pixel
    const first = facts.slice(0, selected + 1).map(({ j, start }) => {
      const corner = (index) => Math.round((index * facts[selected].j) / j) * j + start;
      return [corner(row), corner(column)];
    });
    first.forEach((corner, i) => {
      const size = (axis) => [height, width][axis] * scale - unit;
      const [[y, y2], [x, x2]] = corner.map((from, axis) =>
        [from, from + facts[i].r].map((edge) => clamp(edge * scale, unit, size(axis))),
      );
      pen.setLineDash(i === selected ? [] : [5 * unit, 3 * unit]);
      outline(pen, COLOURS[i % COLOURS.length], (i === selected ? 3 : 2) * unit, () => pen.rect(x, y, x2 - x, y2 - y));
      // The layer's number, where there is room between this square and the one inside it.
      if ((facts[i].r - (facts[i - 1]?.r ?? 1)) * scale > 34 * unit) {
        pen.setLineDash([]);
        Object.assign(pen, {
          font: `bold ${12 * unit}px sans-serif`,
          lineWidth: 3 * unit,
          strokeStyle: "#000",
          fillStyle: "#FFF",
        });
        pen.strokeText(i + 1, x + 4 * unit, y + 14 * unit);
        pen.fillText(i + 1, x + 4 * unit, y + 14 * unit);
      }
    });
    pen.setLineDash([]);
    const [top, left] = first[selected];
    const side = facts[selected].r;
    if (side * scale < 20 * unit) {
      // A ring, to find a small square by.
      outline(pen, "#FFF", 1.5 * unit, () =>
        pen.arc((left + side / 2) * scale, (top + side / 2) * scale, 18 * unit, 0, 7),
      );
    }
    const seen = { row: [top, top + side - 1], column: [left, left + side - 1] };
    const inside = (from, size) => Math.max(Math.min(from + side, size) - Math.max(from, 0), 0);
    const [insideRows, insideColumns] = [inside(top, height), inside(left, width)];
    const share = (100 * insideRows * insideColumns) / (height * width);
    const texts = {
      units: `${facts[selected].rows} × ${facts[selected].columns}`,
      row,
      column,
      "first-row": clamp(seen.row[0], 0, height - 1),
      "last-row": clamp(seen.row[1], 0, height - 1),
      "first-column": clamp(seen.column[0], 0, width - 1),
      "last-column": clamp(seen.column[1], 0, width - 1),
      field: `Its receptive field is ${side} × ${side} pixels.`,
      clipped:
        insideRows === side && insideColumns === side
          ? `All of it lies inside the photo, of which it is ${format(share, 1)} %.`
          : `It reaches past the border: ${insideRows} × ${insideColumns} pixels lie inside the photo, the rest is padding.`,
    };
    Object.entries(texts).forEach(([name, text]) => write(shown[name], String(text)));
    write(title, `Unit of layer ${selected + 1}`);
    const words = `Layer ${selected + 1}, row ${row}, column ${column}: ${texts.field} ${texts.clipped}`;
    write(result, words);
    canvas.setAttribute(
      "aria-label",
      `The photo, ${height} by ${width} pixels, with a square round what one unit sees. ${words}`,
    );
  };
  const stop = follow(model, ["layers", "selected", "row", "column"], draw);
  el.append(widget);
  return stop;
}

export default { render };
