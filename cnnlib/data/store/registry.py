"""The data sets by name."""

from importlib.util import find_spec
from typing import NamedTuple

from cnnlib import _arguments as arguments
from cnnlib.data import cifar10, digits, photos, shapes

__all__ = ["Entry", "entry", "load", "names", "whereabouts"]


class Entry(NamedTuple):
    """What is to be known about a data set before it is used."""

    name: str
    title: str
    licence: str
    size: int  # bytes of its files; 0 for what is generated
    source: str  # where its files are from
    citation: str  # a key of book/references.bib, or ""
    scale: str  # of the book's experiments that use it: "quick" or "full"


PHOTOS = Entry("photos", "Six photographs", "CC0 and public domain", 1_857_444, "scikit-image", "", "quick")
DIGITS = Entry(
    "digits",
    "1,797 handwritten digits of 8 × 8 pixels",
    "CC BY 4.0",
    57_523,
    "scikit-learn",
    "alpaydin1998cascading",
    "quick",
)
SHAPES = Entry(
    "shapes",
    "Coloured, textured shapes on textured ground, with classes, boxes, masks and captions",
    "MIT, as the course",
    0,
    "generated",
    "",
    "quick",
)
CIFAR10 = Entry(
    "cifar10",
    "CIFAR-10: 60,000 photographs of 32 × 32 pixels in ten classes",
    "none stated; cite the report",
    cifar10.ARCHIVE.size,
    "www.cs.toronto.edu/~kriz",
    "krizhevsky2009learning",
    "full",
)
LOADERS = {"photos": photos.load_all, "digits": digits.load, "shapes": shapes.load, "cifar10": cifar10.load}
ENTRIES = {entry.name: entry for entry in (PHOTOS, DIGITS, SHAPES, CIFAR10)}


def names():
    """The names that ``load`` knows, as a list."""
    return list(ENTRIES)


def entry(name):
    """What is to be known about the data set: an ``Entry``."""
    return ENTRIES[_known(name)]


def load(name, **options):
    """The data set of that name: a record of arrays, as the ``load`` of its module gives it.

    Options are those of that function, for example ``load("photos", size=64)``. "cifar10" is downloaded where it is
    not here yet; all others come with the course's packages, or are generated.
    """
    function = LOADERS[_known(name)]
    return function(**arguments.options(function, options, name))


def whereabouts(name):
    """Where the data set is, in words; "" where it would have to be downloaded."""
    if _known(name) == "cifar10":
        path = cifar10.whereabouts()
        return "" if path is None else str(path)
    if name == "shapes":
        return "generated when asked for"
    found = find_spec({"photos": "skimage", "digits": "sklearn"}[name])
    return f"with {entry(name).source}" if found else ""


def _known(name):
    return arguments.known("name", name, ENTRIES, "a data set's name")
