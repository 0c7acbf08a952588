"""Trusted checks of lab 1, and the mistakes that they recognise. Never released."""

import itertools
from functools import lru_cache

import numpy as np

from cnnlib.grading.checks import Lab, wrong

lab = Lab(__file__, packages=["numpy", "matplotlib"])
solution = lab.solution


# Task 1 ---------------------------------------------------------------------------------------------------------------

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


# Task 2 ---------------------------------------------------------------------------------------------------------------

identify = lab.task("identify", "What is in the box?", functions=["identify"])
MOST_QUESTIONS = 200


def layer(rng, kernel, stride=1, padding=0):
    """A box with a freshly drawn kernel and bias in it, and the list of the sizes of what it was asked."""
    w = np.round(rng.uniform(0.1, 1, kernel) * rng.choice([-1, 1], kernel), 3)
    b, asked = round(float(rng.uniform(0.2, 2) * rng.choice([-1, 1])), 3), []

    def box(image):
        asked.append(image)
        if len(asked) > MOST_QUESTIONS:
            raise ValueError(f"the box answers {MOST_QUESTIONS} questions, and no more")
        try:
            image = np.array(image, float)
        except (ValueError, TypeError):
            raise ValueError("the box takes one image (H, W) of real numbers") from None
        if image.ndim != 2 or max(image.shape) > 64 or not np.isfinite(image).all():
            raise ValueError("the box takes one image (H, W) of finite numbers, 64 × 64 pixels at most")
        x = np.pad(image, padding)
        rows, cols = (size - k + 1 for size, k in zip(x.shape, kernel, strict=True))
        if min(rows, cols) < 1 or min(image.shape) < 1:
            raise ValueError("the kernel does not fit into this image")
        y = np.full((rows, cols), b)
        for i, j in np.ndindex(*kernel):
            y += w[i, j] * x[i : i + rows, j : j + cols]
        return y[::stride, ::stride]

    return box, asked


def named(answer):
    """The four items of an answer by name."""
    if isinstance(answer, (tuple, list)) and len(answer) == 4:
        return dict(zip(("w", "b", "stride", "padding"), answer, strict=True))
    return None if answer is None else wrong("identify must give (w, b, stride, padding)")


def oblong(rng, least):
    """Height and width of a kernel, not the same, from ``least`` to 5."""
    return tuple(int(k) for k in rng.permutation(np.arange(least, 6))[:2])


@identify.check(points=2)
def bare_boxes(student, rng):
    "Boxes of stride 1 without padding."
    for least in (1, 3):
        yield named(student.identify(layer(rng, oblong(rng, least))[0]))


@identify.check(points=2)
def padded_boxes(student, rng):
    "Boxes of stride 1 with padding, little and as much as there may be."
    for padding in (1, None):
        kernel = oblong(rng, 3)
        yield named(student.identify(layer(rng, kernel, padding=padding or min(kernel) - 1)[0]))


@identify.check(points=2)
def strided_boxes(student, rng):
    "Boxes of stride 2 and of stride 3, with padding."
    for step in (2, 3):
        kernel = oblong(rng, 3)
        yield named(student.identify(layer(rng, kernel, step, min(kernel) - 1)[0]))


@identify.check(points=2)
def few_questions(student, rng):
    "A box of stride 3, with at most 12 questions for one point, and at most 3 for the other."
    box, asked = layer(rng, oblong(rng, 4), stride=3, padding=1)
    answer = named(student.identify(box))
    for most in (12, 3):
        if len(asked) > most:
            wrong(f"the box was asked {len(asked)} times; for this point, {most} times are allowed")
        yield answer


@identify.misconception(of="identify")
def unturned(box):
    """The response to an impulse was taken for the kernel. It is the kernel turned by 180°: the first output that sees
    the impulse sees it through the last tap."""
    w, b, stride, padding = solution.identify(box)
    return w[::-1, ::-1], b, stride, padding


@identify.misconception(of="identify")
def bias_in_the_kernel(box):
    """The bias is still in the kernel's taps. Every response has it, so it comes off before a response is read as a
    tap."""
    w, b, stride, padding = solution.identify(box)
    return w + b, b, stride, padding


@identify.misconception(of="identify")
def bias_from_ones(box):
    """The bias was read where the image was not zero. There the response also has taps in it; only where a window sees
    nothing but zeros does the bias stand alone."""
    w, b, stride, padding = solution.identify(box)
    return w, b + w.sum(), stride, padding


