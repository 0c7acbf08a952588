"""The data sets of the book and the labs, one module each, and their catalogue: ``load("digits")``."""

from cnnlib.data import cifar10, digits, photos, shapes
from cnnlib.data.store.registry import entry, load, names

__all__ = ["cifar10", "digits", "entry", "load", "names", "photos", "shapes"]
