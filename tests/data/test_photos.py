"""The photographs load, whole and cut, in the ranges and orders that are promised."""

import subprocess
import sys

import numpy as np
import pytest
from skimage import data

from cnnlib.checkout import BOOK
from cnnlib.data import photos


@pytest.mark.parametrize("name", photos.names())
def test_loads(name):
    colour, grey = photos.load(name), photos.load(name, grey=True)
    assert colour.shape == (3, *grey.shape) and colour.dtype == grey.dtype == np.float32
    assert grey.min() >= 0 and grey.max() <= 1 and grey.std() > 0.05
    assert photos.load(name, 32).shape == (3, 32, 32)


def test_is_the_photograph_itself():
    assert np.array_equal(photos.load("cat"), data.cat().transpose(2, 0, 1).astype(np.float32) / 255)


def test_cuts_the_centre_without_stretching():
    whole = photos.load("cat", grey=True)
    height, width = whole.shape
    left = (width - height) // 2
    assert np.array_equal(photos.load("cat", height, grey=True), whole[:, left : left + height])


def test_needs_neither_scipy_nor_torch():
    code = "import sys; from cnnlib.data import photos; photos.load('cat', 8); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"scipy", "torch", "skimage"} & set(loaded)


@pytest.mark.parametrize("name", photos.names())
def test_the_appendix_lists_it(name):
    photo = photos.PHOTOS[name]
    height, width = photos.load(name, grey=True).shape
    row = f"| `{name}` | {photo.subject} | {height} × {width} | {photo.credit} | {photo.licence} |"
    assert row in (BOOK / "appendices" / "data_sets.md").read_text(encoding="utf-8")
