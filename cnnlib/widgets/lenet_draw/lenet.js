// LeNet-5 as it is built today, forwards: the same sums as PyTorch's, in plain loops.
// Maps are flat arrays: map after map, row after row.

// The layers that have weights, in the order in which the weights are stored: outputs, and inputs of each output.
export const LENET = { C1: [6, 1 * 25], C3: [16, 6 * 25], C5: [120, 16 * 25], F6: [84, 120], output: [10, 84] };

/** The layers from their bytes: whole numbers of one byte, and for each output a scale and a bias. */
export function lenetLayers(weightBytes, scaleBytes) {
  const whole = new Int8Array(weightBytes.slice().buffer);
  const numbers = new Float32Array(scaleBytes.slice().buffer);
  const layers = {};
  let [i, j] = [0, 0];
  for (const [name, [outputs, inputs]] of Object.entries(LENET)) {
    const scales = numbers.subarray(j, j + outputs);
    const biases = numbers.subarray(j + outputs, j + 2 * outputs);
    const weights = Float32Array.from(
      whole.subarray(i, i + outputs * inputs),
      (w, k) => w * scales[Math.floor(k / inputs)],
    );
    layers[name] = { outputs, inputs, weights, biases };
    i += outputs * inputs;
    j += 2 * outputs;
  }
  return layers;
}

/** A 5×5 convolution of `channels` maps of side × side, and the rectifier: maps of side − 4. */
export function convolve(maps, channels, side, { outputs, weights, biases }) {
  const out = side - 4;
  const result = new Float32Array(outputs * out * out);
  for (let o = 0; o < outputs; o += 1) {
    for (let r = 0; r < out; r += 1) {
      for (let c = 0; c < out; c += 1) {
        let sum = biases[o];
        for (let k = 0; k < channels; k += 1) {
          for (let i = 0; i < 5; i += 1) {
            const weight = ((o * channels + k) * 5 + i) * 5;
            const pixel = (k * side + r + i) * side + c;
            for (let j = 0; j < 5; j += 1) sum += weights[weight + j] * maps[pixel + j];
          }
        }
        result[(o * out + r) * out + c] = Math.max(sum, 0);
      }
    }
  }
  return result;
}

/** The largest of every 2×2 pixels; the sides are even, so rows of all maps can be halved in one go. */
export function pool(maps, side) {
  const half = side / 2;
  return Float32Array.from({ length: maps.length / 4 }, (_, i) => {
    const pixel = 2 * Math.floor(i / half) * side + 2 * (i % half);
    return Math.max(maps[pixel], maps[pixel + 1], maps[pixel + side], maps[pixel + side + 1]);
  });
}

/** A fully connected layer, without a rectifier. */
export function connect(units, { inputs, weights, biases }) {
  return biases.map((bias, o) => units.reduce((sum, unit, k) => sum + weights[o * inputs + k] * unit, bias));
}

export function softmax(scores) {
  const largest = Math.max(...scores);
  const powers = [...scores].map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** All that the network computes of a picture, 32 × 32 bytes. */
export function readDigit(layers, picture) {
  const C1 = convolve(
    Float32Array.from(picture, (byte) => byte / 255),
    1,
    32,
    layers.C1,
  ); // 6 @ 28×28
  const S2 = pool(C1, 28); // 6 @ 14×14
  const C3 = convolve(S2, 6, 14, layers.C3); // 16 @ 10×10
  const S4 = pool(C3, 10); // 16 @ 5×5
  const C5 = convolve(S4, 16, 5, layers.C5); // 120
  const F6 = connect(C5, layers.F6).map((sum) => Math.max(sum, 0)); // 84
  const scores = connect(F6, layers.output); // 10
  return { C1, S2, C3, S4, C5, F6, scores, probabilities: softmax(scores) };
}