@identify.misconception(of="identify")
def one_impulse(box):
    """Taps are missing where there is a stride. With stride S, one impulse meets only every S-th tap along each axis;
    impulses elsewhere meet the others."""
    w, b, stride, padding = solution.identify(box)
    first = (32 + padding) % stride
    return w[first::stride, first::stride], b, stride, padding


@identify.misconception(of="identify")
def impulse_in_the_corner(box):
    """The impulse stood at the border, where only a part of the kernel can reach it. Place it where windows can lie on
    all sides of it."""
    w, b, stride, padding = solution.identify(box)
    return w[padding % stride : padding + 1 : stride, padding % stride : padding + 1 : stride], b, stride, padding


@identify.misconception(of="identify")
def padding_guessed(box):
    """The padding was taken to be half the kernel. Layers may pad less or more; find out through which tap the first
    window sees the first pixel."""
    w, b, stride, _ = solution.identify(box)
    return w, b, stride, (min(w.shape) - 1) // 2


@identify.misconception(of="identify")
def no_padding(box):
    """The padding was taken to be 0. It shows in where the response to an impulse lies, and in how large responses
    are."""
    w, b, stride, _ = solution.identify(box)
    return w, b, stride, 0


@identify.misconception(of="identify")
def only_stride_one(box):
    """The stride was taken to be 1. Move the impulse by one pixel: with a larger stride, other taps answer."""
    w, b, stride, padding = solution.identify(box)
    first = (32 + padding) % stride
    found = w[first::stride, first::stride]
    rows = (64 + 2 * padding - len(w)) // stride + 1
    return found, b, 1, (rows - 64 + len(found) - 1) // 2


@identify.misconception(of="identify")
def padding_of_both_sides(box):
    """The padding of both sides together was returned. As in PyTorch, it is counted on each side."""
    w, b, stride, padding = solution.identify(box)
    return w, b, stride, 2 * padding


