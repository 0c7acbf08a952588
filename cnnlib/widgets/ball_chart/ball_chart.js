// Networks as balls: accuracy against a cost, area for another cost, and a curve through each family.
//
// data-answer   name, family, accuracy, error, value, size    the selected network: accuracy and error in per cent,
//               the cost on the horizontal axis, the cost that the area shows
//               shown     how many networks are drawn, and why some are not
//               status    what is read aloud
//               cell-I-J  the table: row I, column J (0 the cost, 1 the accuracy, 2 what the area shows)
// data-input    cost, error (what the axes show), family-I, chart (hover, click, arrow keys)
// data-net      the circle of a network; its cx, cy and r are what is drawn

import { make, write } from "../shared/dom.js";
import { stepOf } from "../shared/keyboard.js";
import { follow, store } from "../shared/model.js";
import { clamp, format, range } from "../shared/numbers.js";
import { answer, answers, help, root, status } from "../shared/parts.js";
import { makeSvg } from "../shared/svg.js";
import { engineering } from "./axes.js";
import { drawPicture, styleOf } from "./picture.js";

const NOTHING = "No network is drawn: choose a family.";

function render({ model, el }) {
  const [nets, errors, costs, area] = ["nets", "errors", "costs", "area"].map((name) => model.get(name));
  const families = [...new Set(nets.map(({ family }) => family))];
  const most = Math.max(...nets.map(({ values }) => values[area]));

  /** What is drawn, the cheapest first, and which of it is selected. */
  const state = () => {
    const [cost, error, hidden] = ["cost", "error", "hidden"].map((name) => model.get(name));
    const known = nets.filter(({ values }) => values[cost] !== undefined && values[error] !== undefined);
    const shown = known
      .filter(({ family }) => !hidden.includes(family))
      .map((net) => ({ ...net, x: net.values[cost], y: 100 - net.values[error], share: net.values[area] / most }))
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
    const { colour, dash } = styleOf(index);
    const box = make("input", { type: "checkbox", "data-input": `family-${index}` });
    box.addEventListener("change", () => {
      const others = model.get("hidden").filter((name) => name !== family);
      store(model, { hidden: box.checked ? others : [...others, family] });
    });
    const key = makeSvg(
      "svg",
      { width: 34, height: 14, "aria-hidden": "true" },
      makeSvg("line", { x1: 1, x2: 33, y1: 7, y2: 7, stroke: colour, "stroke-width": 3, "stroke-dasharray": dash }),
      makeSvg("circle", { cx: 17, cy: 7, r: 5, fill: colour, stroke: "currentColor" }),
    );
    return { family, box, label: make("label", {}, box, key, family) };
  });

  const chart = make("div", {
    class: "cnn-chart",
    tabindex: 0,
    role: "application",
    "aria-roledescription": "chart to walk through with the arrow keys",
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
    const step = stepOf(event, { Home: [0, -Infinity], End: [0, Infinity] });
    if (!step || !shown.length) return;
    event.preventDefault();
    const [down, right] = step;
    const order = right ? shown : [...shown].sort((a, b) => a.y - b.y);
    choose(order[clamp(order.indexOf(selected) + right - down, 0, order.length - 1)]);
  });

  const names = ["name", "family", "accuracy", "error", "value", "size", "shown"];
  const say = answers(names);
  const labels = { error: make("span"), cost: make("span"), size: make("span") };
  const sizeWords = make("span", {}, "; ", labels.size, ": ", say.size);
  const sentence = make(
    "p",
    { class: "cnn-result" },
    make("b", {}, say.name),
    " (",
    say.family,
    "): accuracy ",
    say.accuracy,
    "; ",
    labels.error,
    ": ",
    say.error,
    "; ",
    labels.cost,
    ": ",
    say.value,
    sizeWords,
    ".",
  );
  const spoken = status("status", { unseen: true }); // the same is on the screen already
  const heads = range(4).map(() => make("th", { scope: "col" }));
  const body = make("tbody");
  const table = make(
    "details",
    { class: "cnn-data" },
    make("summary", {}, "The numbers as a table"),
    make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body),
  );
  const hint = help(
    "point at a ball or tap it, or use the arrow keys; leave two families and ask which curve lies further up and left; then change the cost.",
    chart,
  );
  const widget = root(
    "cnn-ball-chart",
    make(
      "div",
      { class: "cnn-bar" },
      make("label", {}, make("b", {}, "Up: 100 % −"), menus.error),
      make("label", {}, make("b", {}, "Across:"), menus.cost),
    ),
    make(
      "div",
      { class: "cnn-bar cnn-families", role: "group", "aria-label": "Families" },
      ...boxes.map(({ label }) => label),
    ),
    chart,
    sentence,
    spoken,
    make("p", { class: "cnn-note" }, say.shown),
    table,
    hint,
  );

  const draw = () => {
    const { cost, error, hidden, shown, selected, unknown } = state();
    Object.assign(menus.cost, { value: cost });
    Object.assign(menus.error, { value: error });
    boxes.forEach(({ family, box }) => {
      box.checked = !hidden.includes(family);
    });
    write(
      say.shown,
      `${shown.length} of ${nets.length} networks are drawn; the area of a ball shows ${costs[area][0]}.` +
        (unknown ? ` For ${unknown}, one of the two numbers is not known.` : ""),
    );
    sentence.hidden = !selected;
    const words = ({ name, family, values, x, y }) => ({
      name,
      family,
      accuracy: `${format(y)} %`,
      error: `${format(values[error])} %`,
      value: engineering(x, costs[cost][1]),
      size: engineering(values[area], costs[area][1]),
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
    body.replaceChildren(
      ...shown.map((net, i) => {
        const { name, accuracy, value, size } = words(net);
        const cells = [value, accuracy, size]
          .slice(0, twice ? 2 : 3)
          .map((text, j) => make("td", {}, answer(`cell-${i}-${j}`, text)));
        return make(
          "tr",
          net === selected ? { class: "cnn-selected" } : {},
          make("th", { scope: "row" }, name),
          ...cells,
        );
      }),
    );
    chart.setAttribute(
      "aria-label",
      `Accuracy against ${costs[cost][0]}, ${shown.length} networks. ${spoken.textContent}`,
    );
    if (!shown.length) return chart.replaceChildren(make("p", {}, NOTHING));
    const [label, unit] = costs[cost];
    const width = Math.max(chart.clientWidth, 260);
    const picture = drawPicture({ width, shown, selected, cost: { label, unit }, families });
    places = picture.places;
    chart.replaceChildren(picture.svg);
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
