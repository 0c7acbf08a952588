// Fields for numbers and matrices.

import { make } from "./dom.js";
import { range } from "./numbers.js";

/**
 * A field for a number. While what stands in it is no number of the allowed kind, it is marked and `accept` hears
 * nothing; `check` is called after every edit. `show` sets the value, but leaves alone what the reader is typing.
 */
export function numberField({ name, label, min = -999, max = 999, whole = false, accept, check }) {
  let shown;
  const limits = { min, max, step: whole ? 1 : "any" };
  const input = make("input", { type: "number", "data-input": name, "aria-label": label, ...limits });
  input.addEventListener("input", () => {
    const value = input.value.trim() === "" ? NaN : Number(input.value);
    const valid = value >= min && value <= max && (!whole || Number.isInteger(value));
    input.setAttribute("aria-invalid", String(!valid));
    if (valid) {
      shown = value;
      accept(value);
    }
    check();
  });
  const show = (value) => {
    if (value === shown) return;
    shown = value;
    input.value = String(Number(value.toFixed(3)));
    input.setAttribute("aria-invalid", "false");
  };
  return { input, show };
}

/** A grid of fields for a matrix, in `container`, made again where the matrix changes its size. */
export function matrixFields(container, { name, label, whole, accept, check }) {
  let fields = [];
  let matrix;
  const put = (i, j) => (value) =>
    accept(matrix.map((row, r) => row.map((old, c) => (r === i && c === j ? value : old))));
  return (values) => {
    matrix = values;
    const [rows, columns] = [values.length, values[0].length];
    if (fields.length !== rows || fields[0].length !== columns) {
      fields = range(rows).map((i) =>
        range(columns).map((j) => {
          const where = { name: `${name}-${i}-${j}`, label: `${label}, row ${i}, column ${j}` };
          return numberField({ ...where, whole, accept: put(i, j), check });
        }),
      );
      container.style.setProperty("--columns", columns);
      container.replaceChildren(...fields.flat().map((field) => field.input));
    }
    fields.forEach((row, i) => {
      row.forEach((field, j) => {
        field.show(values[i][j]);
      });
    });
    return fields;
  };
}

/** A menu of values by name, and "Your own" for any other value; `show` selects the value that it is given. */
export function presetMenu(presets, choose) {
  const named = Object.entries(presets);
  const select = make(
    "select",
    { "data-input": "preset" },
    make("option", { value: "" }, "Your own"),
    ...named.map(([name]) => make("option", {}, name)),
  );
  select.addEventListener("change", () => {
    const chosen = named.find(([name]) => name === select.value);
    if (chosen) choose(chosen[1]);
  });
  const show = (value) => {
    const same = ([, preset]) => JSON.stringify(preset) === JSON.stringify(value);
    select.value = named.find(same)?.[0] ?? "";
  };
  return { select, show };
}
