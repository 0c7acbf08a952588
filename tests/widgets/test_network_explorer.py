"""NetworkExplorer's Python side: what it accepts and what it holds."""

import numpy as np
import pytest

from cnnlib.widgets import NetworkExplorer
from tests.widgets.failures import assert_fails


def example():
    return NetworkExplorer({"one": [("conv", 8, 3, 24)], "two": [("conv", 9, 2, 18), ("fc", 4, 40, 36)]})


def test_network_explorer_holds_what_it_was_given():
    layers = [("conv1", 290_400, 34_944, 105_415_200), ("fc6", 4096, 37_752_832, 37_748_736)]
    widget = NetworkExplorer({"AlexNet": layers, "tiny": [("fc", np.int64(2), 0, 7)]})
    assert widget.networks == [["AlexNet", [list(layer) for layer in layers]], ["tiny", [["fc", 2, 0, 7]]]]
    assert (widget.network, widget.same_scale) == ("AlexNet", False)
    widget.network = "tiny"
    with pytest.raises(ValueError, match="network"):
        widget.network = "huge"
    assert widget.network == "tiny"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: NetworkExplorer({}), ["networks", "{}", "1 to 8"]),
        (lambda: NetworkExplorer([("conv", 1, 2, 3)]), ["networks", "dict"]),
        (lambda: NetworkExplorer({"a": []}), ["networks['a']", "[]", "1 to 64"]),
        (lambda: NetworkExplorer({"a": [("conv", 1, 2)]}), ["networks['a'][0]", "('conv', 1, 2)", "multiply-adds"]),
        (lambda: NetworkExplorer({"a": [(1, 1, 2, 3)]}), ["networks['a'][0]", "(1, 1, 2, 3)", "name"]),
        (lambda: NetworkExplorer({"a": [("fc", 1, -2, 3)]}), ["networks['a'][0]'s parameters", "-2", "0 or more"]),
        (lambda: NetworkExplorer({"a": [("fc", 1, 2, 3)]}, "b"), ["network", "'b'", "'a'"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)
