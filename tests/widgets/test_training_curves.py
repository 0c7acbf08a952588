"""TrainingCurves' Python side: what it accepts and what it holds."""

import numpy as np
import pytest

from cnnlib.widgets import TrainingCurves
from tests.widgets.failures import assert_fails

RUNS = {
    "8 layers": {"plain": ([0.9, 0.5, 0.25], [0.9, 0.6, 0.375]), "residual": ([0.5, 0.25, 0], [0.5, 0.25, 0.125])},
    "14 layers": {"plain": ([1, 0.75, 0.5], [1, 0.75, 0.75])},
}


def example():
    return TrainingCurves(RUNS)


def test_training_curves_hold_what_they_were_given_in_its_order():
    widget = TrainingCurves({"b": RUNS["14 layers"], "a": {"one": np.array([[0.123456, 1, 1], [0, 0.5, 0.5]])}})
    assert widget.runs[0] == ["b", [["plain", [1, 0.75, 0.5], [1, 0.75, 0.75]]]]
    assert widget.runs[1] == ["a", [["one", [0.1235, 1, 1], [0, 0.5, 0.5]]]]
    assert (widget.group, widget.epoch) == (0, 3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: TrainingCurves([]), ["runs", "[]", "{group: {kind:"]),
        (lambda: TrainingCurves({"a": {}}), ["runs['a']", "{}", "1 to 4"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, 0.2], [0.1])}}), ["runs['a']['b']", "equally long"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1], [0.1])}}), ["runs['a']['b']'s shape", "(2, 1)", "(2, epochs)"]),
        (lambda: TrainingCurves(RUNS | {"c": {"b": ([0, 0], [0, 0])}}), ["runs['c']['b']'s shape", "(2, 2)"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, 1.5], [0.1, 0.2])}}), ["runs['a']['b']", "1.5", "0 to 1"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, np.nan], [0.1, 0.2])}}), ["runs['a']['b']", "nan", "0 to 1"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)
