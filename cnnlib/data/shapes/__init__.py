"""Coloured, textured shapes on textured ground, drawn by rule: with class, box, mask and caption for each picture.

Colours and textures, of shape and ground, are drawn independently of the class, so that only the outline tells it. All
arithmetic is +, −, ×, ÷ and square roots of float64, which every machine rounds alike: a seed gives the same pictures
everywhere.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.data.shapes.forms import OUTLINES, SURFACES

__all__ = ["Scenes", "Shapes", "generate", "load"]

CLASSES = tuple(OUTLINES)
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
PIXELS = 2**19  # drawn at a time


@dataclass(frozen=True, eq=False)
class Scenes:
    """N pictures of up to K shapes each. It unpacks as ``images, labels``, all that classification needs.

    images: (N, 3, S, S) uint8, 0 to 255
    labels: (N,) int64, the class of the picture: that of its largest shape
    objects: (N, K) int64, the class of each shape, the largest first; −1 where there are fewer than K
    boxes: (N, K, 4) float32, for each shape the left, top, right and bottom edge of what is seen of it, in pixels from
        the corner of the picture, as torchvision has them; 0 where there are fewer than K
    masks: (N, S, S) uint8, 0 on the ground, 1 + class on a shape
    instances: (N, S, S) uint8, 0 on the ground, 1 + its place among ``objects`` on a shape
    captions: N phrases, such as "a small red striped star at the top left on a white ground"
    """

    images: np.ndarray
    labels: np.ndarray
    objects: np.ndarray
    boxes: np.ndarray
    masks: np.ndarray
    instances: np.ndarray
    captions: tuple

    def __iter__(self):
        return iter((self.images, self.labels))


class Shapes(NamedTuple):
    """Scenes for training and for testing, and the names of the classes."""

    train: Scenes
    test: Scenes
    classes: tuple
    source: str


def load(train=2000, test=1000, size=32, objects=1, seed=0):
    """``Shapes`` of that many pictures for training and for testing; the other arguments are those of ``generate``."""
    train, test = arguments.integer("train", train, 1), arguments.integer("test", test, 1)
    seed = arguments.integer("seed", seed, 0)
    scenes = (_scenes(number, size, objects, [seed, part]) for part, number in ((1, train), (2, test)))
    return Shapes(*scenes, CLASSES, "generated")


def generate(number, size=32, objects=1, seed=0):
    """``Scenes`` of ``number`` pictures of ``size`` × ``size`` pixels, 16 to 512.

    ``objects`` is how many shapes each picture has, 1 to 6, or a pair: the fewest and the most. Classes are as evenly
    spread over ``labels`` as can be. Small shapes lie on larger ones where there is no room beside them.
    """
    return _scenes(arguments.integer("number", number, 1), size, objects, arguments.integer("seed", seed, 0))


def _scenes(N, S, objects, seed):
    if arguments.integer("size", S, 16) > 512:
        arguments.fail("size", S, "at most 512 pixels")
    fewest, most = arguments.pair("objects", objects, 1)
    if fewest > most or most > 6:
        arguments.fail("objects", objects, "1 to 6, or a pair of them, the smaller first")
    rng = np.random.Generator(np.random.PCG64(seed))
    plan = _plan(rng, N, fewest, most)
    images, instances = np.empty((N, 3, S, S), np.uint8), np.empty((N, S, S), np.uint8)
    step = max(1, PIXELS // S**2)
    for start in range(0, N, step):
        part = slice(start, start + step)
        images[part], instances[part] = _draw({key: value[part] for key, value in plan.items()}, S, rng)
    classes = np.where(plan["present"], plan["form"], -1)
    first = np.concatenate([np.zeros((N, 1), np.int64), 1 + classes], axis=1)
    masks = np.take_along_axis(first, instances.reshape(N, -1).astype(np.int64), axis=1)
    return Scenes(
        images,
        classes[:, 0].copy(),
        classes,
        _boxes(instances, most),
        masks.reshape(N, S, S).astype(np.uint8),
        instances,
        tuple(_caption({key: value[n] for key, value in plan.items()}) for n in range(N)),
    )


def _plan(rng, N, fewest, most):
    """What is in each picture: arrays whose first axis is the picture; lengths are fractions of its side."""
    K = most
    plan = {"form": rng.integers(0, len(CLASSES), (N, K))}
    plan["form"][:, 0] = np.argsort(rng.random(N), kind="stable") % len(CLASSES)
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
    plan["surface"] = rng.integers(0, len(SURFACES), (N, K + 1))
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


def _direction(rng, shape):
    """Unit vectors at random, by the rational points of the circle: no sine, which not every machine rounds alike."""
    t, sign = 2 * rng.random(shape) - 1, np.where(rng.random(shape) < 0.5, -1, 1)
    return np.stack([sign * (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)], axis=-1)


def _places(rng, radius):
    """Centres (N, K, 2), x and y, so that each shape is all in the picture, and as far from the others as it goes."""
    N, K = radius.shape
    inside = radius[:, :, None, None] + (1 - 2 * radius[:, :, None, None]) * rng.random((N, K, CANDIDATES, 2))
    places = inside[:, :, 0].copy()
    for k in range(1, K):
        apart = inside[:, k, :, None] - places[:, None, :k]  # (N, candidates, earlier shapes, 2)
        gap = np.sqrt(apart[..., 0] ** 2 + apart[..., 1] ** 2) - radius[:, None, :k] - radius[:, k, None, None]
        places[:, k] = inside[np.arange(N), k, gap.min(axis=2).argmax(axis=1)]
    return places


def _draw(plan, S, rng):
    """The images (n, 3, S, S) and instances (n, S, S) of a part of the plan."""
    n, K = plan["form"].shape
    centres = (np.arange(S) + 0.5) / S
    y, x = centres[None, :, None], centres[None, None, :]
    picture = _paint(plan, 0, x, y, S)
    instances = np.zeros((n, S, S), np.uint8)
    for k in range(K):
        shadow = _distance(plan, k, x - 0.02, y - 0.035)
        dark = plan["present"][:, k, None, None] * (0.5 - shadow * 12).clip(0, 1)
        picture *= 1 - 0.38 * dark[:, None]
        distance = _distance(plan, k, x, y)
        cover = (plan["present"][:, k, None, None] * (0.5 - distance * S).clip(0, 1))[:, None]
        picture += cover * (_paint(plan, k + 1, x, y, S) - picture)
        instances[plan["present"][:, k, None, None] & (distance <= 0)] = k + 1
    slope = plan["light"][:, :, None, None]
    light = 1 + slope[:, 0] * (2 * x - 1) + slope[:, 1] * (2 * y - 1)
    noise = 0.05 * (rng.random((n, S, S)) - 0.5)
    picture = picture * light[:, None] + noise[:, None]
    return np.floor(picture.clip(0, 1) * 255 + 0.5).astype(np.uint8), instances


def _distance(plan, k, x, y):
    """From every pixel to the edge of shape ``k`` of each picture, in sides of the picture: (n, S, S)."""
    radius, turn, place = (plan[key][:, k, None, None] for key in ("radius", "turn", "place"))
    right, down = (x - place[..., 0]) / radius, (y - place[..., 1]) / radius
    u, v = turn[..., 0] * right + turn[..., 1] * down, turn[..., 0] * down - turn[..., 1] * right
    distance = np.empty(u.shape)
    for form, outline in enumerate(OUTLINES.values()):
        those = plan["form"][:, k] == form
        distance[those] = outline(u[those], v[those])
    return distance * radius


def _paint(plan, k, x, y, S):
    """The ground (``k`` = 0) or the colours of shape ``k`` − 1 of each picture, all over: (n, 3, S, S)."""
    grain, phase, period = (plan[key][:, k, None, None] for key in ("grain", "phase", "period"))
    across = (grain[..., 0] * x + grain[..., 1] * y) / period + phase[..., 0]
    along = (grain[..., 0] * y - grain[..., 1] * x) / period + phase[..., 1]
    pattern = np.empty(across.shape)
    for kind, surface in enumerate(SURFACES.values()):
        those = plan["surface"][:, k] == kind
        pattern[those] = surface(across[those], along[those], period[those] * S)
    first, second = plan["rgb"][:, k, :, None, None], plan["tone"][:, k, :, None, None]
    return first + (second - first) * pattern[:, None]


def _boxes(instances, K):
    """(N, K, 4): the tight box around each number in ``instances``."""
    N, S, _ = instances.shape
    boxes = np.zeros((N, K, 4), np.float32)
    for k in range(K):
        seen = instances == k + 1
        for axis, (low, high) in ((1, (0, 2)), (2, (1, 3))):
            line = seen.any(axis=axis)
            boxes[:, k, low] = line.argmax(axis=1)
            boxes[:, k, high] = np.where(line.any(axis=1), S - line[:, ::-1].argmax(axis=1), 0)
    return boxes


def _caption(plan):
    """In words, one picture of the plan."""
    shapes = []
    for k in np.flatnonzero(plan["present"]):
        size = "small" if plan["share"][k] < 1 / 3 else "large" if plan["share"][k] > 2 / 3 else ""
        words = f"{size} {_surface(plan, k + 1)} {CLASSES[plan['form'][k]]}"
        shapes.append(f"{_with_article(words)} {_where(*plan['place'][k])}")
    listed = " and ".join([", ".join(shapes[:-1]), shapes[-1]] if len(shapes) > 1 else shapes)
    return f"{listed} on {_with_article(_surface(plan, 0) + ' ground')}"


def _surface(plan, k):
    texture = list(SURFACES)[plan["surface"][k]]
    return f"{list(COLOURS)[plan['colour'][k]]} {'' if texture == 'plain' else texture}"


def _with_article(words):
    words = " ".join(words.split())
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _where(x, y):
    down, across = (names[int(3 * value)] for names, value in ((("top", "", "bottom"), y), (("left", "", "right"), x)))
    return f"at the {down} {across}".replace("  ", " ").rstrip() if down or across else "in the middle"
