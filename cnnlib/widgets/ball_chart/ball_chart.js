// Networks as balls: accuracy against a cost, area for another cost, and a curve through each family.
//
// data-answer   name, family, accuracy, error, value, size    the selected network: accuracy and error in per cent,
//               the cost on the horizontal axis, the cost that the area shows
//               shown     how many networks are drawn, and why some are not
//               status    what is read aloud
//               cell-I-J  the table: row I, column J (0 the cost, 1 the accuracy, 2 what the area shows)
// data-input    cost, error (what the axes show), family-I, chart (hover, click, arrow keys)
// data-net      the circle of a network; its cx, cy and r are what is drawn

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["none", "8 4", "3 2", "10 3 2 3", "5 2", "14 3"];
const NOTHING = "No network is drawn: choose a family.";
const PREFIXES = [[1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""], [1e-3, "m"], [1e-6, "µ"]];

function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Digits and a prefix: 4.09 G, 45.1 ms. */
function engineering(value, unit, short = false) {
  const [size, prefix] = PREFIXES.find(([least]) => value >= 0.9995 * least) ?? PREFIXES.at(-1);
  const digits = (value / size).toPrecision(3);
  return `${short ? Number(digits) : digits} ${prefix}${unit}`.trimEnd();
}

/** Where a logarithmic axis is marked: 1, 2, 5, 10 …, or powers of ten where those would be too many. */
function decades(low, high) {
  const steps = high / low < 300 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low));
  const all = range(Math.ceil(Math.log10(high)) - first + 1).flatMap((k) => steps.map((s) => s * 10 ** (first + k)));
  return all.filter((x) => x >= low * 0.999 && x <= high * 1.001);
}

function evenly(low, high) {
  const step = [0.5, 1, 2, 5, 10, 20].find((s) => (high - low) / s <= 7) ?? 50;
  return range(Math.floor(high / step) - Math.ceil(low / step) + 1).map((k) => (Math.ceil(low / step) + k) * step);
}

