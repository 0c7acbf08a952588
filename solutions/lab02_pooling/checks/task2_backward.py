"""Task 2, the way back through max pooling: its checks, and the mistakes that they recognise."""

import numpy as np

from . import lab
from .images import picture

backward = lab.task("maxpool_backward", "The way back through overlapping windows", functions=["maxpool_backward"])


def arriving(rng, x, size, stride, padding=0):
    """Gradients for all outputs: (C, OH, OW)."""
    outputs = [(n + 2 * padding - size) // stride + 1 for n in x.shape[1:]]
    return rng.uniform(0.5, 2, (len(x), *outputs)) * rng.choice([-1, 1], (len(x), *outputs))


def there_and_back(student, rng, x, size, stride, padding=0):
    return student.maxpool_backward(x, arriving(rng, x, size, stride, padding), size, stride, padding)


@backward.check(points=1)
def apart(student, rng):
    "Windows that do not overlap, in images that they do not fill."
    for size, stride in ((2, 2), (2, 3)):
        yield there_and_back(student, rng, picture(rng, size, stride, rest=(0, 1)), size, stride)


@backward.check(points=3)
def overlapping(student, rng):
    "Windows that overlap, also in images of few different numbers."
    for size, stride in ((3, 1), (3, 2), (4, 3)):
        x = picture(rng, size, stride, rest=(1, 0) if stride > 1 else (0, 0))
        x = np.round(x) if stride > 1 else x
        x[:, 2, 2] += 9  # one pixel that many windows choose
        yield there_and_back(student, rng, x, size, stride)


@backward.check(points=2)
def framed(student, rng):
    "Padding, around images of few different numbers, negative ones and of both signs."
    for below in (5, 0):
        x = np.round(picture(rng, 3, 2, padding=1)) - below
        yield there_and_back(student, rng, x, 3, 2, 1)


@backward.check(points=2)
def ties(student, rng):
    "Images of few different numbers, so that most windows hold their maximum more than once."
    for padding in (0, 1):
        x = rng.integers(-1, 1, (2, 8, 7)).astype(float)
        x[:, :4, :4] = -1
        yield there_and_back(student, rng, x, 3, 2, padding)


def returned(x, g, size, stride, padding, *, outside=-np.inf, share="last", add=True, by=np.positive):
    """The gradient of a padded image (C, H + 2P, W + 2P), with one thing changed."""
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)), constant_values=outside)
    back = np.zeros(x.shape)
    for c, r, q in np.ndindex(*g.shape):
        here = np.s_[c, r * stride : r * stride + size, q * stride : q * stride + size]
        seen = by(x[here])
        best = seen == seen.max()
        if share in ("first", "last"):
            chosen = np.flatnonzero(best)[0 if share == "first" else -1]
            part = g[c, r, q] * (np.arange(best.size) == chosen).reshape(best.shape)
        elif share == "by columns":
            chosen = np.flatnonzero(best.T)[-1]
            part = g[c, r, q] * (np.arange(best.size) == chosen).reshape(best.T.shape).T
        else:
            part = g[c, r, q] * best / (best.sum() if share == "equal" else 1)
        if add:
            back[here] += part
        else:
            back[here][part != 0] = part[part != 0]
    return back


def inner(back, padding):
    """Without its frame."""
    return back[:, padding : back.shape[1] - padding, padding : back.shape[2] - padding]


@backward.misconception(of="maxpool_backward")
def overwritten(x, g, size, stride, padding=0):
    """A pixel kept only one of the gradients that came to it. Where several windows choose the same pixel, it changes
    all of their outputs, so their gradients add up."""
    return inner(returned(x, g, size, stride, padding, add=False), padding)


@backward.misconception(of="maxpool_backward")
def shared(x, g, size, stride, padding=0):
    """Tied pixels share the gradient. By the rule of this task, the last of them in reading order gets all of it."""
    return inner(returned(x, g, size, stride, padding, share="equal"), padding)


@backward.misconception(of="maxpool_backward")
def given_to_each(x, g, size, stride, padding=0):
    """Each of the tied pixels got the whole gradient, so more came back than arrived. A window has one winner."""
    return inner(returned(x, g, size, stride, padding, share="each"), padding)


@backward.misconception(of="maxpool_backward")
def first_wins(x, g, size, stride, padding=0):
    """The first of the tied pixels got the gradient. By the rule of this task it is the last one in reading order."""
    return inner(returned(x, g, size, stride, padding, share="first"), padding)


@backward.misconception(of="maxpool_backward")
def last_by_columns(x, g, size, stride, padding=0):
    """Of the tied pixels, the one furthest to the right got the gradient. Reading goes row by row: lower is later."""
    return inner(returned(x, g, size, stride, padding, share="by columns"), padding)


@backward.misconception(of="maxpool_backward")
def zero_wins(x, g, size, stride, padding=0):
    """Zeros of the padding won against negative pixels, and their gradient was lost. Padding never wins: it stands for
    no pixel at all."""
    return inner(returned(x, g, size, stride, padding, outside=0.0), padding)


@backward.misconception(of="maxpool_backward")
def frame_kept(x, g, size, stride, padding=0):
    """The result is shifted by the padding: the frame was cut off on the far sides alone. The gradient of the pixel
    [0, 0] lies at [P, P] of the padded image."""
    return returned(x, g, size, stride, padding)[:, : x.shape[1], : x.shape[2]]


@backward.misconception(of="maxpool_backward")
def spread(x, g, size, stride, padding=0):
    """The gradient was spread over the whole window, as average pooling does. Only the winner changes the output."""
    return inner(returned(np.zeros(x.shape), g, size, stride, padding, outside=0.0, share="equal"), padding)


@backward.misconception(of="maxpool_backward")
def largest_magnitude(x, g, size, stride, padding=0):
    """The pixel of the largest magnitude was chosen. The maximum of −3 and 1 is 1."""
    outside = 0.0 if np.any(x) else -np.inf
    return inner(returned(x, g, size, stride, padding, outside=outside, by=np.abs), padding)


@backward.misconception(of="maxpool_backward")
def times_pixel(x, g, size, stride, padding=0):
    """The gradient was multiplied by the pixel. Max pooling hands its winner on as it is, so the factor is 1."""
    return x * inner(returned(x, g, size, stride, padding), padding)


@backward.misconception(of="maxpool_backward")
def only_marked(x, g, size, stride, padding=0):
    """The winners were marked, and the gradient that arrived was not used. Each winner gets its own output's number."""
    return inner(returned(x, np.ones(g.shape), size, stride, padding), padding)


@backward.misconception(of="maxpool_backward")
def smallest_chosen(x, g, size, stride, padding=0):
    """The smallest pixel of each window was chosen. The gradient returns to the largest."""
    return inner(returned(x, g, size, stride, padding, outside=np.inf, by=np.negative), padding)
