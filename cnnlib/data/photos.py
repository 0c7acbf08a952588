"""Real photographs, from those that scikit-image carries: nothing to download."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnnlib import _arguments as arguments

__all__ = ["PHOTOS", "load", "load_all", "names"]


class Photo(NamedTuple):
    """Where a photograph comes from."""

    file: str
    subject: str
    credit: str
    licence: str


PHOTOS = {
    "astronaut": Photo("astronaut.png", "an astronaut in front of a flag and a shuttle model", "NASA", "public domain"),
    "brick": Photo("brick.png", "a brick wall", "CC0 Textures", "CC0"),
    "camera": Photo("camera.png", "a man with a camera on a tripod", "Lav Varshney", "CC0"),
    "cat": Photo("chelsea.png", "a ginger cat", "Stéfan van der Walt", "CC0"),
    "coffee": Photo("coffee.png", "a cup of coffee with a spoon", "Rachel Michetti", "CC0"),
    "rocket": Photo("rocket.jpg", "a rocket on its launch pad", "SpaceX", "public domain"),
}


def names():
    """The names that ``load`` knows, in alphabetical order."""
    return sorted(PHOTOS)


def load(name, size=None, *, grey=False):
    """A photograph as float32 in [0, 1]: (3, H, W), or (H, W) with ``grey``.

    With ``size``, the largest centred square is cut out and resampled to ``size`` × ``size``.
    Grey is the luminance 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    """
    from PIL import Image  # here, so that the other data sets need NumPy alone

    arguments.choice("name", name, names())
    image = Image.open(_folder() / PHOTOS[name].file).convert("L" if grey else "RGB")
    if size is not None:
        size = arguments.integer("size", size, 1)
        if size > 4096:
            arguments.fail("size", size, "at most 4096 pixels")
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.resize((size, size), Image.Resampling.LANCZOS, (left, top, left + side, top + side))
    pixels = np.asarray(image, np.float32) / 255
    return pixels if grey else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def load_all(size=None, grey=False):
    """All photographs by name: a dictionary of what ``load`` gives."""
    return {name: load(name, size, grey=grey) for name in names()}


def _folder():
    # Found without importing scikit-image, which would bring SciPy along.
    package = find_spec("skimage")
    if package is None:
        raise ModuleNotFoundError("The photographs come with scikit-image: pip install scikit-image")
    return Path(package.origin).parent / "data"
