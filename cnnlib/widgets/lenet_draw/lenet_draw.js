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

const SIDE = 32;
const FRAME = 24; // the height of the digits that the network has learnt from
const PEN = 4; // pixels
const FARTHEST = 12;
const MOST_POINTS = 5000;
// Of each layer: how many maps, their side, and how many of them in a row.
const MAPS = { C1: [6, 28, 6], S2: [6, 14, 6], C3: [16, 10, 8], S4: [16, 5, 8], C5: [120, 1, 120], F6: [84, 1, 84] };

/** The mean of every pixel and the one on either side of it, `step` apart; beyond the edge there is no ink. */
function boxBlur(ink, step) {
  const line = (i) => (step === 1 ? Math.floor(i / SIDE) : i % SIDE);
  const value = (i, from) => (i >= 0 && i < SIDE * SIDE && line(i) === line(from) ? ink[i] : 0);
  return ink.map((here, i) => (value(i - step, i) + here + value(i + step, i)) / 3);
}

/**
 * Strokes as bytes, shifted by whole pixels. The digits to learn from were counted out in blocks and enlarged three
 * times: a mean over 3 pixels, and a bilinear interpolation, which is two more. So a round pen, then three means.
 */
function inked(strokes, down, right) {
  let ink = new Float32Array(SIDE * SIDE);
  for (const stroke of strokes) {
    stroke.forEach(([toX, toY], k) => {
      const [fromX, fromY] = stroke[Math.max(k - 1, 0)];
      const [dx, dy] = [toX - fromX, toY - fromY];
      // The pixels that the pen may touch on its way.
      const first = (a, b, shift) => Math.max(Math.floor(Math.min(a, b) + shift - PEN), 0);
      const last = (a, b, shift) => Math.min(Math.ceil(Math.max(a, b) + shift + PEN), SIDE - 1);
      for (let r = first(fromY, toY, down); r <= last(fromY, toY, down); r += 1) {
        for (let c = first(fromX, toX, right); c <= last(fromX, toX, right); c += 1) {
          const [x, y] = [c + 0.5 - right - fromX, r + 0.5 - down - fromY]; // from the stroke's point to the pixel's middle
          const along = clamp((x * dx + y * dy) / (dx * dx + dy * dy || 1), 0, 1);
          const distance = Math.hypot(x - along * dx, y - along * dy);
          ink[r * SIDE + c] = Math.max(ink[r * SIDE + c], clamp(PEN / 2 + 0.5 - distance, 0, 1));
        }
      }
    });
  }
  for (let k = 0; k < 3; k += 1) ink = boxBlur(boxBlur(ink, 1), SIDE);
  return Uint8Array.from(ink, (covered) => Math.round(255 * covered));
}

/** A picture moved by whole pixels; what comes in over the edge is black. */
function moved(picture, down, right) {
  return picture.map((_, i) => {
    const [r, c] = [Math.floor(i / SIDE) - down, (i % SIDE) - right];
    return r >= 0 && r < SIDE && c >= 0 && c < SIDE ? picture[r * SIDE + c] : 0;
  });
}

