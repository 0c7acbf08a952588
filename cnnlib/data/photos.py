"""Real photographs, from those that scikit-image carries: nothing to download."""

from pathlib import Path
from typing import NamedTuple, overload

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.data.store.entry import Carrier, Entry

__all__ = ["PHOTOS", "load", "names", "whereabouts"]

CARRIER = Carrier("scikit-image", "skimage", "data")
ENTRY = Entry(
    title="Six photographs",
    licence="CC0 and public domain",
    size=1_857_444,
    source=CARRIER.package,
    scale="quick",
    carrier=CARRIER,
)


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


def names() -> list[str]:
    """The names that ``load`` knows, in alphabetical order."""
    return sorted(PHOTOS)


@overload
def load(name: str, size: int | None = None, *, grey: bool = False) -> np.ndarray: ...


@overload
def load(name: None = None, size: int | None = None, *, grey: bool = False) -> dict[str, np.ndarray]: ...


def load(name: str | None = None, size: int | None = None, *, grey: bool = False) -> np.ndarray | dict[str, np.ndarray]:
    """A photograph as float32 in [0, 1]: (3, H, W), or (H, W) with ``grey``. Without a name, all of them by name.

    With ``size``, the largest centred square is cut out and resampled to ``size`` × ``size``.
    Grey is the luminance 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    """
    from PIL import Image  # here, as the list of data sets needs NumPy alone

    if name is None:
        return {each: load(each, size, grey=grey) for each in names()}
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


def whereabouts() -> str | None:
    return CARRIER.whereabouts()


def _folder() -> Path:
    return CARRIER.required_path("The photographs")
