// What each layer of a network costs, as a table of bars.
//
// data-answer   memory-N, parameters-N, macs-N    what layer N costs, counted from 1
//               total-memory, total-parameters, total-macs
//               status   what is read aloud: the totals, and by which layer each count has reached its half
// data-input    network (a list of names), same-scale (a box to tick)

import { make, write } from "../shared/dom.js";
import { follow, store } from "../shared/model.js";
import { answer, help, root, status } from "../shared/parts.js";
import { COUNTS, halfway, short, sum } from "./counts.js";

function render({ model, el }) {
  const networks = new Map(model.get("networks"));
  const select = make(
    "select",
    { "data-input": "network", onchange: () => store(model, { network: select.value }) },
    ...[...networks.keys()].map((name) => make("option", { value: name }, name)),
  );
  const sameScale = make("input", { type: "checkbox", "data-input": "same-scale" });
  sameScale.addEventListener("change", () => store(model, { same_scale: sameScale.checked }));

  const body = make("tbody");
  const totals = COUNTS.map(({ name }) => answer(`total-${name}`));
  const header = (title) => make("th", { scope: "col" }, title);
  const head = make("tr", {}, header("layer"), ...COUNTS.map(({ title }) => header(title)));
  const foot = make("tr", {}, make("th", { scope: "row" }, "total"), ...totals.map((total) => make("td", {}, total)));
  const caption = make("caption", { class: "cnn-unseen" });
  const result = status("status");

  const cell = (layer, number, count, place, largest) => {
    const value = layer[place];
    const width = largest ? `${(100 * value) / largest}%` : "0";
    const bar = make("span", { class: `cnn-fill cnn-fill-${count.name}`, "aria-hidden": "true" });
    bar.style.width = width;
    return make("td", {}, answer(`${count.name}-${number}`, short(value, count)), bar);
  };

  const draw = () => {
    const [name, shared] = [model.get("network"), model.get("same_scale")];
    const layers = networks.get(name);
    const scaled = shared ? [...networks.values()].flat() : layers;
    const largest = COUNTS.map((_, i) => Math.max(...scaled.map((layer) => layer[i + 1])));
    select.value = name;
    sameScale.checked = shared;
    write(caption, `${name}, layer by layer, for one image`);
    const row = (layer, n) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, layer[0]),
        ...COUNTS.map((count, i) => cell(layer, n + 1, count, i + 1, largest[i])),
      );
    body.replaceChildren(...layers.map(row));
    const whole = COUNTS.map((count, i) => short(sum(layers.map((layer) => layer[i + 1])), count));
    totals.forEach((total, i) => write(total, whole[i]));
    const [memory, parameters, macs] = [1, 2, 3].map((place) => halfway(layers, place));
    write(
      result,
      `${name}: ${whole[0]} of memory, ${whole[1]} parameters, ${whole[2]} multiply-adds. Counted from the input, ` +
        `half of the memory is reached at ${memory}, half of the parameters at ${parameters}, ` +
        `half of the multiply-adds at ${macs}.`,
    );
  };

  const table = make("table", {}, caption, make("thead", {}, head), body, make("tfoot", {}, foot));
  el.append(
    root(
      "cnn-network-explorer",
      make(
        "div",
        { class: "cnn-bar" },
        make("label", {}, "Network ", select),
        make("label", {}, sameScale, " one scale for all networks"),
      ),
      result,
      table,
      help("choose a network, say where each column is longest, and look. Then put all on one scale."),
    ),
  );
  return follow(model, ["network", "same_scale"], draw);
}

export default { render };