@identify.misconception(of="identify")
def stride_rounded_down(box):
    """The stride was taken as the image's size divided by the response's, rounded down. Kernel and padding make the
    response a little shorter or longer, and then this falls short by one."""
    w, b, stride, padding = solution.identify(box)
    steps = (64 + 2 * padding - len(w)) // stride + 1
    return w, b, max(1, 64 // steps), padding


@identify.misconception(of="identify")
def swapped(box):
    """Stride and padding changed places in the answer."""
    w, b, stride, padding = solution.identify(box)
    return w, b, padding, stride


@identify.misconception(of="identify")
def rows_for_columns(box):
    """Rows and columns of the kernel changed places. It is as high as the response to an impulse is high."""
    w, b, stride, padding = solution.identify(box)
    return w.T, b, stride, padding


# Task 3 ---------------------------------------------------------------------------------------------------------------

reflect = lab.task(
    "ReflectConv", "A mirror at the border, and its adjoint", classes={"ReflectConv": ["forward", "adjoint"]}
)


def odd_kernel(rng, largest=5):
    """An array of odd height and width, at least 3, not both the same."""
    return rng.normal(size=rng.permutation(np.arange(3, largest + 3, 2))[:2])


def image_size(rng, w, dilation=1, stride=1):
    """A size that the reflection fits into, and that the stride does not divide."""
    return tuple(int(dilation * k + stride * rng.integers(2, 4)) + (stride > 1) for k in w.shape)


def outputs(size, stride=1):
    return tuple((n - 1) // stride + 1 for n in size)


@reflect.check(points=1)
def forward(student, rng):
    "forward with stride 1 and dilation 1."
    for _ in range(2):
        w = odd_kernel(rng)
        yield student.ReflectConv(w).forward(rng.normal(size=image_size(rng, w)))


@reflect.check(points=1)
def forward_spread(student, rng):
    "forward with a stride, with a dilation, and with both."
    for stride, dilation in ((2, 1), (1, 2), (3, 2)):
        w = odd_kernel(rng)
        x = rng.normal(size=image_size(rng, w, dilation, stride))
        yield student.ReflectConv(w, stride=stride, dilation=dilation).forward(x)


@reflect.check(points=1)
def adjoint_inside(student, rng):
    "adjoint, of a map that is zero wherever a window touches the border."
    w, size = odd_kernel(rng), (13, 14)
    y = np.zeros(size)
    y[3:-3, 3:-3] = rng.normal(size=(7, 8))
    yield student.ReflectConv(w).adjoint(y, size)


@reflect.check(points=2)
def adjoint_border(student, rng):
    "adjoint, right up to the border, with stride 1 and dilation 1."
    for _ in range(2):
        w = odd_kernel(rng)
        size = image_size(rng, w)
        yield student.ReflectConv(w).adjoint(rng.normal(size=size), size)


@reflect.check(points=1)
def adjoint_strided(student, rng):
    "adjoint with strides of 2 and 3, for sizes that they do not divide."
    for stride in (2, 3):
        w = odd_kernel(rng)
        size = image_size(rng, w, stride=stride)
        size = tuple(n + ((n - 1) % stride == 0) for n in size)
        yield student.ReflectConv(w, stride=stride).adjoint(rng.normal(size=outputs(size, stride)), size)


@reflect.check(points=1)
def adjoint_dilated(student, rng):
    "adjoint with a dilation, alone and with a stride."
    for stride, dilation in ((1, 2), (2, 2)):
        w = odd_kernel(rng)
        size = image_size(rng, w, dilation, stride)
        layer = student.ReflectConv(w, stride=stride, dilation=dilation)
        yield layer.adjoint(rng.normal(size=outputs(size, stride)), size)


@reflect.check(points=1)
def adjoint_narrow(student, rng):
    "adjoint for an image hardly larger than its reflection, where both borders reach the same pixels."
    w = odd_kernel(rng, 7)
    size = tuple(k // 2 + 1 + int(rng.integers(2)) for k in w.shape)
    yield student.ReflectConv(w).adjoint(rng.normal(size=size), size)


class Mirrored:
    """ReflectConv, in which a misconception changes one thing."""

    there = back = "reflect"  # the border in forward and in adjoint, as np.pad names it

    def __init__(self, w, stride=1, dilation=1):
        self.w, self.stride, self.dilation = w, stride, dilation

    def padding(self, k):
        return self.dilation * (k - 1) // 2

    def pixels(self, size, border):
        """Row and column of the pixel that each output meets through each tap; one behind the last means a zero."""
        lines = []
        for n, k in zip(size, self.w.shape, strict=True):
            outside = {"constant_values": n} if border == "constant" else {}
            line = np.pad(np.arange(n), self.padding(k), border, **outside)
            firsts = np.arange(0, len(line) - self.dilation * (k - 1), self.stride)
            lines.append(line[firsts[:, None] + self.dilation * np.arange(k)])
        return lines[0][:, :, None, None], lines[1]

    def forward(self, x):
        return np.einsum("ricj,ij->rc", np.pad(x, (0, 1))[self.pixels(x.shape, self.there)], self.w)

    def adjoint(self, y, size):
        image, (rows, cols) = np.zeros(np.add(size, 1)), self.pixels(size, self.back)
        shares = y[: len(rows), None, : len(cols), None] * self.w[:, None, :]
        np.add.at(image, (rows, cols), shares)
        return image[:-1, :-1]


@reflect.misconception(of="ReflectConv")
class Cropped(Mirrored):
    """The adjoint drops what falls on the padding. In forward a border pixel is read twice, once through the mirror, so
    on the way back what lands in the mirror belongs to that pixel too."""

    back = "constant"


@reflect.misconception(of="ReflectConv")
class Zeros(Mirrored):
    """Zeros were put outside the image. In this task it is continued by its own reflection, there and on the way
    back."""

    there = back = "constant"


@reflect.misconception(of="ReflectConv")
class EdgeRepeated(Mirrored):
    """The mirror stands behind the edge pixel, which is then read twice. In this task it stands on the edge pixel: the
    first pixel outside equals the second one inside."""

    there = back = "symmetric"


@reflect.misconception(of="ReflectConv")
class Wrapped(Mirrored):
    """The border wraps around to the other side of the image. A mirror shows the pixels of its own side."""

    there = back = "wrap"


@reflect.misconception(of="ReflectConv")
class PaddingUndilated(Mirrored):
    """The padding does not grow with the dilation. A dilated kernel reaches D times as far beyond the border, and the
    output is to be as large as the image."""

    def padding(self, k):
        return (k - 1) // 2


@reflect.misconception(of="ReflectConv")
class DilationIgnored(Mirrored):
    """The dilation was ignored. With dilation D, neighbouring taps meet pixels that lie D apart."""

    def __init__(self, w, stride=1, dilation=1):
        super().__init__(w, stride)


@reflect.misconception(of="ReflectConv")
class Flipped(Mirrored):
    """The kernel was turned by 180° in forward. It is a cross-correlation: w[0, 0] meets the pixel at the top left of
    the window."""

    def forward(self, x):
        return Mirrored(self.w[::-1, ::-1], self.stride, self.dilation).forward(x)


@reflect.misconception(of="ReflectConv")
class FlippedThroughout(Mirrored):
    """The kernel was turned by 180°. Forward is a cross-correlation: w[0, 0] meets the pixel at the top left of the
    window. The adjoint then follows."""

    def __init__(self, w, stride=1, dilation=1):
        super().__init__(w[::-1, ::-1], stride, dilation)


@reflect.misconception(of="ReflectConv")
class StampTurned(Mirrored):
    """On the way back the kernel was turned by 180°. What output (r, c) read through tap (i, j) returns through the
    same tap to the same pixel; nothing is turned when you add it there."""

    def adjoint(self, y, size):
        return Mirrored(self.w[::-1, ::-1], self.stride, self.dilation).adjoint(y, size)


@reflect.misconception(of="ReflectConv")
class ReflectedTwice(Mirrored):
    """The adjoint is another convolution with a mirror at the border. That is right inside the image only; near the
    border the mirror has to be undone, not set up again."""

    def adjoint(self, y, size):
        spread = np.zeros(size)
        spread[:: self.stride, :: self.stride] = y
        return Mirrored(self.w[::-1, ::-1], 1, self.dilation).forward(spread)


@reflect.misconception(of="ReflectConv")
class LastOneWins(Mirrored):
    """Several outputs return to the same pixel, and only one of them was kept. NumPy's `image[index] += values` adds
    only once where the index repeats a pixel."""

    def adjoint(self, y, size):
        image, (rows, cols) = np.zeros(size), self.pixels(size, self.back)
        for i, j in np.ndindex(*self.w.shape):
            image[rows[:, i, 0], cols[:, j]] += y * self.w[i, j]
        return image


@reflect.misconception(of="ReflectConv")
class SizeGuessed(Mirrored):
    """The adjoint makes up the size of the image. With a stride several sizes give the same output, so it has to use
    the one it is told."""

    def adjoint(self, y, size):
        return super().adjoint(y, tuple(self.stride * (n - 1) + 1 for n in y.shape))


# Task 4 ---------------------------------------------------------------------------------------------------------------

cheapest = lab.task("cheapest", "The cheapest stack", functions=["cheapest"])
MOST_LAYERS = 256


def measured(stack, size, overhead):
    """Field, jump and cost of a stack, or why it is none."""
    if stack is None:
        wrong("it is None; was a return forgotten?")
    if isinstance(stack, np.ndarray) and stack.ndim == 2:
        stack = stack[: MOST_LAYERS + 1].tolist()
    if not isinstance(stack, (list, tuple)):
        wrong("the answer is not a list of layers")
    if len(stack) > MOST_LAYERS:
        wrong(f"the stack has more than {MOST_LAYERS} layers")
    field, jump, cost = 1, 1, 0
    for number, pair in enumerate(stack):
        if not isinstance(pair, (list, tuple, np.ndarray)) or len(pair) != 2:
            wrong(f"layer {number} is not a pair (K, stride)")
        if not all(isinstance(n, (int, np.integer)) for n in pair):
            wrong(f"layer {number}: K and the stride must be integers")
        K, S = map(int, pair)
        if K not in (3, 5, 7) or S not in (1, 2):
            wrong(f"layer {number}: K must be 3, 5 or 7, and the stride 1 or 2")
        field, jump, size = field + (K - 1) * jump, jump * S, -(-size // S)
        cost += (K * K + overhead) * size**2
    return field, jump, cost


def verdicts(student, questions, slack=1):
    """True for each right answer, at up to ``slack`` times the least cost; where one is wrong, that is said at the end,
    so that the others count."""
    words, seen = [], []
    for question in questions:
        size, field, jump, overhead = question
        reached, strided, cost = measured(student.cheapest(*question), size, overhead)
        if reached < field:
            words.append("its field is smaller than the one asked for")
            seen.append((question, reached, cost))
        elif strided > jump:  # however it came to that, the limit was not kept
            words.append("its jump is larger than the one allowed")
            seen.append(question)
        elif cost > slack * least(*question)[0]:
            words.append("there are cheaper stacks" if slack == 1 else f"it costs more than {slack} times the least")
            seen.append((question, cost))
        else:
            yield True
    if words:
        wrong(words[0], evidence=(words, seen))


@lru_cache(4096)  # the solution's run of a check draws the same questions as the student's
def least(size, field, jump, overhead):
    """Cost of the cheapest stack, and how many layers it has."""
    stack = solution.cheapest(size, field, jump, overhead)
    return measured(stack, size, overhead)[2], len(stack)


@lru_cache(4096)
def telling(question, shortcuts, layers):
    """Whether all ``shortcuts`` cost more than the cheapest stack, and that has at least so many layers."""
    size, _, _, overhead = question
    cost, depth = least(*question)
    return depth >= layers and all(measured(s(*question), size, overhead)[2] > cost for s in shortcuts)


def question(rng, jump, sizes, fields, shortcuts=(), overheads=(12, 40), layers=1):
    """Arguments for ``cheapest``, drawn until they are telling, which takes a few draws."""
    for _ in range(1000):
        size, field, overhead = (int(rng.integers(*ends)) for ends in (sizes, fields, overheads))
        if telling((size, field, jump, overhead), shortcuts, layers):
            return size, field, jump, overhead
    raise RuntimeError("no telling question was drawn")


def usual(jump):
    """The shortcuts that are to cost points; without strides, input and output are of one size."""
    return (*([priced_at_the_input] if jump > 1 else []), greedy, fewest_layers, only_small_kernels)


def deep(rng, jump, shortcuts=()):
    """A question whose answer has so many layers that only a search that remembers ends in time."""
    return question(rng, jump, (24, 120), (65 * jump, 85 * jump), shortcuts, layers=12)


@cheapest.check(points=2)
def short_stacks(student, rng):
    "Small fields, where few stacks come into question: both conditions, and the cost."
    drawn = [question(rng, jump, (4, 24), ends, usual(jump)) for jump, ends in ((1, (9, 16)), (2, (12, 20)))]
    yield from verdicts(student, drawn)


@cheapest.check(points=1)
def odd_maps(student, rng):
    "Images whose size the strides do not divide, down to a few pixels."
    for_each = ((16, (17, 25), (9, 25)), (32, (33, 49), (17, 49)))
    yield from verdicts(student, [question(rng, *ends, (rounded_down,), (28, 60)) for ends in for_each])


@cheapest.check(points=1)
def coarse_maps(student, rng):
    "Small fields, though a large jump is allowed."
    yield from verdicts(student, [question(rng, jump, (40, 120), (3, 10), (whole_jump,)) for jump in (8, 32)])


@cheapest.check(points=1)
def affordable(student, rng):
    "Large fields, which need 12 layers or more: both conditions, at no more than 1.5 times the least cost."
    yield from verdicts(student, [deep(rng, jump) for jump in (1, 4)], slack=1.5)


@cheapest.check(points=3)
def large_fields(student, rng):
    "Large fields, which need 12 layers or more: both conditions, and the cost."
    yield from verdicts(student, [deep(rng, jump, usual(jump)) for jump in (1, 2, 4)])


def planned(size, field, jump, overhead, reach, price, least_jump=1):
    """The stack that would be cheapest if a layer widened the field by ``reach`` and cost ``price``."""
    jumps = [2**power for power in range(jump.bit_length())]
    layers = [(K, S) for S in (1, 2) for K in (3, 5, 7)]
    steps = {
        j: [((K, S), reach(K, S, j), j * S, price(K, S, j, size, overhead)) for K, S in layers if j * S <= jump]
        for j in jumps
    }
    best = {(1, 1): (0, ())}
    for seen, j in itertools.product(range(1, field + 1), jumps):
        if (seen, j) in best:
            cost, before = best[seen, j]
            for layer, wider, after, dearer in steps[j]:
                state = min(field, seen + wider), after
                if state not in best or cost + dearer < best[state][0]:
                    best[state] = cost + dearer, (before, layer)
    _, chain = min(found for (seen, j), found in best.items() if seen >= field and j >= least_jump)
    stack = []
    while chain:
        chain, layer = chain
        stack.insert(0, layer)
    return stack


def own_reach(K, S, j):
    return (K - 1) * j


def own_price(K, S, j, size, overhead):
    return (K * K + overhead) * (-(-size // (j * S))) ** 2


def reach_with_own_stride(K, S, j):
    return (K - 1) * j * S


def reach_of_the_whole_kernel(K, S, j):
    return K * j


def price_at_the_input(K, S, j, size, overhead):
    return own_price(K, 1, j, size, overhead)


def price_rounded_down(K, S, j, size, overhead):
    return (K * K + overhead) * (size // (j * S)) ** 2


def price_of_a_layer(K, S, j, size, overhead):
    return 1


@cheapest.misconception(of="cheapest")
def greedy(size, field, jump, overhead):
    """Each layer was chosen for itself, as the one that widens the field most for its cost. What is best now can make
    the rest dearer; compare whole stacks."""
    stack, seen, j = [], 1, 1
    while seen < field:
        gains = [
            (own_reach(K, S, j) / own_price(K, S, j, size, overhead), K, S)
            for K in (3, 5, 7)
            for S in (1, 2)
            if j * S <= jump
        ]
        _, K, S = max(gains)
        stack, seen, j = [*stack, (K, S)], seen + own_reach(K, S, j), j * S
    return stack


@cheapest.misconception(of="cheapest")
def only_small_kernels(size, field, jump, overhead):
    """Every kernel is 3 × 3. That is best where a layer costs nothing but its multiplications; with an overhead per
    layer, fewer and larger kernels can cost less."""
    stack, seen, j = [], 1, 1
    while seen < field:
        S = 2 if 2 * j <= jump else 1
        stack, seen, j = [*stack, (3, S)], seen + own_reach(3, S, j), j * S
    return stack


@cheapest.misconception(of="cheapest")
def fewest_layers(size, field, jump, overhead):
    """The stack has as few layers as possible, which is not the same as costing little."""
    return planned(size, field, jump, overhead, own_reach, price_of_a_layer)


@cheapest.misconception(of="cheapest")
def priced_at_the_input(size, field, jump, overhead):
    """A layer was priced by the size of its input. It is evaluated once for each of its outputs, of which a stride
    leaves fewer."""
    return planned(size, field, jump, overhead, own_reach, price_at_the_input)


@cheapest.misconception(of="cheapest")
def own_stride_counted(size, field, jump, overhead):
    """The field is not reached: a layer's own stride was counted in its reach. Its taps stand on the map below, so what
    counts is the jump before this layer."""
    return planned(size, field, jump, overhead, reach_with_own_stride, own_price)


@cheapest.misconception(of="cheapest")
def whole_kernel_counted(size, field, jump, overhead):
    """The field is not reached: a layer was taken to add K jumps. Its first tap adds nothing new, so it adds one
    less."""
    return planned(size, field, jump, overhead, reach_of_the_whole_kernel, own_price)


@cheapest.misconception(of="cheapest")
def limit_ignored(size, field, jump, overhead):
    """The jump is too large: the limit was not kept. Each stride of 2 doubles the jump."""
    return planned(size, field, 1024, overhead, own_reach, own_price)


@cheapest.misconception(of="cheapest")
def whole_jump(size, field, jump, overhead):
    """The stack always has the whole jump that is allowed. The jump may be smaller; where the field is small, fewer
    layers cost less."""
    return planned(size, field, jump, overhead, own_reach, own_price, least_jump=jump)


@cheapest.misconception(of="cheapest")
def rounded_down(size, field, jump, overhead):
    """The sizes of the maps were rounded down. With padding (K − 1)/2, a stride of 2 leaves ⌈n/2⌉ of n outputs."""
    return planned(size, field, jump, overhead, own_reach, price_rounded_down)


@cheapest.misconception(of="cheapest")
def only_large_kernels(size, field, jump, overhead):
    """All kernels are 7 × 7, without a stride. That is valid but dear: strides make later layers cheaper, and smaller
    kernels may do."""
    return [(7, 1)] * -(-(field - 1) // 6)


@cheapest.misconception(of="cheapest")
def full_resolution(size, field, jump, overhead):
    """No layer has a stride, though a jump is allowed. A stride makes all later layers cheaper, and lets them see
    farther."""
    return planned(size, field, 1, overhead, own_reach, own_price)


@cheapest.misconception(of="cheapest")
def backwards(size, field, jump, overhead):
    """The layers are listed from the last to the first. The list begins with the layer that reads the image."""
    return solution.cheapest(size, field, jump, overhead)[::-1]
