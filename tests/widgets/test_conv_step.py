"""ConvStep's Python side: what it accepts and what it holds."""

import numpy as np
import pytest

from cnnlib.widgets import ConvStep
from tests.widgets.failures import assert_fails


def example():
    return ConvStep([[1, 2], [3, 4]], [[1, -1]])


def test_conv_step_holds_what_it_was_given():
    widget = ConvStep(np.arange(12).reshape(3, 4), [[1, 0.5]], stride=2, padding=1, dilation=3)
    assert widget.grid == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert widget.kernel == [[1, 0.5]]
    assert (widget.stride, widget.padding, widget.dilation) == (2, 1, 3)
    assert (widget.step, widget.show_all) == (0, False)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ConvStep(np.ones((9, 9), int), [[1]]), ["grid", "(9, 9)", "8×8"]),
        (lambda: ConvStep([[0.5]], [[1]]), ["grid", "0.5", "whole"]),
        (lambda: ConvStep([[1]], np.ones((5, 1))), ["kernel", "(5, 1)", "4×4"]),
        (lambda: ConvStep([[1]], [["a"]]), ["kernel", "numbers"]),
        (lambda: ConvStep([[1]], [[1]], stride=0), ["stride", "0", "1 or more"]),
        (lambda: ConvStep([[1]], [[1]], stride=5), ["stride", "5", "at most 4"]),
        (lambda: ConvStep([[1]], [[1]], padding=-1), ["padding", "-1", "0 or more"]),
        (lambda: ConvStep([[1]], [[1]], padding=True), ["padding", "True", "integer"]),
        (lambda: ConvStep([[1]], [[1]], dilation=1.5), ["dilation", "1.5", "integer"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)


def test_bad_values_are_refused_later_too():
    widget = ConvStep([[1, 2], [3, 4]], [[1]])
    with pytest.raises(ValueError, match="padding"):
        widget.padding = 4
    with pytest.raises(ValueError, match="kernel"):
        widget.kernel = np.ones((5, 5))
    assert (widget.padding, widget.kernel) == (0, [[1]])
