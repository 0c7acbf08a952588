"""Handwritten digits, 8×8 pixels, from the file that scikit-learn carries: nothing to download."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments
from cnnlib.data.store.dataset import Dataset, Pair
from cnnlib.data.store.entry import Carrier, Entry

__all__ = ["load", "on_canvas", "whereabouts"]

CARRIER = Carrier("scikit-learn", "sklearn", "datasets/data")
ENTRY = Entry(
    title="1,797 handwritten digits of 8 × 8 pixels",
    licence="CC BY 4.0",
    size=57_523,
    source=CARRIER.package,
    scale="quick",
    citation="alpaydin1998cascading",
    carrier=CARRIER,
)
N_TEST = 500  # of 1,797: one image is 0.2 % of it


def load() -> Dataset:
    """The 1,797 digits of Alpaydin and Kaynak (1998): a ``Dataset`` of 1,297 for training and 500 for testing.

    Images are (N, 1, 8, 8), ink bright on black: 255/16 times the count of dark pixels, 0 to 16, that the file holds.
    The test digits are spread evenly over the file for each class, so that both parts have the same proportions of
    classes, and digits by each of the 13 writers, who follow one another in the file.
    """
    rows = np.loadtxt(_file(), delimiter=",", dtype=np.int64)
    images = ((rows[:, :64] * 255 + 8) // 16).astype(np.uint8).reshape(-1, 1, 8, 8)
    labels = rows[:, 64]
    test = _evenly_spread(labels, N_TEST)
    classes = tuple(str(digit) for digit in range(10))
    return Dataset(Pair(images[~test], labels[~test]), Pair(images[test], labels[test]), classes, "scikit-learn")


def whereabouts() -> str | None:
    return CARRIER.whereabouts()


def on_canvas(images: np.ndarray, size: int = 32, zoom: int = 3, shifts: ArrayLike | None = None) -> np.ndarray:
    """Each image enlarged and pasted onto black: (N, C, size, size) uint8, from ``images`` (N, C, H, W) uint8.

    An image is enlarged ``zoom`` times (bilinear, as ``torch.nn.functional.interpolate`` does it without
    ``align_corners``) and stands at the centre, plus its row of ``shifts`` (N, 2): pixels downwards and to the right.
    ``ValueError`` where an image would reach over the edge.
    """
    images = arguments.array("images", images, "N, C, H, W")
    if images.dtype != np.uint8:
        arguments.fail("images.dtype", images.dtype.name, "uint8, for numbers from 0 to 255")
    size, zoom = arguments.integer("size", size, 1), arguments.integer("zoom", zoom, 1)
    N, C, H, W = images.shape
    if max(H, W) * zoom > size:
        expected = f"at least {max(H, W)} · {zoom} = {max(H, W) * zoom}, to hold an image enlarged {zoom} times"
        arguments.fail("size", size, expected)
    room = np.array([size - H * zoom, size - W * zoom])
    corners = room // 2 + _shifts(shifts, N)
    outside = np.flatnonzero(((corners < 0) | (corners > room)).any(axis=1))
    if len(outside):
        low, high = (-(room // 2)).tolist(), (room - room // 2).tolist()
        expected = f"within {low} and {high}, or the image reaches over the edge"
        arguments.fail(f"shifts[{outside[0]}]", np.asarray(shifts)[outside[0]].tolist(), expected)
    large = np.rint(_bilinear(H, zoom) @ images @ _bilinear(W, zoom).T).astype(np.uint8)
    canvas = np.zeros((N, C, size, size), np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(canvas, large.shape[2:], axis=(2, 3), writeable=True)
    windows[np.arange(N), :, corners[:, 0], corners[:, 1]] = large
    return canvas


def _file() -> Path:
    return CARRIER.required_path("The digits") / "digits.csv.gz"


def _evenly_spread(labels: np.ndarray, count: int) -> np.ndarray:
    """A mask of ``count`` of the labels: of each class its share, evenly spread over its members."""
    sizes = np.bincount(labels)
    shares = sizes * count // len(labels)
    left = np.argsort(-(sizes * count % len(labels)), kind="stable")[: count - shares.sum()]
    shares[left] += 1  # the largest remainders
    mask: np.ndarray = np.zeros(len(labels), bool)
    for label, share in enumerate(shares):
        members = np.flatnonzero(labels == label)
        mask[members[(2 * np.arange(share) + 1) * len(members) // (2 * share)]] = True
    return mask


def _shifts(shifts: ArrayLike | None, N: int) -> np.ndarray:
    if shifts is None:
        return np.zeros((N, 2), np.int64)
    result = arguments.array("shifts", shifts, "N, 2")
    if result.dtype.kind not in "iu":
        arguments.fail("shifts.dtype", result.dtype.name, "of integers: whole pixels")
    if result.shape != (N, 2):
        arguments.fail("shifts.shape", result.shape, f"two integers per image, ({N}, 2)")
    return result.astype(np.int64)


def _bilinear(n: int, zoom: int) -> np.ndarray:
    """The matrix (n · zoom, n) of bilinear enlargement along one axis; pixels are taken to lie at their centres."""
    position = ((np.arange(n * zoom) + 0.5) / zoom - 0.5).clip(0, n - 1)
    return np.maximum(0, 1 - np.abs(position[:, None] - np.arange(n)))
