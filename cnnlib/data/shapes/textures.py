"""The textures of ``shapes``, as functions of where a pixel is.

A texture takes coordinates in periods of its pattern, of ``period`` pixels, and gives how much of the second tone there
is, 0 to 1, with edges one pixel wide.
"""

import numpy as np

from cnnlib.data.shapes.forms import length


def plain(x: np.ndarray, y: np.ndarray, period: np.ndarray) -> np.ndarray:
    return np.zeros(np.broadcast_shapes(x.shape, y.shape, period.shape))


def striped(x: np.ndarray, y: np.ndarray, period: np.ndarray) -> np.ndarray:
    return _wave(x, period)


def chequered(x: np.ndarray, y: np.ndarray, period: np.ndarray) -> np.ndarray:
    return 0.5 + 0.5 * (2 * _wave(x, period) - 1) * (2 * _wave(y, period) - 1)


def dotted(x: np.ndarray, y: np.ndarray, period: np.ndarray) -> np.ndarray:
    distance = length(x - np.floor(x) - 0.5, y - np.floor(y) - 0.5)
    return ((0.30 - distance) * period + 0.5).clip(0, 1)


def _wave(x: np.ndarray, period: np.ndarray) -> np.ndarray:
    return ((2 * np.abs(x - np.floor(x) - 0.5) - 0.5) * period / 2 + 0.5).clip(0, 1)


TEXTURES = {texture.__name__: texture for texture in (plain, striped, chequered, dotted)}
