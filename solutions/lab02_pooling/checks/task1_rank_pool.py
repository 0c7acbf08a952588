"""Task 1, pooling by rank: its checks, and the mistakes that they recognise."""

import numpy as np

from . import lab
from .images import picture

rank_pool = lab.task("rank_pool", "Pooling by rank", functions=["rank_pool"])


def falling(rng, size):
    """Weights for the ranks, none of them alike; they do not sum to 1."""
    return rng.permutation(np.linspace(0.2, 1.7, size * size))


@rank_pool.check(points=2)
def plain(student, rng):
    "Windows one pixel apart, no padding."
    for size in (2, 3):
        yield student.rank_pool(picture(rng, size, 1), size, falling(rng, size), 1)


@rank_pool.check(points=1)
def strides(student, rng):
    "Strides that the image does not divide, and windows that lie apart."
    for size, stride in ((3, 2), (2, 3)):
        yield student.rank_pool(picture(rng, size, stride, rest=(0, 1)), size, falling(rng, size), stride)


@rank_pool.check(points=3)
def border(student, rng):
    "Padding, around images of both signs, of negative numbers, and with zeros in them."
    for change in (lambda x: x, lambda x: -np.abs(x) - 1, np.round):
        x = picture(rng, 3, 2, padding=1)
        x[:, 1::2] *= 3
        yield student.rank_pool(change(x), 3, falling(rng, 3), 2, 1)


@rank_pool.check(points=2)
def known_poolings(student, rng):
    "Weights that make it max pooling, and average pooling; with a wide padding."
    x = picture(rng, 3, 1, padding=2)
    for w in (np.eye(9)[0], np.ones(9)):
        yield student.rank_pool(x, 3, w, 1, 2)


def windows(x, size, stride, padding, outside):
    """All windows of a padded image: (C, OH, OW, size²)."""
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)), constant_values=outside)
    all_of_them = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return all_of_them.reshape(*all_of_them.shape[:3], -1)


def weighted(x, size, w, stride, padding, by=np.negative):
    """The right answer, but for the order of ranks: by what ``by`` makes of a pixel, smallest first."""
    seen = windows(x, size, stride, padding, np.nan)
    order = np.argsort(by(seen), axis=-1)  # NaN comes last
    ranked = np.take_along_axis(seen, order, -1)
    inside = ~np.isnan(ranked)
    return (w * np.nan_to_num(ranked)).sum(-1) / (w * inside).sum(-1), (w * inside).sum(-1), inside.sum(-1)


@rank_pool.misconception(of="rank_pool")
def smallest_first(x, size, w, stride, padding=0):
    """The smallest pixel was given the first weight. Rank 0 is the largest pixel of the window."""
    return weighted(x, size, w, stride, padding, np.positive)[0]


@rank_pool.misconception(of="rank_pool")
def by_magnitude(x, size, w, stride, padding=0):
    """Pixels were ranked by their magnitude. A negative number ranks below every positive one."""
    return weighted(x, size, w, stride, padding, lambda seen: -np.abs(seen))[0]


@rank_pool.misconception(of="rank_pool")
def unranked(x, size, w, stride, padding=0):
    """The weights were given to places in the window, as a convolution does. They belong to ranks: sort first."""
    seen = windows(x, size, stride, padding, np.nan)
    inside = ~np.isnan(seen)
    return (w * np.nan_to_num(seen)).sum(-1) / np.maximum((w * inside).sum(-1), 1e-9)


@rank_pool.misconception(of="rank_pool")
def rows_ranked(x, size, w, stride, padding=0):
    """Each row of the window was ranked by itself. There is one order of all its pixels."""
    seen = windows(x, size, stride, padding, np.nan)
    rows = seen.reshape(*seen.shape[:3], size, size)
    ranked = -np.sort(-rows, axis=-1).reshape(seen.shape)
    inside = ~np.isnan(ranked)
    return (w * np.nan_to_num(ranked)).sum(-1) / np.maximum((w * inside).sum(-1), 1e-9)


@rank_pool.misconception(of="rank_pool")
def zeros_take_part(x, size, w, stride, padding=0):
    """Zeros of the padding took part. Outside the image there is no pixel, so nothing there has a rank or a weight."""
    return -np.sort(-windows(x, size, stride, padding, 0.0), axis=-1) @ w / w.sum()


@rank_pool.misconception(of="rank_pool")
def zeros_dropped(x, size, w, stride, padding=0):
    """Pixels that are 0 were taken for padding. An image may hold zeros; what counts is where a pixel lies, not what it
    is."""
    return weighted(np.where(x == 0, np.nan, x), size, w, stride, padding)[0]


@rank_pool.misconception(of="rank_pool")
def divided_by_all(x, size, w, stride, padding=0):
    """At the border it was divided by the sum of all weights. Only the weights that were used count."""
    y, used, _ = weighted(x, size, w, stride, padding)
    return y * used / w.sum()


@rank_pool.misconception(of="rank_pool")
def not_divided(x, size, w, stride, padding=0):
    """The weighted sum was not divided by the weights that were used. It is a mean, so equal pixels must give that
    same number."""
    y, used, _ = weighted(x, size, w, stride, padding)
    return y * used


@rank_pool.misconception(of="rank_pool")
def divided_by_count(x, size, w, stride, padding=0):
    """The weighted sum was divided by the number of pixels. It is divided by the sum of their weights."""
    y, used, count = weighted(x, size, w, stride, padding)
    return y * used / count


@rank_pool.misconception(of="rank_pool")
def padding_ranks_first(x, size, w, stride, padding=0):
    """Padding took the first ranks at the border, and the pixels the last ones. The largest pixel inside the image has
    rank 0 in every window."""
    ranked = -np.sort(-windows(x, size, stride, padding, np.inf), axis=-1)
    inside = np.isfinite(ranked)
    return (w * np.where(inside, ranked, 0)).sum(-1) / np.maximum((w * inside).sum(-1), 1e-9)


@rank_pool.misconception(of="rank_pool")
def infinite_times_nothing(x, size, w, stride, padding=0):
    """0 · (−∞) is not 0 but NaN. Leave ranks that the window lacks out of the sum."""
    ranked = -np.sort(-windows(x, size, stride, padding, -np.inf), axis=-1)
    used = w * np.isfinite(ranked)
    with np.errstate(invalid="ignore"):
        return (used * ranked).sum(-1) / used.sum(-1)


@rank_pool.misconception(of="rank_pool")
def side_by_side(x, size, w, stride, padding=0):
    """The windows were laid side by side. The stride says how far each lies from the one before."""
    return weighted(x, size, w, size, padding)[0]


@rank_pool.misconception(of="rank_pool")
def last_window_lost(x, size, w, stride, padding=0):
    """The last row and column of windows are missing. The quotient of the size formula counts steps; the first window
    comes on top."""
    return weighted(x, size, w, stride, padding)[0][:, :-1, :-1]
