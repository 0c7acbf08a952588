"""What the widgets share in Python: traits that check and convert what they are given."""

from collections.abc import Collection

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments


def grey_levels(photo: ArrayLike, largest: int, *, colour: bool = False) -> tuple[bytes, tuple[int, ...]]:
    """The pixels of a photo with values in [0, 1] as bytes 0 … 255, with their shape (C, H, W)."""
    expected = f"a photo of 8 to {largest} pixels a side: floats in [0, 1] of shape (H, W)" + " or (3, H, W)" * colour
    try:
        pixels = np.asarray(photo)
    except ValueError:  # ragged nested lists
        arguments.fail("photo", photo, expected)
    if pixels.dtype.kind not in "fiu":
        arguments.fail("photo.dtype", pixels.dtype.name, expected)
    channels = (1, 3) if colour else ()
    shape_fits = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[0] in channels)
    if not shape_fits or min(pixels.shape[-2:]) < 8 or max(pixels.shape[-2:]) > largest:
        arguments.fail("photo.shape", pixels.shape, expected)
    low, high = float(pixels.min()), float(pixels.max())
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        arguments.fail("photo's range", (low, high), expected)
    shape = (1, *pixels.shape) if pixels.ndim == 2 else pixels.shape
    return np.round(pixels * 255).astype(np.uint8).tobytes(), shape


class Whole(traitlets.TraitType):
    """An integer from ``low`` to ``high``."""

    def __init__(self, low: int, high: int, default: int | None = None) -> None:
        self.low, self.high = low, high
        super().__init__(low if default is None else default)

    def validate(self, obj, value):
        number = arguments.integer(self.name, value, self.low)
        if number > self.high:
            arguments.fail(self.name, value, f"at most {self.high}")
        return number


class Matrix(traitlets.TraitType):
    """A small matrix, given as an array or nested lists and held as nested lists, which JSON can carry.

    ``sizes`` are the allowed numbers of rows and of columns; entries are at most ``limit`` in magnitude.
    """

    def __init__(self, sizes: Collection[int], limit: int = 999, *, square: bool = False, whole: bool = False) -> None:
        self.sizes, self.limit, self.square, self.whole = sizes, limit, square, whole
        super().__init__([[0]])

    def validate(self, obj, value):
        return matrix(self.name, value, self.sizes, self.limit, square=self.square, whole=self.whole)


def matrix(
    name: str,
    value: ArrayLike,
    sizes: Collection[int],
    limit: int = 999,
    *,
    square: bool = False,
    whole: bool = False,
) -> list[list[float]]:
    """``value`` as nested lists of numbers, if it is such a matrix as ``Matrix`` describes."""
    result = arguments.array(name, value, "rows, columns")
    rows, columns = result.shape
    if rows not in sizes or columns not in sizes or (square and rows != columns):
        allowed = [f"{n}×{n}" for n in sizes]
        expected = " or ".join(allowed) if square else f"from {allowed[0]} to {allowed[-1]}"
        arguments.fail(f"{name}.shape", result.shape, expected)
    if not np.all(np.abs(result) <= limit):  # written so that NaN fails too
        arguments.fail(name, result.tolist(), f"numbers from −{limit} to {limit}")
    if whole and np.any(result != np.round(result)):
        arguments.fail(name, result.tolist(), "whole numbers")
    return result.astype(int if whole else float).tolist()
