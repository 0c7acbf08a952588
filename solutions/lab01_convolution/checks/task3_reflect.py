"""Task 3, a mirror at the border, and its adjoint: its checks, and the mistakes that they recognise."""

import numpy as np

from . import lab

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
