"""Convolution from scratch in NumPy: loops, then windows, then one matrix product; and its adjoints.

As in deep learning, "convolution" here is cross-correlation: the kernel is not flipped. With S the stride,
P the zero padding, D the dilation, and G groups,

    y[n, o, r, c] = b[o] + sum over k, i, j of  w[o, k, i, j] · x[n, g·Cin/G + k, S·r + D·i − P, S·c + D·j − P]

where g is the group that output channel o belongs to, and x is 0 outside its borders.

Shapes, the same in every function here:

    x  (N, Cin, H, W)            a batch of N images with Cin channels
    w  (Cout, Cin/G, KH, KW)     Cout filters, each of which sees the channels of its own group
    b  (Cout,)                   one bias per filter, or None
    y  (N, Cout, OH, OW)         the feature maps

Stride, padding and dilation are integers, or pairs (vertical, horizontal). Every bad argument raises
``ValueError``. Results have the common type of the inputs, integers being int64; no argument is written into.
The functions agree with ``torch.nn.functional.conv2d`` and ``conv_transpose2d``.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments

Pair = int | tuple[int, int]  # for both axes, or (vertical, horizontal)

__all__ = [
    "conv2d_loops",
    "conv2d_matmul",
    "conv2d_matrix",
    "conv2d_transpose",
    "conv2d_weight_gradient",
    "conv2d_windows",
    "output_size",
]


def output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Length of a convolution's output along one axis: ⌊(size + 2P − D(K−1) − 1) / S⌋ + 1.

    The floor says that a last window which does not fit entirely is dropped.
    Raises ``ValueError`` where not even one window fits.
    """
    size = arguments.integer("size", size, 1)
    kernel_size = arguments.integer("kernel_size", kernel_size, 1)
    stride = arguments.integer("stride", stride, 1)
    padding = arguments.integer("padding", padding, 0)
    dilation = arguments.integer("dilation", dilation, 1)
    extent = dilation * (kernel_size - 1) + 1  # pixels from the kernel's first tap to its last
    padded = size + 2 * padding
    if extent > padded:
        covers = f"at dilation {dilation} it covers {extent} pixels of {padded}"
        arguments.fail("kernel_size", kernel_size, f"no larger than the padded input ({covers})")
    return (padded - extent) // stride + 1


