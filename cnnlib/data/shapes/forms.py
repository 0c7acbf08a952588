"""The forms of ``shapes``, as functions of where a pixel is.

A form takes coordinates u to the right and v downwards, in radii of the shape, and gives the distance to its edge,
negative inside (near corners, something close to it).
"""

import numpy as np


def disc(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return length(u, v) - 0.85


def ring(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.abs(length(u, v) - 0.68) - 0.24


def crescent(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(length(u, v) - 0.95, 0.70 - length(u - 0.45, v))


def square(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(u), np.abs(v)) - 0.74


def triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.maximum(v, 0.866025 * np.abs(u) - 0.5 * v) - 0.5


def cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    long, short = 0.92, 0.32
    u, v = np.abs(u), np.abs(v)
    return np.minimum(np.maximum(u - long, v - short), np.maximum(u - short, v - long))


def star(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    # Five lines bound a regular star; a point is inside of it if it is beyond one of them at most.
    normals = (0.0, -1.0), (0.951057, -0.309017), (0.587785, 0.809017), (-0.587785, 0.809017), (-0.951057, -0.309017)
    beyond = np.sort(np.stack([a * u + b * v for a, b in normals]), axis=0)
    return beyond[-2] - 0.33


def arrow(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    v = np.abs(v)
    head = np.maximum(0.05 - u, 0.646330 * (u - 0.95) + 0.763057 * v)
    shaft = np.maximum(np.maximum(v - 0.26, u - 0.1), -0.90 - u)
    return np.minimum(head, shaft)


def length(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.sqrt(u * u + v * v)


FORMS = {form.__name__: form for form in (disc, ring, crescent, square, triangle, cross, star, arrow)}
