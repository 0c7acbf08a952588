"""BallChart's Python side: what it accepts and what it holds."""

import json

import numpy as np
import pytest

from cnnlib.widgets import BallChart, Net
from tests.widgets.failures import assert_fails

NETS = [
    Net("small", "A", {"top1": 30, "macs": 10**9, "params": 5e6}),
    Net("large", "A", {"top1": np.float32(20), "macs": 4 * 10**9, "params": np.int64(10**7)}),
    Net("other", "B", {"top1": None, "top5": 8, "macs": 2e9, "params": 6e7}),
]
ERRORS = {"top1": "top-1 error", "top5": "top-5 error"}
COSTS = {"macs": ("multiply-adds", ""), "params": ("parameters", "")}


def balls(nets, errors=ERRORS, costs=COSTS, area="params"):
    return BallChart(nets, errors, costs, area)


def net(**values):
    return [Net("x", "A", {"params": 1, **values})]


def example():
    return balls(NETS)


def test_ball_chart_holds_what_it_was_given_and_leaves_out_what_is_not_known():
    widget = balls(NETS)
    assert widget.nets[1] == {"name": "large", "family": "A", "values": {"top1": 20.0, "macs": 4e9, "params": 1e7}}
    assert widget.nets[2]["values"] == {"top5": 8.0, "macs": 2e9, "params": 6e7}
    assert (widget.error, widget.cost, widget.area) == ("top1", "macs", "params")
    assert widget.costs == {"macs": ["multiply-adds", ""], "params": ["parameters", ""]}
    json.dumps(widget.nets)  # plain numbers, whatever they came as


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: balls([]), ["nets", "[]", "not empty"]),
        (lambda: balls(["resnet18"]), ["nets[0]", "resnet18", "Net"]),
        (lambda: balls([NETS[0], NETS[0]]), ["nets[1].name", "small", "no other"]),
        (lambda: balls(net(top1=101)), ["x's top1", "101", "0 to 100"]),
        (lambda: balls(net(top1=float("nan"))), ["x's top1", "nan", "finite"]),
        (lambda: balls(net(macs=0)), ["x's macs", "0", "above 0"]),
        (lambda: balls(net(params=None)), ["x's params", "None", "number"]),
        (lambda: balls(NETS, errors={}), ["errors", "{}", "not empty"]),
        (lambda: balls(NETS, errors={"top1": 3}), ["errors['top1']", "3", "string"]),
        (lambda: balls(NETS, costs={"params": "parameters"}), ["costs['params']", "parameters", "unit"]),
        (lambda: balls(NETS, costs={**COSTS, "top1": ("a", "b")}), ["costs", "top1", "keys of errors"]),
        (lambda: balls(NETS, area="top1"), ["area", "top1", "'macs', 'params'"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("cost", "top1", "params"), ("error", "macs", "top5"), ("selected", "vgg", "other"), ("hidden", ["C"], ["B"])],
)
def test_ball_chart_shows_only_what_it_has(name, bad, good):
    widget = balls(NETS)
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=name):
        setattr(widget, name, bad)
    assert getattr(widget, name) == before
    setattr(widget, name, good)
    assert getattr(widget, name) == good