/** The strokes, scaled to the height of the frame (or its width, if they are wider than high), in its middle. */
function fitted(strokes) {
  const bounds = [0, 1].map((axis) => {
    const values = strokes.flat().map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const largest = Math.max(...bounds.map(([low, high]) => high - low));
  const scale = Math.min((FRAME - PEN + 1) / largest, 4); // a dot stays small
  return strokes.map((stroke) =>
    stroke.map((point) => point.map((x, axis) => SIDE / 2 + scale * (x - (bounds[axis][0] + bounds[axis][1]) / 2))));
}

/** Paint maps side by side as greys: 0 is black, `largest` is white. */
function paintMaps(canvas, values, [count, side, perRow], largest) {
  const step = side + (side > 1); // a strip of single units needs no gaps
  const image = new ImageData(perRow * step - step + side, Math.ceil(count / perRow) * step - step + side);
  values.forEach((value, i) => {
    const [map, r, c] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    const grey = (255 * value) / (largest || 1);
    const [y, x] = [Math.floor(map / perRow) * step + r, (map % perRow) * step + c];
    image.data.set([grey, grey, grey, 255], 4 * (y * image.width + x));
  });
  Object.assign(canvas, { width: image.width, height: image.height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A probability in per cent; none is ever quite 0 or 1. */
const percent = (p) => (p > 0.9995 ? "> 99.9 %" : p < 0.0005 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);

function render({ model, el }) {
  const layers = lenetLayers(bytes(model, "weights"), bytes(model, "scales"));
  const all = bytes(model, "images");
  const labels = model.get("labels");
  const stored = labels.map((_, i) => all.slice(i * SIDE ** 2, (i + 1) * SIDE ** 2));
  const state = () => Object.fromEntries(["example", "strokes", "down", "right"].map((name) => [name, model.get(name)]));

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

  const pad = make("canvas", {
    width: SIDE, height: SIDE, tabindex: 0, "data-input": "pad",
    role: "application", // the role in which assistive technology passes the arrow keys on
    "aria-roledescription": "picture to draw on, and to move with the arrow keys",
  });
  let pointer = null; // the one that is drawing
  const extend = (event) => {
    const box = pad.getBoundingClientRect();
    const { strokes, down, right } = state();
    const [before, stroke] = [strokes.slice(0, -1), [...strokes.at(-1)]];
    const events = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of events.length ? events : [event]) {
      const x = clamp(((clientX - box.left) / box.width) * SIDE, 0, SIDE) - right;
      const y = clamp(((clientY - box.top) / box.height) * SIDE, 0, SIDE) - down;
      const last = stroke.at(-1);
      if (!last || Math.hypot(x - last[0], y - last[1]) >= 0.5) stroke.push([x, y]);
    }
    if (before.flat().length + stroke.length <= MOST_POINTS) model.set("strokes", [...before, stroke]);
  };
  pad.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    pad.setPointerCapture(pointer);
    model.set("strokes", [...model.get("strokes"), []]);
    extend(event);
  });
  pad.addEventListener("pointermove", (event) => event.pointerId === pointer && extend(event));
  const lift = (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    store(model, { strokes: model.get("strokes").filter((stroke) => stroke.length) });
    draw(); // and say aloud what it has become
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
  pad.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!steps || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(...steps);
  });

  const button = (name, text, onclick, label) =>
    make("button", { type: "button", "data-input": name, "aria-label": label, onclick }, text);
  const undo = button("undo", "Undo", () => store(model, { strokes: model.get("strokes").slice(0, -1) }), "Undo the last stroke");
  const buttons = make("div", { class: "cnn-bar" },
    button("clear", "Clear", () => show(-1)), undo, button("fit", "Fit", fit, "Fit to the frame"), button("random", "Random", random));
  const arrows = make("div", { class: "cnn-bar", role: "group", "aria-label": "Move by one pixel" },
    make("span", { "aria-hidden": "true" }, "Move"),
    button("left", "←", () => move(0, -1), "left"), button("up", "↑", () => move(-1, 0), "up"),
    button("down", "↓", () => move(1, 0), "down"), button("right", "→", () => move(0, 1), "right"));
  const examples = stored.map((image, i) => {
    const small = bitmap(SIDE, SIDE, (k) => [image[k], image[k], image[k]]);
    small.setAttribute("aria-hidden", "true"); // the button has a name
    return button(`example-${i}`, small, () => show(i), `Stored digit ${i + 1}, labelled ${labels[i]}`);
  });

  const say = Object.fromEntries(["read", "chance", "picture"].map((name) => [name, answer(name)]));
  const rows = range(10).map((k) => {
    const [probability, score] = [answer(`probability-${k}`), answer(`score-${k}`)];
    const bar = make("span", { class: "cnn-probability", "aria-hidden": "true" });
    const row = make("tr", {}, make("th", { scope: "row" }, String(k)), make("td", {}, bar), make("td", {}, probability), make("td", {}, score));
    return { row, bar, probability, score };
  });
  const head = (text) => make("th", { scope: "col" }, text);
  const table = make("table", {}, make("caption", { class: "cnn-unseen" }, "What the network makes of the picture"),
    make("thead", {}, make("tr", {}, head("Digit"), make("td"), head("Probability"), head("Score"))),
    make("tbody", {}, ...rows.map(({ row }) => row)));
  const maps = Object.entries(MAPS).map(([name, [count, side]]) => {
    const canvas = make("canvas", { role: "img", "data-layer": name });
    const largest = answer(`largest-${name}`);
    const kind = side > 1 ? `${count} maps of ${side} × ${side}` : `${count} units`;
    const block = make("div", { class: side > 1 ? "cnn-layer" : "cnn-layer cnn-strip" },
      make("p", {}, make("b", {}, name), `: ${kind}, up to `, largest), canvas);
    return { name, kind, canvas, largest, block };
  });
  const hint = help("draw a digit as high as the dashed frame, with the mouse or a finger, or take a stored one; then move it, by the "
    + "arrow keys or the buttons, until the reading changes. Make an 8 of a 3. Draw a 7 without and with a bar.");
  describing(hint, pad);
  const spoken = status("status");
  spoken.classList.add("cnn-unseen"); // the same is on the screen already
  const widget = root(
    "cnn-lenet-draw",
    make("div", { class: "cnn-columns" },
      make("div", { class: "cnn-picture" },
        make("p", { class: "cnn-result" }, "Read as ", make("b", {}, say.read), " (", say.chance, ")"),
        make("div", { class: "cnn-pad" }, pad), buttons, arrows,
        make("div", { class: "cnn-bar cnn-examples", role: "group", "aria-label": "Stored digits" }, ...examples)),
      make("div", { class: "cnn-reading" }, table, make("p", { class: "cnn-note" }, say.picture), hint)),
    spoken,
    make("div", { class: "cnn-maps" }, ...maps.map(({ block }) => block)),
    make("p", { class: "cnn-note" }, "Values after the rectifier; black is 0, white the largest value of the layer."),
  );

  /** What the picture holds, in words. */
  const contents = ({ example, strokes, down, right }, empty) => {
    const parts = example >= 0 ? [`stored digit ${example + 1}, labelled ${labels[example]}`] : [];
    if (strokes.length) parts.push(strokes.length === 1 ? "one stroke of yours" : `${strokes.length} strokes of yours`);
    const shift = [[down, "down", "up"], [right, "to the right", "to the left"]]
      .filter(([by]) => by !== 0).map(([by, on, back]) => `${Math.abs(by)} ${by > 0 ? on : back}`);
    const whole = `The picture: ${parts.join(" and ") || "nothing"}${shift.length && parts.length ? `, moved ${shift.join(" and ")}` : ""}.`;
    return empty ? `${whole} There is no ink, and the network answers all the same: it knows no class but the ten digits.` : whole;
  };

  const draw = () => {
    const now = state();
    const { example, strokes, down, right } = now;
    const digit = example >= 0 ? moved(stored[example], down, right) : new Uint8Array(SIDE ** 2);
    const ink = inked(strokes, down, right);
    const picture = digit.map((byte, i) => Math.max(byte, ink[i]));
    const result = readDigit(layers, picture);

    pad.getContext("2d").drawImage(bitmap(SIDE, SIDE, (i) => Array(3).fill(picture[i])), 0, 0);
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
    maps.forEach(({ name, kind, canvas, largest }) => {
      const most = result[name].reduce((a, b) => Math.max(a, b));
      paintMaps(canvas, result[name], MAPS[name], most);
      write(largest, format(most, 2));
      canvas.setAttribute("aria-label", `${name}: ${kind}, as greys`);
    });
    examples.forEach((node, i) => node.setAttribute("aria-pressed", String(i === example)));
    undo.setAttribute("aria-disabled", String(!strokes.length));
    if (pointer !== null) return;
    const order = range(10).sort((a, b) => result.probabilities[b] - result.probabilities[a]);
    const words = `Read as ${best} with ${percent(result.probabilities[best])}, then ${order[1]} with ${percent(result.probabilities[order[1]])}.`;
    write(spoken, `${words} ${say.picture.textContent}`);
    pad.setAttribute("aria-label", `The picture, ${SIDE} by ${SIDE} pixels. ${spoken.textContent}`);
  };
  const stop = follow(model, ["example", "strokes", "down", "right"], draw);
  el.append(widget);
  return stop;
}

export default { render };
