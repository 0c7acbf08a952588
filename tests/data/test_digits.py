"""The digits are scikit-learn's, split alike everywhere, and stand on a canvas as PyTorch would enlarge them."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from torch.nn import functional as F

from cnnlib import data
from cnnlib.data import digits

DIGITS = data.load("digits")


def test_they_are_scikit_learns():
    images = np.concatenate([DIGITS.train.images, DIGITS.test.images])
    labels = np.concatenate([DIGITS.train.labels, DIGITS.test.labels])
    theirs = load_digits()
    ours = sorted(zip(labels.tolist(), map(bytes, images), strict=True))
    expected = np.rint(theirs.data * 255 / 16).astype(np.uint8)
    assert ours == sorted(zip(theirs.target.tolist(), map(bytes, expected), strict=True))


def test_split():
    (images, labels), (test_images, test_labels) = DIGITS.train, DIGITS.test
    assert images.shape == (1297, 1, 8, 8) and test_images.shape == (500, 1, 8, 8)
    assert images.dtype == test_images.dtype == np.uint8 and labels.dtype == test_labels.dtype == np.int64
    assert len(labels) == 1297 and DIGITS.classes == tuple("0123456789")
    counts, test_counts = np.bincount(labels), np.bincount(test_labels)
    assert np.abs(test_counts - (counts + test_counts) * 500 / 1797).max() < 1  # each class has its share
    assert {*map(bytes, images)}.isdisjoint(map(bytes, test_images))
    again = digits.load()
    assert np.array_equal(again.train.images, images) and np.array_equal(again.test.labels, test_labels)


def test_both_parts_hold_digits_from_all_over_the_file():
    """Writers follow one another in it: the nearest digit of the class in the other part is never far away."""
    order = load_digits()
    test = digits._evenly_spread(order.target, digits.N_TEST)
    for label in range(10):
        mask = test[order.target == label]
        assert np.diff(np.flatnonzero(mask)).max() <= 4 and not (mask[1:] & mask[:-1]).any()


@given(zoom=st.integers(1, 5), H=st.integers(1, 9), W=st.integers(1, 9), space=st.integers(0, 7), draw=st.data())
def test_on_canvas(zoom, H, W, space, draw):
    size = max(H, W) * zoom + space
    images = np.random.default_rng(H * W).integers(0, 256, (3, 2, H, W), np.uint8)
    room = size - zoom * H, size - zoom * W
    low, high = [-(r // 2) for r in room], [r - r // 2 for r in room]
    shifts = [[draw.draw(st.integers(a, b)) for a, b in zip(low, high, strict=True)] for _ in images]
    canvas = digits.on_canvas(images, size, zoom, shifts)
    assert canvas.shape == (3, 2, size, size) and canvas.dtype == np.uint8
    large = F.interpolate(torch.from_numpy(images).double(), scale_factor=zoom, mode="bilinear").numpy()
    for picture, image, (down, right) in zip(canvas, large, shifts, strict=True):
        top, left = room[0] // 2 + down, room[1] // 2 + right
        assert np.abs(picture[:, top : top + zoom * H, left : left + zoom * W] - image).max() <= 0.5 + 1e-9
        picture[:, top : top + zoom * H, left : left + zoom * W] = 0
        assert not picture.any()


def test_a_digit_stays_on_its_canvas():
    shifts = np.zeros((500, 2), int)
    shifts[7] = 0, -5
    message = r"shifts\[7\] must be within \[-4, -4\] and \[4, 4\], or .* over the edge; got \[0, -5\]"
    with pytest.raises(ValueError, match=message):
        digits.on_canvas(DIGITS.test.images, shifts=shifts)


def test_data_need_numpy_alone():
    code = "import sys; from cnnlib import data; data.load('digits'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"scipy", "torch", "sklearn", "skimage", "PIL", "filelock", "rich"} & set(loaded)
