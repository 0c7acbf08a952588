// LeNet-5's sums: small cases by hand, and whole networks beside PyTorch's.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connect,
  convolve,
  LENET,
  lenetLayers,
  pool,
  readDigit,
  softmax,
} from "../../cnnlib/widgets/lenet_draw/lenet.js";
import { decoded, withCases } from "./torch_cases.js";

test("a convolution sums 5 × 5 pixels of every map, adds the bias and cuts off what is negative", () => {
  const maps = Float32Array.from({ length: 2 * 36 }, (_, i) => i); // two maps of 6 × 6
  const middle = (map, weight) => {
    const weights = new Float32Array(2 * 25);
    weights[25 * map + 12] = weight;
    return weights;
  };
  const layer = (weights, bias) => ({ outputs: 1, weights, biases: Float32Array.of(bias) });
  assert.deepEqual([...convolve(maps, 2, 6, layer(middle(0, 1), 0.5))], [14.5, 15.5, 20.5, 21.5]);
  assert.deepEqual([...convolve(maps, 2, 6, layer(middle(1, 2), 0))], [100, 102, 112, 114]);
  assert.deepEqual([...convolve(maps, 2, 6, layer(middle(0, -1), 15))], [1, 0, 0, 0]);
});

test("pooling keeps the largest of 2 × 2 pixels, map by map", () => {
  const map = [1, 2, 5, 0, 4, 3, -1, -2, -9, -8, 3, 7, -7, -6, 6, 8];
  assert.deepEqual([...pool(Float32Array.from([...map, ...map.map((x) => -x)]), 4)], [4, 5, -6, 8, -1, 2, 9, -3]);
});

test("a fully connected layer has no rectifier", () => {
  const layer = { inputs: 2, weights: Float32Array.of(1, 2, 3, -4), biases: Float32Array.of(0.5, 0) };
  assert.deepEqual([...connect(Float32Array.of(1, 1), layer)], [3.5, -1]);
});

test("a softmax of large scores stays finite and sums to 1", () => {
  assert.deepEqual(softmax([1000, 1000]), [0.5, 0.5]);
  const [small, large] = softmax(Float32Array.of(0, Math.log(3)));
  assert.ok(Math.abs(small - 0.25) < 1e-7 && Math.abs(large - 0.75) < 1e-7);
});

test("weights are whole numbers times the scale of their output", () => {
  const shapes = Object.values(LENET);
  const count = shapes.reduce((sum, [outputs, inputs]) => sum + outputs * inputs, 0);
  const numbers = shapes.flatMap(([outputs]) => [...Array(outputs).fill(0.5), ...Array(outputs).fill(-1)]);
  const bytes = new Uint8Array(Int8Array.from({ length: count }, (_, i) => (i % 2 ? -127 : 3)).buffer);
  const { C1, output } = lenetLayers(bytes, new Uint8Array(Float32Array.from(numbers).buffer));
  assert.deepEqual([...C1.weights.slice(0, 2), C1.biases[0]], [1.5, -63.5, -1]);
  assert.deepEqual([output.weights.length, output.biases.length, output.biases[9]], [840, 10, -1]);
});

const compare = withCases("lenet", ({ weights, scales, pictures }) => {
  const layers = lenetLayers(decoded(weights), decoded(scales));
  for (const { picture, expected } of pictures) {
    const result = readDigit(layers, decoded(picture));
    for (const [name, values] of Object.entries(expected)) {
      assert.equal(result[name].length, values.length, name);
      const largest = Math.max(...values.map(Math.abs));
      values.forEach((value, i) => {
        assert.ok(Math.abs(result[name][i] - value) <= 1e-5 * largest, `${name}[${i}]: ${result[name][i]}, ${value}`);
      });
    }
  }
});
test("a whole network gives PyTorch's maps, scores and probabilities", ...compare);
