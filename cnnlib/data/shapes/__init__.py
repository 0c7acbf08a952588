"""Coloured, textured shapes on textured ground, drawn by rule: with class, box, mask and caption for each picture.

Colours and textures, of shape and ground, are drawn independently of the class, so that only the form tells it. All
arithmetic is +, −, ×, ÷ and square roots of float64, which every machine rounds alike: a seed gives the same pictures
everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.data.shapes.captions import describe
from cnnlib.data.shapes.forms import FORMS
from cnnlib.data.shapes.paint import paint
from cnnlib.data.shapes.plan import make_plan
from cnnlib.data.store.entry import Entry

__all__ = ["Scenes", "Shapes", "generate", "load", "whereabouts"]

ENTRY = Entry(
    title="Coloured, textured shapes on textured ground, with classes, boxes, masks and captions",
    licence="MIT, as the course",
    size=0,
    source="generated",
    scale="quick",
)
CLASSES = tuple(FORMS)
PIXELS = 2**19  # painted at a time


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
    captions: tuple[str, ...]

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.images, self.labels))


class Shapes(NamedTuple):
    """Scenes for training and for testing, and the names of the classes."""

    train: Scenes
    test: Scenes
    classes: tuple[str, ...]
    source: str


def load(
    train: int = 2000, test: int = 1000, size: int = 32, objects: int | tuple[int, int] = 1, seed: int = 0
) -> Shapes:
    """``Shapes`` of that many pictures for training and for testing; the other arguments are those of ``generate``."""
    train, test = arguments.integer("train", train, 1), arguments.integer("test", test, 1)
    seed = arguments.integer("seed", seed, 0)
    first, second = (_scenes(number, size, objects, [seed, part]) for part, number in ((1, train), (2, test)))
    return Shapes(first, second, CLASSES, "generated")


def whereabouts() -> str:
    return "generated when asked for"


def generate(number: int, size: int = 32, objects: int | tuple[int, int] = 1, seed: int = 0) -> Scenes:
    """``Scenes`` of ``number`` pictures of ``size`` × ``size`` pixels, 16 to 512.

    ``objects`` is how many shapes each picture has, 1 to 6, or a pair: the fewest and the most. Classes are as evenly
    spread over ``labels`` as can be. Small shapes lie on larger ones where there is no room beside them.
    """
    return _scenes(arguments.integer("number", number, 1), size, objects, arguments.integer("seed", seed, 0))


def _scenes(N: int, S: int, objects: int | tuple[int, int], seed: int | list[int]) -> Scenes:
    if arguments.integer("size", S, 16) > 512:
        arguments.fail("size", S, "at most 512 pixels")
    fewest, most = arguments.pair("objects", objects, 1)
    if fewest > most or most > 6:
        arguments.fail("objects", objects, "1 to 6, or a pair of them, the smaller first")
    rng = np.random.Generator(np.random.PCG64(seed))
    plan = make_plan(rng, N, fewest, most)
    images: np.ndarray = np.empty((N, 3, S, S), np.uint8)
    instances: np.ndarray = np.empty((N, S, S), np.uint8)
    step = max(1, PIXELS // S**2)
    for start in range(0, N, step):
        part = slice(start, start + step)
        images[part], instances[part] = paint({key: value[part] for key, value in plan.items()}, S, rng)
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
        tuple(describe({key: value[n] for key, value in plan.items()}) for n in range(N)),
    )


def _boxes(instances: np.ndarray, K: int) -> np.ndarray:
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
