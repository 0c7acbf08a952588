"""Task 1, a convolution of max and plus: its checks, and the mistakes that they recognise."""

import numpy as np

from . import lab

maxplus = lab.task("maxplus", "Convolution with max and plus", functions=["maxplus"])


def pair(rng, kernel, stride=1, padding=0, dilation=1, left=(0, 0)):
    """An image of negative numbers and a kernel; ``left`` rows and columns lie behind the last window that fits.

    The image lies below −4 and the kernel within ±2, so that a padding of zeros wins wherever it is seen.
    """
    windows = rng.integers(4, 7, 2)
    size = [
        dilation * (k - 1) + 1 + stride * (n - 1) + rest - 2 * padding
        for k, n, rest in zip(kernel, windows, left, strict=True)
    ]
    return rng.uniform(-9, -4, size), rng.uniform(-2, 2, kernel)


@maxplus.check(points=2)
def plain(student, rng):
    "Kernels that are not square; no stride, padding or dilation."
    for kernel in ((3, 2), (2, 4)):
        yield student.maxplus(*pair(rng, kernel))


@maxplus.check(points=2)
def border(student, rng):
    "Padding, around an image of negative numbers."
    for padding in (1, 2):
        x, w = pair(rng, (3, 4), padding=padding)
        w[0, 0] += 10  # at the top left this tap meets nothing but padding
        yield student.maxplus(x, w, padding=padding)


@maxplus.check(points=1)
def stride(student, rng):
    "Strides of 2 and 3, in images that they do not divide."
    for step in (2, 3):
        yield student.maxplus(*pair(rng, (3, 2), stride=step, left=(0, 1)), stride=step)


@maxplus.check(points=1)
def dilation(student, rng):
    "Dilations of 2 and 3."
    for gap in (2, 3):
        yield student.maxplus(*pair(rng, (2, 3), dilation=gap), dilation=gap)


@maxplus.check(points=1)
def together(student, rng):
    "Stride, padding and dilation at once."
    for options in ({"stride": 2, "padding": 1, "dilation": 3}, {"stride": 3, "padding": 2, "dilation": 2}):
        x, w = pair(rng, (3, 3), **options, left=(0, 1))
        yield student.maxplus(x, w, **options)


@maxplus.check(points=1)
def holes(student, rng):
    "Kernels with −∞ in them, and windows that see nothing else."
    for padding in (0, 2):
        x, w = pair(rng, (3, 3), padding=padding)
        w[rng.permutation(3)[:2]] = -np.inf
        yield student.maxplus(x, w, padding=padding)


def windows(x, kernel, stride, padding, dilation, outside=-np.inf):
    """All windows of a padded image: (OH, OW, KH, KW)."""
    x = np.pad(np.asarray(x, float), padding, constant_values=outside)
    rows, cols = (
        stride * np.arange((size - dilation * (k - 1) - 1) // stride + 1)[:, None] + dilation * np.arange(k)
        for size, k in zip(x.shape, kernel, strict=True)
    )
    return x[rows[:, None, :, None], cols[None, :, None, :]]


def response(x, w, stride, padding, dilation, outside=-np.inf):
    """The right answer, but for what lies outside."""
    return (windows(x, w.shape, stride, padding, dilation, outside) + w).max((2, 3))


@maxplus.misconception(of="maxplus")
def flipped(x, w, stride=1, padding=0, dilation=1):
    """The kernel was turned by 180°. The definition adds w[i, j] to the pixel i rows below and j columns to the right
    of the window's first one, so nothing is turned."""
    return response(x, w[::-1, ::-1], stride, padding, dilation)


@maxplus.misconception(of="maxplus")
def padded_with_zeros(x, w, stride=1, padding=0, dilation=1):
    """The border was padded with the number 0. In this algebra 0 is larger than every negative pixel and can win; ask
    which number never changes a maximum."""
    return response(x, w, stride, padding, dilation, 0.0)


@maxplus.misconception(of="maxplus")
def padded_with_the_darkest(x, w, stride=1, padding=0, dilation=1):
    """The border was padded with the smallest pixel of the image. Together with a large weight it can still win, as
    any finite number can."""
    return response(x, w, stride, padding, dilation, np.min(x))


@maxplus.misconception(of="maxplus")
def products(x, w, stride=1, padding=0, dilation=1):
    """Pixels were multiplied by the weights. Here plus takes the place of times, and max the place of plus."""
    with np.errstate(invalid="ignore"):
        return (windows(x, w.shape, stride, padding, dilation) * w).max((2, 3))


@maxplus.misconception(of="maxplus")
def summed(x, w, stride=1, padding=0, dilation=1):
    """The ordinary convolution was computed, a sum of products. Both operations are replaced in this task."""
    with np.errstate(invalid="ignore"):
        return (windows(x, w.shape, stride, padding, dilation, 0.0) * w).sum((2, 3))


@maxplus.misconception(of="maxplus")
def two_maxima(x, w, stride=1, padding=0, dilation=1):
    """The largest pixel and the largest weight were looked up separately. They need not stand at the same place: add
    first, then take the maximum."""
    return windows(x, w.shape, stride, padding, dilation).max((2, 3)) + w.max()


@maxplus.misconception(of="maxplus")
def last_window_lost(x, w, stride=1, padding=0, dilation=1):
    """The last window that fits is missing. The floor belongs to the number of steps after the first window; the first
    window itself is added afterwards."""
    y = response(x, w, 1, padding, dilation)
    rows, cols = (size // stride * stride for size in y.shape)
    return y[:rows:stride, :cols:stride]


@maxplus.misconception(of="maxplus")
def extent_too_long(x, w, stride=1, padding=0, dilation=1):
    """The dilated kernel was taken to cover D·K pixels. Between K taps there are K − 1 gaps, so it covers fewer, and
    more windows fit."""
    rows, cols = (
        max(0, (size + 2 * padding - dilation * k) // stride + 1) for size, k in zip(x.shape, w.shape, strict=True)
    )
    return response(x, w, stride, padding, dilation)[:rows, :cols]


@maxplus.misconception(of="maxplus")
def subsampled_first(x, w, stride=1, padding=0, dilation=1):
    """The image was subsampled before the kernel slid over it. The stride is the step of the windows; each window still
    reads neighbouring pixels of the full image."""
    return response(x[::stride, ::stride], w, 1, padding, dilation)


@maxplus.misconception(of="maxplus")
def stride_for_dilation(x, w, stride=1, padding=0, dilation=1):
    """Stride and dilation changed places. The stride moves from window to window, the dilation from tap to tap within
    one."""
    return response(x, w, dilation, padding, stride)


@maxplus.misconception(of="maxplus")
def dilation_ignored(x, w, stride=1, padding=0, dilation=1):
    """The dilation was ignored. With dilation D, neighbouring taps meet pixels that lie D apart."""
    return response(x, w, stride, padding, 1)


@maxplus.misconception(of="maxplus")
def started_at_zero(x, w, stride=1, padding=0, dilation=1):
    """The maxima were started at 0, so that no smaller sum can win. Start them with the number that never changes a
    maximum."""
    return np.maximum(response(x, w, stride, padding, dilation), 0)


@maxplus.misconception(of="maxplus")
def minimum(x, w, stride=1, padding=0, dilation=1):
    """The smallest of the sums was taken. The task asks for the largest."""
    return (windows(x, w.shape, stride, padding, dilation) + w).min((2, 3))
