// NetworkExplorer's counts as they are written, and where half of them is reached.

import assert from "node:assert/strict";
import { test } from "node:test";
import { COUNTS, halfway, short } from "../../cnnlib/widgets/network_explorer/counts.js";

const [MEMORY, PARAMETERS] = COUNTS;

test("three significant digits and a unit", () => {
  assert.equal(short(138_357_544, PARAMETERS), "138 M");
  assert.equal(short(61_706, PARAMETERS), "61.7 K");
  assert.equal(short(9_994_000, PARAMETERS), "9.99 M");
  assert.equal(short(9_999_000, PARAMETERS), "10.0 M");
  assert.equal(short(999, PARAMETERS), "999");
  assert.equal(short(999_600, PARAMETERS), "1.00 M");
  assert.equal(short(0, PARAMETERS), "0");
});

test("memory is 4 bytes for each activation, in binary units", () => {
  assert.equal(short(10, MEMORY), "40 B");
  assert.equal(short(256, MEMORY), "1.00 KiB");
  assert.equal(short(3_211_264, MEMORY), "12.3 MiB");
});

test("half is reached by the layer at which the sum so far comes to it", () => {
  const layers = [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ];
  assert.equal(halfway(layers, 1), "b");
  assert.equal(
    halfway(
      [
        ["a", 1],
        ["b", 2],
        ["c", 9],
      ],
      1,
    ),
    "c",
  );
  assert.equal(
    halfway(
      [
        ["a", 0],
        ["b", 0],
      ],
      1,
    ),
    "a",
  );
});
