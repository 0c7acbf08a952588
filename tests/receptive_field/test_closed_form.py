"""Closed form of the receptive field against the footprint of gradients, and against hand-counted cases."""

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlib.receptive_field import Layer, ReceptiveField, closed_form, gradient_map
from tests.receptive_field.test_gradients import positive_network

layer = st.builds(Layer, st.integers(1, 4), st.integers(1, 2), st.integers(0, 2), st.integers(1, 2))


def test_by_hand():
    assert closed_form([Layer(3), Layer(3), Layer(3)])[-1] == ReceptiveField(size=7, jump=1, start=0)
    assert closed_form([Layer(3, 2, 1), Layer(3, 2, 1)]) == [ReceptiveField(3, 2, -1), ReceptiveField(7, 4, -3)]
    assert closed_form([(3, 1, 0, 2)])[0].interval(4) == (4, 8)
    assert closed_form([]) == []


@given(st.integers(1, 9), st.integers(1, 12))
def test_equal_layers_follow_the_lectures_formula(kernel_size, count):
    assert closed_form([Layer(kernel_size)] * count)[-1].size == 1 + count * (kernel_size - 1)


@settings(max_examples=40)
@given(st.lists(layer, min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 9))
def test_closed_form_is_what_gradients_see(layers, row, column):
    field = closed_form(layers)[-1]
    size = field.size + 10 * field.jump  # room for a few units
    last_index = (size - 1 - field.start - (field.size - 1)) // field.jump  # of the units that see no padding
    unit = min(row, last_index), min(column, last_index)
    gradients = gradient_map(positive_network(layers), (1, size, size), unit)
    seen = [set(np.nonzero(gradients.any(axis=axis))[0].tolist()) for axis in (1, 0)]
    within = [set(range(first, last + 1)) for first, last in map(field.interval, unit)]
    if min(min(pixels) for pixels in within) < 0:  # a unit at the border: its field is cut, and may be all padding
        assert all(pixels <= interval for pixels, interval in zip(seen, within, strict=True))
    elif all(layer.kernel_size >= layer.stride and layer.dilation == 1 for layer in layers):
        assert seen == within
    else:  # pixels between may be skipped, the ends never
        assert [(min(pixels), max(pixels)) for pixels in seen] == [field.interval(index) for index in unit]


def test_the_closed_form_needs_no_pytorch():
    code = "import sys; from cnnlib.receptive_field import Layer, closed_form; print('torch' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "False"
