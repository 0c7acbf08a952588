"""What is to be in each picture of ``shapes``: drawn at random, before any pixel is."""

import numpy as np

from cnnlib.data.shapes.forms import FORMS
from cnnlib.data.shapes.textures import TEXTURES

# Arrays by name, whose first axis is the picture; lengths are fractions of its side.
Plan = dict[str, np.ndarray]

COLOURS = {  # red, green, blue, 0 to 1
    "red": (0.83, 0.22, 0.20),
    "orange": (0.94, 0.56, 0.12),
    "yellow": (0.95, 0.84, 0.32),
    "green": (0.14, 0.56, 0.38),
    "blue": (0.12, 0.40, 0.74),
    "violet": (0.52, 0.34, 0.70),
    "pink": (0.94, 0.66, 0.74),
    "white": (0.93, 0.92, 0.88),
    "black": (0.15, 0.15, 0.19),
}
APART = 0.5  # how far colours are from each other, in RGB, that differ at a glance
RADII = 0.22, 0.36  # of a lone shape, as fractions of the picture's side; of several, less
CANDIDATES = 16  # places tried for each shape, of which the one farthest from the others is taken


def make_plan(rng: np.random.Generator, N: int, fewest: int, most: int) -> Plan:
    """A ``Plan`` of ``N`` pictures of ``fewest`` to ``most`` shapes."""
    K = most
    plan: Plan = {"form": rng.integers(0, len(FORMS), (N, K))}
    plan["form"][:, 0] = np.argsort(rng.random(N), kind="stable") % len(FORMS)
    plan["present"] = np.arange(K) < rng.integers(fewest, most + 1, N)[:, None]
    # Ground first, then the shapes: a colour far enough from the ground's, a texture, the tone of its pattern.
    rgb = np.array(list(COLOURS.values()))
    ground = rng.integers(0, len(rgb), N)
    red, green, blue = np.square(rgb[:, None] - rgb).transpose(2, 0, 1)
    near = red + green + blue < APART**2
    order = np.argsort(rng.random((N, K, len(rgb))) + near[ground][:, None], axis=2, kind="stable")
    plan["colour"] = np.concatenate([ground[:, None], order[:, :, 0]], axis=1)
    plan["rgb"] = rgb[plan["colour"]] + 0.08 * (rng.random((N, K + 1, 3)) - 0.5)
    lighter = rng.random((N, K + 1)) > plan["rgb"][..., 1]  # the darker, the more often
    plan["tone"] = np.where(lighter[..., None], 0.55 * plan["rgb"] + 0.45, 0.66 * plan["rgb"])
    plan["texture"] = rng.integers(0, len(TEXTURES), (N, K + 1))
    plan["grain"] = _direction(rng, (N, K + 1))
    plan["phase"] = rng.random((N, K + 1, 2))
    plan["light"] = 0.24 * (rng.random((N, 2)) - 0.5)
    # Sizes and places of the shapes.
    low, high = RADII
    share = rng.random((N, K))
    share = np.where(plan["present"], share, -1)
    plan["share"] = -np.sort(-share, axis=1)  # the largest first; −1 for those that are not there
    crowd = 1 / np.sqrt(plan["present"].sum(axis=1, keepdims=True))
    plan["radius"] = (low + (high - low) * plan["share"].clip(0)) * (0.2 + 0.8 * crowd)
    plan["period"] = np.concatenate(
        [0.12 + 0.10 * rng.random((N, 1)), plan["radius"] * (0.42 + 0.2 * rng.random((N, K)))], axis=1
    )
    plan["turn"] = _direction(rng, (N, K))
    plan["place"] = _places(rng, plan["radius"])
    return plan


def _direction(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Unit vectors at random, by the rational points of the circle: no sine, which not every machine rounds alike."""
    t, sign = 2 * rng.random(shape) - 1, np.where(rng.random(shape) < 0.5, -1, 1)
    return np.stack([sign * (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)], axis=-1)


def _places(rng: np.random.Generator, radius: np.ndarray) -> np.ndarray:
    """Centres (N, K, 2), x and y, so that each shape is all in the picture, and as far from the others as it goes."""
    N, K = radius.shape
    inside = radius[:, :, None, None] + (1 - 2 * radius[:, :, None, None]) * rng.random((N, K, CANDIDATES, 2))
    places = inside[:, :, 0].copy()
    for k in range(1, K):
        apart = inside[:, k, :, None] - places[:, None, :k]  # (N, candidates, earlier shapes, 2)
        gap = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2) - radius[:, None, :k] - radius[:, k, None, None]
        places[:, k] = inside[np.arange(N), k, gap.min(axis=2).argmax(axis=1)]
    return places