def conv2d_loops(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolution as the definition reads: one output number at a time. Slow, and easy to trust."""
    x, w, b, g = _check(x, w, b, stride, padding, dilation, groups)
    x = _pad(x, g)
    y = np.zeros((len(x), *g.out_shape), np.result_type(x, w, b))
    per_group = w.shape[1]
    for n in range(len(x)):
        for o in range(g.out_channels):
            first = (o // (g.out_channels // g.groups)) * per_group
            for r in range(g.out_size[0]):
                for c in range(g.out_size[1]):
                    rows = g.stride[0] * r + g.dilation[0] * np.arange(g.kernel[0])
                    cols = g.stride[1] * c + g.dilation[1] * np.arange(g.kernel[1])
                    patch = x[n, first : first + per_group][:, rows[:, None], cols]
                    y[n, o, r, c] = (w[o] * patch).sum() + b[o]
    return y


def conv2d_windows(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolution as a sum over windows, all of them a view of the same memory: no loop, no copy."""
    x, w, b, g = _check(x, w, b, stride, padding, dilation, groups)
    extent = [d * (k - 1) + 1 for d, k in zip(g.dilation, g.kernel, strict=True)]
    windows = sliding_window_view(_pad(x, g), extent, axis=(2, 3))
    windows = windows[:, :, :: g.stride[0], :: g.stride[1], :: g.dilation[0], :: g.dilation[1]]
    windows = windows.reshape(len(x), g.groups, g.in_channels // g.groups, *g.out_size, *g.kernel)
    filters = w.reshape(g.groups, -1, *w.shape[1:])
    y = np.einsum("ngkrcij,gokij->ngorc", windows, filters)
    return y.reshape(len(x), *g.out_shape) + b[:, None, None]


def conv2d_matmul(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolution as one matrix product per image: filters (rows) times unfolded windows (columns).

    One image at a time, so that the unfolded copy, KH·KW times the image, never exists for a whole batch.
    """
    x, w, b, g = _check(x, w, b, stride, padding, dilation, groups)
    y = np.empty((len(x), *g.out_shape), np.result_type(x, w, b))
    filters = w.reshape(g.groups, g.out_channels // g.groups, -1)
    columns = _Columns(g, y.dtype)
    for image, out in zip(x, y, strict=True):
        np.matmul(filters, columns.unfold(image), out=out.reshape(g.groups, g.out_channels // g.groups, -1))
    y += b[:, None, None]
    return y


def conv2d_transpose(
    y: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    output_padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Transposed convolution: the adjoint of convolution by the same ``w``, and its gradient for x.

    Takes y (N, Cout, OH, OW) back to (N, Cin, H, W) with H = (OH − 1)S − 2P + D(KH − 1) + 1 + output_padding.
    For stride S > 1, S input sizes share one output size; ``output_padding`` (less than S) says which is meant.
    ``b``, if any, has Cin entries. Equal to ``torch.nn.functional.conv_transpose2d``, which also takes an
    output_padding of S or more where it is less than D.
    """
    y = _numbers("y", y, "N, Cout, OH, OW")
    w = _numbers("w", w, "Cout, Cin/groups, KH, KW")
    groups = arguments.integer("groups", groups, 1)
    if y.shape[1] != w.shape[0]:
        arguments.fail("y.shape[1]", y.shape[1], f"the number of filters, w.shape[0] = {w.shape[0]}")
    stride, padding = arguments.pair("stride", stride, 1), arguments.pair("padding", padding, 0)
    dilation = arguments.pair("dilation", dilation, 1)
    extra = arguments.pair("output_padding", output_padding, 0)
    if any(e >= s for e, s in zip(extra, stride, strict=True)):
        arguments.fail("output_padding", output_padding, f"less than the stride, {stride}")
    size = tuple(
        (o - 1) * s - 2 * p + d * (k - 1) + 1 + e
        for o, s, p, d, k, e in zip(y.shape[2:], stride, padding, dilation, w.shape[2:], extra, strict=True)
    )
    if min(size) < 1:
        arguments.fail("padding", padding, f"small enough to leave an output; it leaves {size}")
    g = _geometry((w.shape[1] * groups, *size), w, stride, padding, dilation, groups)
    b = _bias(b, g.in_channels, "Cin", np.result_type(y, w))
    x = np.empty((len(y), g.in_channels, *size), np.result_type(y, w, b))
    filters = w.reshape(groups, g.out_channels // groups, -1).swapaxes(1, 2)
    columns = _Columns(g, x.dtype)
    for maps, out in zip(y, x, strict=True):
        np.matmul(filters, maps.reshape(groups, g.out_channels // groups, -1), out=columns.matrix)
        out[...] = columns.fold()
    x += b[:, None, None]
    return x


def conv2d_weight_gradient(
    x: ArrayLike,
    grad_y: ArrayLike,
    kernel_size: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Gradient of a loss with respect to ``w``, given x and the gradient with respect to y.

    Each weight meets each window once, so its gradient is x correlated with grad_y: (Cout, Cin/G, KH, KW).
    """
    x = _numbers("x", x, "N, Cin, H, W")
    grad_y = _numbers("grad_y", grad_y, "N, Cout, OH, OW")
    kernel = arguments.pair("kernel_size", kernel_size, 1)
    groups = arguments.integer("groups", groups, 1)
    if x.shape[1] % groups:
        arguments.fail("groups", groups, f"a divisor of the input channels, {x.shape[1]}")
    grad_w = np.zeros((grad_y.shape[1], x.shape[1] // groups, *kernel), np.result_type(x, grad_y))
    g = _geometry(x.shape[1:], grad_w, stride, padding, dilation, groups)
    if grad_y.shape != (len(x), *g.out_shape):
        arguments.fail("grad_y.shape", grad_y.shape, f"that of the convolution's output, {(len(x), *g.out_shape)}")
    columns = _Columns(g, grad_w.dtype)
    total = grad_w.reshape(groups, g.out_channels // groups, -1)
    for image, grad in zip(x, grad_y, strict=True):
        total += grad.reshape(groups, g.out_channels // groups, -1) @ columns.unfold(image).swapaxes(1, 2)
    return grad_w


def conv2d_matrix(
    w: ArrayLike,
    input_size: Pair,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """The banded matrix M of a convolution: M @ x.ravel() equals the convolution of one image x, ravelled.

    Shape (Cout·OH·OW, Cin·H·W), dense, so for small inputs only. ``input_size`` is (H, W). The transpose of M
    is the matrix of ``conv2d_transpose``.
    """
    w = _numbers("w", w, "Cout, Cin/groups, KH, KW")
    groups = arguments.integer("groups", groups, 1)
    size = arguments.pair("input_size", input_size, 1)
    g = _geometry((w.shape[1] * groups, *size), w, stride, padding, dilation, groups)
    # Unfold an image whose pixels are their own numbers, from 1: each column then lists, for one window, the
    # columns of M that its weights stand in. Zeros are padding, which no weight multiplies.
    numbers = np.arange(1, g.in_channels * size[0] * size[1] + 1).reshape(g.in_channels, *size)
    pixel = _Columns(g, numbers.dtype).unfold(numbers)  # (G, Cin/G·KH·KW, OH·OW)
    matrix = np.zeros((np.prod(g.out_shape), numbers.size + 1), w.dtype)
    rows = matrix.reshape(g.out_channels, -1, numbers.size + 1)
    for o, filter_ in enumerate(w.reshape(g.out_channels, -1)):
        windows = pixel[o // (g.out_channels // groups)].T  # (OH·OW, taps)
        np.put_along_axis(rows[o], windows, np.broadcast_to(filter_, windows.shape), axis=1)
    return matrix[:, 1:]


class _Geometry(NamedTuple):
    """Everything about a convolution but the numbers in it; sizes are (vertical, horizontal)."""

    in_channels: int
    out_channels: int
    groups: int
    size: tuple
    out_size: tuple
    kernel: tuple
    stride: tuple
    padding: tuple
    dilation: tuple

    @property
    def out_shape(self):
        return (self.out_channels, *self.out_size)


def _geometry(image_shape, w, stride, padding, dilation, groups) -> _Geometry:
    stride, padding = arguments.pair("stride", stride, 1), arguments.pair("padding", padding, 0)
    dilation = arguments.pair("dilation", dilation, 1)
    in_channels, *size = image_shape
    if in_channels % groups or w.shape[0] % groups:
        arguments.fail("groups", groups, f"a divisor of Cin = {in_channels} and of Cout = {w.shape[0]}")
    if w.shape[1] * groups != in_channels:
        arguments.fail("w.shape[1]", w.shape[1], f"Cin/groups = {in_channels}/{groups} = {in_channels // groups}")
    kernel = w.shape[2:]
    out_size = tuple(map(output_size, size, kernel, stride, padding, dilation))
    return _Geometry(in_channels, w.shape[0], groups, tuple(size), out_size, kernel, stride, padding, dilation)


def _check(x, w, b, stride, padding, dilation, groups) -> tuple[np.ndarray, np.ndarray, np.ndarray, _Geometry]:
    x = _numbers("x", x, "N, Cin, H, W")
    w = _numbers("w", w, "Cout, Cin/groups, KH, KW")
    groups = arguments.integer("groups", groups, 1)
    g = _geometry(x.shape[1:], w, stride, padding, dilation, groups)
    return x, w, _bias(b, g.out_channels, "Cout", np.result_type(x, w)), g


def _numbers(name: str, value: ArrayLike, axes: str) -> np.ndarray:
    """The argument as an array; small integers, such as a photo's bytes, are widened, or sums would overflow."""
    result = arguments.array(name, value, axes)
    return result.astype(np.int64) if result.dtype.kind in "iu" else result


def _bias(b: ArrayLike | None, channels: int, axis: str, dtype: np.dtype) -> np.ndarray:
    """The bias as an array; no bias is zeros of ``dtype``."""
    if b is None:
        return np.zeros(channels, dtype)
    b = _numbers("b", b, axis)
    if b.shape != (channels,):
        arguments.fail("b.shape", b.shape, f"one number per channel, ({channels},)")
    return b


def _pad(x, g):
    (top, left) = g.padding
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(top, top), (left, left)])


class _Columns:
    """The windows of one image as the columns of a matrix (G, Cin/G·KH·KW, OH·OW), in memory that is reused."""

    def __init__(self, g, dtype):
        self.g = g
        taps = np.empty((g.in_channels, *g.kernel, *g.out_size), dtype)
        self.taps = taps
        self.matrix = taps.reshape(g.groups, -1, g.out_size[0] * g.out_size[1])

    def _pixels_of_tap(self, i, j):
        """Where tap (i, j) of the kernel looks in the padded image, over all windows."""
        g = self.g
        return (..., *(
            slice(d * t, d * t + s * o, s)
            for t, d, s, o in zip((i, j), g.dilation, g.stride, g.out_size, strict=True)
        ))  # fmt: skip

    def unfold(self, image):
        """im2col: copy every window of ``image`` (Cin, H, W) into a column."""
        padded = _pad(image, self.g)
        for i, j in np.ndindex(*self.g.kernel):
            self.taps[:, i, j] = padded[self._pixels_of_tap(i, j)]
        return self.matrix

    def fold(self):
        """col2im, the adjoint of ``unfold``: add every column back to the pixels that it came from."""
        (height, width), (top, left) = self.g.size, self.g.padding
        padded = np.zeros((self.g.in_channels, height + 2 * top, width + 2 * left), self.taps.dtype)
        for i, j in np.ndindex(*self.g.kernel):
            padded[self._pixels_of_tap(i, j)] += self.taps[:, i, j]
        return padded[:, top : top + height, left : left + width]
