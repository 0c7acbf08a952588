// What the units of a stack of convolutions see, without a page.
//
// A layer is padded by ⌊D(K − 1)/2⌋ before the first row and column and by the rest after the last, which leaves
// ⌈n/S⌉ units of n. For odd kernels unit i of a layer with jump j then stands on pixel i·j, its field's middle.

/** After each layer: receptive field r, jump j, field in the layer before, first pixel of unit 0, units per axis. */
export function chain(layers, height, width) {
  let before = { r: 1, j: 1, start: 0, rows: height, columns: width };
  return layers.map(([kernel, stride, dilation]) => {
    const reach = dilation * (kernel - 1);
    before = {
      r: before.r + reach * before.j,
      j: before.j * stride,
      previous: reach + 1,
      start: before.start - Math.floor(reach / 2) * before.j,
      rows: Math.ceil(before.rows / stride),
      columns: Math.ceil(before.columns / stride),
    };
    return before;
  });
}
