// Helpers that Python puts in front of each widget's own code.

// Okabe and Ito's colours, which stay apart for every kind of colour vision. Black is kept for outlines.
const COLOURS = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#999999", "#F0E442"];

/** A number for reading: at most three decimals, a true minus sign, never −0. */
function format(x, decimals = 3) {
  return String(Math.round(x * 10 ** decimals) / 10 ** decimals).replace("-", "−");
}

/** A number as a factor: negative ones in brackets. */
const factor = (x) => (Math.round(x * 1000) < 0 ? `(${format(x)})` : format(x));

const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

const range = (n) => Array.from({ length: n }, (_, i) => i);

/** An element with attributes (onclick and the like are listeners) and children. */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A computed result, plain text to a screen reader: only the status line is announced. */
const answer = (name, text = "") => make("span", { "data-answer": name }, text);

const status = (name) => make("p", { class: "cnn-status", role: "status", "aria-live": "polite", "data-answer": name });

/** Write text only where it differs, so that screen readers announce changes alone. */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A name that nothing else on the page has; every widget is a module of its own, so the page does the counting. */
const uniqueName = () => `cnn-${(window.cnnNames = (window.cnnNames ?? 0) + 1)}`;

/**
 * A field for a number. While what stands in it is no number of the allowed kind, it is marked and `accept` hears
 * nothing; `check` is called after every edit. `show` sets the value, but leaves alone what the reader is typing.
 */
function numberField({ name, label, min = -999, max = 999, whole = false, accept, check }) {
  let shown;
  const limits = { min, max, step: whole ? 1 : "any" };
  const input = make("input", { type: "number", "data-input": name, "aria-label": label, ...limits });
  input.addEventListener("input", () => {
    const value = input.value.trim() === "" ? NaN : Number(input.value);
    const valid = value >= min && value <= max && (!whole || Number.isInteger(value));
    input.setAttribute("aria-invalid", String(!valid));
    if (valid) accept((shown = value));
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
function matrixFields(container, { name, label, whole, accept, check }) {
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
    fields.forEach((row, i) => row.forEach((field, j) => field.show(values[i][j])));
    return fields;
  };
}

/** The line that says what to try; `describing` has it read out with a control that is reached before it. */
function help(...text) {
  return make("p", { class: "cnn-help", id: uniqueName() }, make("b", {}, "Try it: "), ...text);
}

const describing = (line, ...controls) => controls.forEach((control) => control.setAttribute("aria-describedby", line.id));

/** The root of a widget. JupyterLab's shortcuts and the theme's page turning with the arrow keys stay out of it. */
function root(kind, ...children) {
  const node = make("div", { class: `cnn-widget ${kind}`, "data-lm-suppress-shortcuts": "true" }, ...children);
  node.addEventListener("keydown", (event) => event.stopPropagation());
  return node;
}

/** Change traits, here and in Python where there is a kernel. */
function store(model, changes) {
  for (const [name, value] of Object.entries(changes)) model.set(name, value);
  model.save_changes();
}

/** Draw now and after every change of the named traits; returns what stops it. */
function follow(model, names, draw) {
  const events = names.map((name) => `change:${name}`);
  events.forEach((event) => model.on(event, draw));
  draw();
  return () => events.forEach((event) => model.off(event, draw));
}

/** A trait of bytes, whichever view of them this front end hands out. */
function bytes(model, name) {
  const data = model.get(name);
  return data.buffer ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}

/** An image of h × w pixels, from a function that gives the red, green and blue of pixel i. */
function bitmap(h, w, pixel) {
  const image = new ImageData(w, h);
  for (let i = 0; i < h * w; i += 1) {
    const [red, green, blue] = pixel(i);
    image.data.set([red, green, blue, 255], 4 * i);
  }
  const small = make("canvas", { width: w, height: h });
  small.getContext("2d").putImageData(image, 0, 0);
  return small;
}

/** Paint an image with its pixels enlarged to squares, so that outlines drawn on it can be finer than a pixel. */
function paint(canvas, image) {
  const scale = Math.ceil(640 / Math.max(image.height, image.width));
  Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { pen, scale };
}

/** Stroke a path twice, dark under bright, so that it shows on any photo. */
function outline(pen, colour, width, path) {
  for (const [style, thickness] of [["#000", 1.8 * width], [colour, width]]) {
    pen.strokeStyle = style;
    pen.lineWidth = thickness;
    pen.beginPath();
    path(pen);
    pen.stroke();
  }
}

/** A canvas with a mark that click, tap or mouse drag puts at a fraction of it, and that arrow keys move. */
function markedCanvas(name, put, move) {
  const canvas = make("canvas", {
    tabindex: 0,
    role: "application", // the role in which assistive technology passes the arrow keys on
    "aria-roledescription": "picture with a movable mark",
    "data-input": name,
  });
  const point = (event) => {
    if (event.type === "pointermove" && (event.pointerType !== "mouse" || event.buttons !== 1)) return;
    const box = canvas.getBoundingClientRect();
    const fraction = (x, size) => clamp(x / size, 0, 1 - 1e-9);
    put(fraction(event.clientY - box.top, box.height), fraction(event.clientX - box.left, box.width));
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("click", point);
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!steps || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(...steps.map((step) => step * (event.shiftKey ? 10 : 1)));
  });
  return canvas;
}