function render({ model, el }) {
  const [nets, errors, costs, area] = ["nets", "errors", "costs", "area"].map((name) => model.get(name));
  const families = [...new Set(nets.map(({ family }) => family))];
  const style = (family) => {
    const index = families.indexOf(family);
    return { colour: COLOURS[index % COLOURS.length], dash: DASHES[index % DASHES.length] };
  };
  const most = Math.max(...nets.map(({ values }) => values[area]));

  /** What is drawn, from the cheapest to the dearest, and which of it is selected. */
  const state = () => {
    const [cost, error, hidden] = ["cost", "error", "hidden"].map((name) => model.get(name));
    const known = nets.filter(({ values }) => values[cost] !== undefined && values[error] !== undefined);
    const shown = known
      .filter(({ family }) => !hidden.includes(family))
      .map((net) => ({ ...net, x: net.values[cost], y: 100 - net.values[error] }))
      .sort((a, b) => a.x - b.x || b.y - a.y);
    const selected = shown.find(({ name }) => name === model.get("selected")) ?? shown[0];
    return { cost, error, hidden, shown, selected, unknown: nets.length - known.length };
  };
  const choose = (net) => {
    if (net && net.name !== model.get("selected")) store(model, { selected: net.name });
  };

  const menu = (name, choices) => {
    const select = make("select", { "data-input": name });
    select.append(...Object.entries(choices).map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => store(model, { [name]: select.value }));
    return select;
  };
  const menus = {
    error: menu("error", errors),
    cost: menu("cost", Object.fromEntries(Object.entries(costs).map(([key, [label]]) => [key, label]))),
  };
  const boxes = families.map((family, index) => {
    const { colour, dash } = style(family);
    const box = make("input", { type: "checkbox", "data-input": `family-${index}` });
    box.addEventListener("change", () => {
      const others = model.get("hidden").filter((name) => name !== family);
      store(model, { hidden: box.checked ? others : [...others, family] });
    });
    const key = shape("svg", { width: 34, height: 14, "aria-hidden": "true" },
      shape("line", { x1: 1, x2: 33, y1: 7, y2: 7, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash }),
      shape("circle", { cx: 17, cy: 7, r: 5, fill: colour, stroke: "currentColor" }));
    return { family, box, label: make("label", {}, box, key, family) };
  });

  const chart = make("div", {
    class: "cnn-chart", tabindex: 0, role: "application", "aria-roledescription": "chart to walk through with the arrow keys",
    "data-input": "chart",
  });
  let places = []; // of the balls drawn last: { net, x, y } in pixels
  const nearest = (event) => {
    const box = chart.getBoundingClientRect();
    const distance = ({ x, y }) => (x - event.clientX + box.left) ** 2 + (y - event.clientY + box.top) ** 2;
    choose([...places].sort((a, b) => distance(a) - distance(b))[0]?.net);
  };
  chart.addEventListener("pointermove", (event) => event.pointerType === "mouse" && nearest(event));
  chart.addEventListener("click", nearest);
  chart.addEventListener("keydown", (event) => {
    const { shown, selected } = state();
    const upwards = [...shown].sort((a, b) => a.y - b.y);
    const [order, step] = {
      ArrowLeft: [shown, -1], ArrowRight: [shown, 1], ArrowDown: [upwards, -1], ArrowUp: [upwards, 1],
      Home: [shown, -Infinity], End: [shown, Infinity],
    }[event.key] ?? [];
    if (!order?.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(order[clamp(order.indexOf(selected) + step, 0, order.length - 1)]);
  });

  const names = ["name", "family", "accuracy", "error", "value", "size", "shown"];
  const say = Object.fromEntries(names.map((name) => [name, answer(name)]));
  const labels = { error: make("span"), cost: make("span"), size: make("span") };
  const sizeWords = make("span", {}, "; ", labels.size, ": ", say.size);
  const sentence = make("p", { class: "cnn-result" }, make("b", {}, say.name), " (", say.family, "): accuracy ", say.accuracy,
    "; ", labels.error, ": ", say.error, "; ", labels.cost, ": ", say.value, sizeWords, ".");
  const spoken = status("status");
  spoken.classList.add("cnn-unseen"); // the same is on the screen already
  const heads = range(4).map(() => make("th", { scope: "col" }));
  const body = make("tbody");
  const table = make("details", { class: "cnn-data" }, make("summary", {}, "The numbers as a table"),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body));
  const hint = help("point at a ball or tap it, or use the arrow keys; leave two families and ask which curve lies further up and left; then change the cost.");
  const widget = root(
    "cnn-ball-chart",
    make("div", { class: "cnn-bar" },
      make("label", {}, make("b", {}, "Up: 100 % −"), menus.error), make("label", {}, make("b", {}, "Across:"), menus.cost)),
    make("div", { class: "cnn-bar cnn-families", role: "group", "aria-label": "Families" }, ...boxes.map(({ label }) => label)),
    chart, sentence, spoken, make("p", { class: "cnn-note" }, say.shown), table, hint,
  );
  describing(hint, chart);

  /** The picture: axes, a curve for each family, balls with the smallest in front, names where there is room. */
  const picture = ({ cost, shown, selected }) => {
    const width = Math.max(chart.clientWidth, 260);
    const height = clamp(Math.round(0.68 * width), 280, 440);
    const largest = clamp(0.05 * width, 15, 32);
    const margin = { left: 34, bottom: 40 };
    const spread = (values, wide) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return high > low ? [low, high] : wide(low);
    };
    const [x0, x1] = spread(shown.map(({ x }) => x), (x) => [x / 2, x * 2]).map(Math.log);
    const [y0, y1] = spread(shown.map(({ y }) => y), (y) => [y - 2, y + 2]);
    const inset = largest + 3;
    const [left, right, top, bottom] = [margin.left + inset, width - inset, inset + 14, height - margin.bottom - inset];
    const across = (x) => left + ((Math.log(x) - x0) / (x1 - x0)) * (right - left);
    const up = (y) => bottom - ((y - y0) / (y1 - y0)) * (bottom - top);
    const back = (pixel) => Math.exp(x0 + ((pixel - left) / (right - left)) * (x1 - x0));
    const edge = height - margin.bottom;
    const svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    const text = (x, y, words, more = {}) => svg.append(shape("text", { x, y, ...more }, words));

    for (const x of decades(back(margin.left), back(width - 4))) {
      svg.append(shape("line", { class: "cnn-grid", x1: across(x), x2: across(x), y1: 16, y2: edge }));
      text(across(x), edge + 15, engineering(x, costs[cost][1], true), { "text-anchor": "middle" });
    }
    const perPixel = (y1 - y0) / (bottom - top);
    for (const y of evenly(y0 - (edge - bottom) * perPixel, y1 + (top - 20) * perPixel)) {
      svg.append(shape("line", { class: "cnn-grid", x1: margin.left, x2: width, y1: up(y), y2: up(y) }));
      text(margin.left - 4, up(y) + 4, String(y), { "text-anchor": "end" });
    }
    text(2, 11, "accuracy, %");
    text(width - 2, height - 4, `${costs[cost][0]} →`, { "text-anchor": "end" });
    text(margin.left + 6, 30, "↖ better", { class: "cnn-better" });

    places = shown.map((net) => ({ net, x: across(net.x), y: up(net.y), r: largest * Math.sqrt(net.values[area] / most) }));
    for (const family of families) {
      const points = places.filter(({ net }) => net.family === family).map(({ x, y }) => `${x},${y}`);
      const { colour, dash } = style(family);
      const curve = { points: points.join(" "), stroke: colour, "stroke-dasharray": dash, "data-family": family };
      if (points.length > 1) svg.append(shape("polyline", { class: "cnn-curve", ...curve }));
    }
    for (const { net, x, y, r } of [...places].sort((a, b) => b.r - a.r)) {
      const chosen = net === selected;
      svg.append(
        shape("circle", { cx: x, cy: y, r, fill: style(net.family).colour, class: chosen ? "cnn-chosen" : "cnn-ball", "data-net": net.name }),
        shape("circle", { cx: x, cy: y, r: 1.5, fill: "#000" }));
      if (chosen) svg.append(shape("circle", { class: "cnn-ring", cx: x, cy: y, r: r + 5 }));
    }
    const taken = [];
    const first = [...places].sort((a, b) => (b.net === selected) - (a.net === selected));
    for (const { net, x, y, r } of first) {
      const long = 6.6 * net.name.length;
      const free = [[x + r + 4, y + 4], [x - r - 4 - long, y + 4], [x - long / 2, y - r - 5], [x - long / 2, y + r + 13]].find(([a, b]) =>
        a >= margin.left && a + long <= width && b >= 24 && b <= edge
        && taken.every(([c, d, other]) => a + long < c || c + other < a || Math.abs(b - d) > 13)
        && places.every((ball) => ball.net === net
          || Math.max(a - ball.x, ball.x - a - long, 0) ** 2 + Math.max(b - 10 - ball.y, ball.y - b, 0) ** 2 > (0.85 * ball.r) ** 2));
      if (!free) continue;
      taken.push([...free, long]);
      text(...free, net.name, { class: net === selected ? "cnn-named cnn-bold" : "cnn-named" });
    }
    chart.replaceChildren(svg);
  };

  const draw = () => {
    const now = state();
    const { cost, error, hidden, shown, selected, unknown } = now;
    Object.assign(menus.cost, { value: cost });
    Object.assign(menus.error, { value: error });
    boxes.forEach(({ family, box }) => { box.checked = !hidden.includes(family); });
    write(say.shown, `${shown.length} of ${nets.length} networks are drawn; the area of a ball shows ${costs[area][0]}.`
      + (unknown ? ` For ${unknown}, one of the two numbers is not known.` : ""));
    sentence.hidden = !selected;
    const words = ({ name, family, values, x, y }) => ({
      name, family, accuracy: `${format(y)} %`, error: `${format(values[error])} %`,
      value: engineering(x, costs[cost][1]), size: engineering(values[area], costs[area][1]),
    });
    if (selected) Object.entries(words(selected)).forEach(([name, value]) => write(say[name], value));
    write(labels.error, errors[error]);
    write(labels.cost, costs[cost][0]);
    write(labels.size, costs[area][0]);
    const twice = area === cost; // then once is enough
    sizeWords.hidden = heads[3].hidden = twice;
    const whole = sentence.textContent;
    write(spoken, !selected ? NOTHING : twice ? whole.replace(sizeWords.textContent, "") : whole);
    const titles = ["Network", costs[cost][0], `Accuracy, 100 % − ${errors[error]}`, costs[area][0]];
    titles.forEach((title, k) => write(heads[k], title));
    body.replaceChildren(...shown.map((net, i) => {
      const { name, accuracy, value, size } = words(net);
      const cells = [value, accuracy, size].slice(0, twice ? 2 : 3).map((text, j) => make("td", {}, answer(`cell-${i}-${j}`, text)));
      return make("tr", net === selected ? { class: "cnn-selected" } : {}, make("th", { scope: "row" }, name), ...cells);
    }));
    chart.setAttribute("aria-label", `Accuracy against ${costs[cost][0]}, ${shown.length} networks. ${spoken.textContent}`);
    if (shown.length) picture(now);
    else chart.replaceChildren(make("p", {}, NOTHING));
  };
  el.append(widget);
  const stop = follow(model, ["cost", "error", "hidden", "selected"], draw);
  let width = chart.clientWidth;
  const watch = new ResizeObserver(() => {
    if (chart.clientWidth !== width) {
      width = chart.clientWidth;
      draw();
    }
  });
  watch.observe(chart);
  return () => {
    watch.disconnect();
    stop();
  };
}

export default { render };
