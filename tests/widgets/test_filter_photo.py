"""FilterPhoto's Python side: what it accepts and what it holds."""

import numpy as np
import pytest

from cnnlib import filters
from cnnlib.widgets import FilterPhoto
from tests.widgets.failures import assert_fails

PHOTO = np.linspace(0, 1, 20 * 30).reshape(20, 30)
SOBEL = filters.SOBEL.tolist()


def example():
    return FilterPhoto(PHOTO)


def test_holds_the_photo_as_grey_levels():
    widget = FilterPhoto(PHOTO, caption="A ramp")
    assert (widget.height, widget.width) == (20, 30)
    held = np.frombuffer(widget.pixels, np.uint8).reshape(20, 30)
    np.testing.assert_allclose(held / 255, PHOTO, atol=0.5 / 255 + 1e-9)
    assert widget.kernel == SOBEL
    assert list(widget.presets) == ["Identity", "Smooth", "Laplacian", "Sobel"]
    assert widget.presets["Smooth"] == filters.SMOOTH.tolist()
    assert widget.caption == "A ramp"
    assert (widget.row, widget.column) == (9, 14)


def test_takes_other_presets_and_sizes_of_kernel():
    box = np.full((5, 5), 1 / 25)
    widget = FilterPhoto(PHOTO, kernel=box, presets={"Box": box})
    assert widget.kernel == box.tolist()
    assert widget.presets == {"Box": box.tolist()}
    widget.kernel = filters.SOBEL  # an array, as a reader would set it
    assert widget.kernel == SOBEL


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: FilterPhoto(np.zeros((193, 20))), ["photo", "(193, 20)", "192"]),
        (lambda: FilterPhoto(np.zeros((20, 7))), ["photo", "(20, 7)", "8 to 192"]),
        (lambda: FilterPhoto(np.zeros((3, 20, 20))), ["photo", "(3, 20, 20)", "(H, W)"]),
        (lambda: FilterPhoto(PHOTO * 255), ["photo", "255", "[0, 1]"]),
        (lambda: FilterPhoto(PHOTO - 0.1), ["photo", "-0.1", "[0, 1]"]),
        (lambda: FilterPhoto(PHOTO * np.nan), ["photo", "nan", "[0, 1]"]),
        (lambda: FilterPhoto([[1, 2], [3]]), ["photo", "[[1, 2], [3]]"]),
        (lambda: FilterPhoto("cat"), ["photo", "floats"]),
        (lambda: FilterPhoto(PHOTO, kernel=np.ones((4, 4))), ["kernel", "(4, 4)", "3×3 or 5×5"]),
        (lambda: FilterPhoto(PHOTO, kernel=np.ones((3, 5))), ["kernel", "(3, 5)", "3×3 or 5×5"]),
        (lambda: FilterPhoto(PHOTO, kernel=[1, 2, 3]), ["kernel", "(3,)"]),
        (lambda: FilterPhoto(PHOTO, kernel=np.full((3, 3), np.inf)), ["kernel", "inf", "999"]),
        (lambda: FilterPhoto(PHOTO, presets=[SOBEL]), ["presets", "dict"]),
        (lambda: FilterPhoto(PHOTO, presets={"Two": np.ones((2, 2))}), ["presets['Two']", "(2, 2)"]),
        (lambda: FilterPhoto(PHOTO, caption=3), ["caption", "3", "string"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)
