"""What the data sets are made of: plain tuples of arrays."""

from typing import NamedTuple

import numpy as np

__all__ = ["Dataset", "Pair"]


class Pair(NamedTuple):
    """Images and their labels, to unpack: ``images, labels = digits.train``."""

    images: np.ndarray  # (N, C, H, W) uint8, 0 to 255
    labels: np.ndarray  # (N,) int64, an index into the data set's classes


class Dataset(NamedTuple):
    """Images for training and for testing, the names of their classes, and which copy of the data this is."""

    train: Pair
    test: Pair
    classes: tuple[str, ...]
    source: str
