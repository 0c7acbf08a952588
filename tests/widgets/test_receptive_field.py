"""ReceptiveField's Python side: what it accepts and what it holds."""

import numpy as np
import pytest

from cnnlib.widgets import ReceptiveField
from tests.widgets.failures import assert_fails

PHOTO = np.linspace(0, 1, 20 * 30).reshape(20, 30)
COLOUR = np.stack([PHOTO, PHOTO**2, PHOTO**3])


def example():
    return ReceptiveField(COLOUR, [(3, 1, 1), (3, 2, 1)])


@pytest.mark.parametrize(("photo", "channels"), [(PHOTO, 1), (PHOTO[None], 1), (COLOUR, 3)])
def test_receptive_field_holds_what_it_was_given(photo, channels):
    widget = ReceptiveField(photo, [(3, 1, 1), (5, 2, 4)])
    assert (widget.channels, widget.height, widget.width) == (channels, 20, 30)
    held = np.frombuffer(widget.pixels, np.uint8).reshape(channels, 20, 30)
    np.testing.assert_allclose(held / 255, photo.reshape(channels, 20, 30), atol=0.5 / 255 + 1e-9)
    assert widget.layers == [[3, 1, 1], [5, 2, 4]]
    assert widget.selected == 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ReceptiveField(np.zeros((225, 20)), [(3, 1, 1)]), ["photo", "(225, 20)", "224"]),
        (lambda: ReceptiveField(np.zeros((2, 20, 20)), [(3, 1, 1)]), ["photo", "(2, 20, 20)"]),
        (lambda: ReceptiveField(PHOTO, []), ["layers", "[]", "1 to 10"]),
        (lambda: ReceptiveField(PHOTO, [(3, 1)]), ["layers[0]", "(3, 1)"]),
        (lambda: ReceptiveField(PHOTO, [(3, 1, 1), (3, 0, 1)]), ["layers[1]", "stride", "0"]),
        (lambda: ReceptiveField(PHOTO, [(99, 1, 1)]), ["layers[0]", "kernel size", "99", "31"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)
