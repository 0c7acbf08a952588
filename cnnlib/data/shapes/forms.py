"""The outlines and surfaces of ``shapes``, as functions of where a pixel is.

An outline takes coordinates u to the right and v downwards, in radii of the shape, and gives the distance to its edge,
negative inside (near corners, something close to it). A surface takes coordinates in periods of its pattern, of
``period`` pixels, and gives how much of the second tone there is, 0 to 1, with edges one pixel wide.
"""

import numpy as np


def disc(u, v):
    return _length(u, v) - 0.85


def ring(u, v):
    return np.abs(_length(u, v) - 0.68) - 0.24


def crescent(u, v):
    return np.maximum(_length(u, v) - 0.95, 0.70 - _length(u - 0.45, v))


def square(u, v):
    return np.maximum(np.abs(u), np.abs(v)) - 0.74


def triangle(u, v):
    return np.maximum(v, 0.866025 * np.abs(u) - 0.5 * v) - 0.5


def cross(u, v):
    long, short = 0.92, 0.32
    u, v = np.abs(u), np.abs(v)
    return np.minimum(np.maximum(u - long, v - short), np.maximum(u - short, v - long))


def star(u, v):
    # Five lines bound a regular star; a point is inside of it if it is beyond one of them at most.
    normals = (0.0, -1.0), (0.951057, -0.309017), (0.587785, 0.809017), (-0.587785, 0.809017), (-0.951057, -0.309017)
    beyond = np.sort(np.stack([a * u + b * v for a, b in normals]), axis=0)
    return beyond[-2] - 0.33


def arrow(u, v):
    v = np.abs(v)
    head = np.maximum(0.05 - u, 0.646330 * (u - 0.95) + 0.763057 * v)
    shaft = np.maximum(np.maximum(v - 0.26, u - 0.1), -0.90 - u)
    return np.minimum(head, shaft)


def plain(x, y, period):
    return np.zeros(np.broadcast_shapes(x.shape, y.shape, period.shape))


def striped(x, y, period):
    return _wave(x, period)


def chequered(x, y, period):
    return 0.5 + 0.5 * (2 * _wave(x, period) - 1) * (2 * _wave(y, period) - 1)


def dotted(x, y, period):
    distance = _length(x - np.floor(x) - 0.5, y - np.floor(y) - 0.5)
    return ((0.30 - distance) * period + 0.5).clip(0, 1)


def _length(u, v):
    return np.sqrt(u * u + v * v)


def _wave(x, period):
    return ((2 * np.abs(x - np.floor(x) - 0.5) - 0.5) * period / 2 + 0.5).clip(0, 1)


OUTLINES = {form.__name__: form for form in (disc, ring, crescent, square, triangle, cross, star, arrow)}
SURFACES = {surface.__name__: surface for surface in (plain, striped, chequered, dotted)}
