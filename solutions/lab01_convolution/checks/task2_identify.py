"""Task 2, what is in the box: its checks, and the mistakes that they recognise."""

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab, solution

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
