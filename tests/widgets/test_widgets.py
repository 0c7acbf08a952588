"""The widgets' Python side: what they accept, what they hold, and that their code is of one piece."""

import json
import re

import numpy as np
import pytest
import torch

from cnnlib import filters, models
from cnnlib.widgets import (
    BallChart,
    ConvStep,
    FilterPhoto,
    LeNetDraw,
    Net,
    NetworkExplorer,
    ReceptiveField,
    TrainingCurves,
)

PHOTO = np.linspace(0, 1, 20 * 30).reshape(20, 30)
COLOUR = np.stack([PHOTO, PHOTO**2, PHOTO**3])
SOBEL = filters.SOBEL.tolist()
RUNS = {
    "8 layers": {"plain": ([0.9, 0.5, 0.25], [0.9, 0.6, 0.375]), "residual": ([0.5, 0.25, 0], [0.5, 0.25, 0.125])},
    "14 layers": {"plain": ([1, 0.75, 0.5], [1, 0.75, 0.75])},
}


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


def lenet_draw():
    torch.manual_seed(0)
    return LeNetDraw(models.build("lenet5_modern"), (np.zeros((2, 1, 32, 32), np.uint8), [3, 7]))


def all_widgets():
    return [
        FilterPhoto(PHOTO),
        ConvStep([[1, 2], [3, 4]], [[1, -1]]),
        ReceptiveField(COLOUR, [(3, 1, 1), (3, 2, 1)]),
        balls(NETS),
        TrainingCurves(RUNS),
        lenet_draw(),
        NetworkExplorer({"one": [("conv", 8, 3, 24)], "two": [("conv", 9, 2, 18), ("fc", 4, 40, 36)]}),
    ]


def test_filter_photo_holds_the_photo_as_grey_levels():
    widget = FilterPhoto(PHOTO, caption="A ramp")
    assert (widget.height, widget.width) == (20, 30)
    held = np.frombuffer(widget.pixels, np.uint8).reshape(20, 30)
    np.testing.assert_allclose(held / 255, PHOTO, atol=0.5 / 255 + 1e-9)
    assert widget.kernel == SOBEL
    assert list(widget.presets) == ["Identity", "Smooth", "Laplacian", "Sobel"]
    assert widget.presets["Smooth"] == filters.SMOOTH.tolist()
    assert widget.caption == "A ramp"
    assert (widget.row, widget.column) == (9, 14)


def test_filter_photo_takes_other_presets_and_sizes_of_kernel():
    box = np.full((5, 5), 1 / 25)
    widget = FilterPhoto(PHOTO, kernel=box, presets={"Box": box})
    assert widget.kernel == box.tolist()
    assert widget.presets == {"Box": box.tolist()}
    widget.kernel = filters.SOBEL  # an array, as a reader would set it
    assert widget.kernel == SOBEL


def test_conv_step_holds_what_it_was_given():
    widget = ConvStep(np.arange(12).reshape(3, 4), [[1, 0.5]], stride=2, padding=1, dilation=3)
    assert widget.grid == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    assert widget.kernel == [[1, 0.5]]
    assert (widget.stride, widget.padding, widget.dilation) == (2, 1, 3)
    assert (widget.step, widget.show_all) == (0, False)


@pytest.mark.parametrize(("photo", "channels"), [(PHOTO, 1), (PHOTO[None], 1), (COLOUR, 3)])
def test_receptive_field_holds_what_it_was_given(photo, channels):
    widget = ReceptiveField(photo, [(3, 1, 1), (5, 2, 4)])
    assert (widget.channels, widget.height, widget.width) == (channels, 20, 30)
    held = np.frombuffer(widget.pixels, np.uint8).reshape(channels, 20, 30)
    np.testing.assert_allclose(held / 255, photo.reshape(channels, 20, 30), atol=0.5 / 255 + 1e-9)
    assert widget.layers == [[3, 1, 1], [5, 2, 4]]
    assert widget.selected == 1


def test_ball_chart_holds_what_it_was_given_and_leaves_out_what_is_not_known():
    widget = balls(NETS)
    assert widget.nets[1] == {"name": "large", "family": "A", "values": {"top1": 20.0, "macs": 4e9, "params": 1e7}}
    assert widget.nets[2]["values"] == {"top5": 8.0, "macs": 2e9, "params": 6e7}
    assert (widget.error, widget.cost, widget.area) == ("top1", "macs", "params")
    assert widget.costs == {"macs": ["multiply-adds", ""], "params": ["parameters", ""]}
    json.dumps(widget.nets)  # plain numbers, whatever they came as


def test_training_curves_hold_what_they_were_given_in_its_order():
    widget = TrainingCurves({"b": RUNS["14 layers"], "a": {"one": np.array([[0.123456, 1, 1], [0, 0.5, 0.5]])}})
    assert widget.runs[0] == ["b", [["plain", [1, 0.75, 0.5], [1, 0.75, 0.75]]]]
    assert widget.runs[1] == ["a", [["one", [0.1235, 1, 1], [0, 0.5, 0.5]]]]
    assert (widget.group, widget.epoch) == (0, 3)


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
        (lambda: ConvStep(np.ones((9, 9), int), [[1]]), ["grid", "(9, 9)", "8×8"]),
        (lambda: ConvStep([[0.5]], [[1]]), ["grid", "0.5", "whole"]),
        (lambda: ConvStep([[1]], np.ones((5, 1))), ["kernel", "(5, 1)", "4×4"]),
        (lambda: ConvStep([[1]], [["a"]]), ["kernel", "numbers"]),
        (lambda: ConvStep([[1]], [[1]], stride=0), ["stride", "0", "1 or more"]),
        (lambda: ConvStep([[1]], [[1]], stride=5), ["stride", "5", "at most 4"]),
        (lambda: ConvStep([[1]], [[1]], padding=-1), ["padding", "-1", "0 or more"]),
        (lambda: ConvStep([[1]], [[1]], padding=True), ["padding", "True", "integer"]),
        (lambda: ConvStep([[1]], [[1]], dilation=1.5), ["dilation", "1.5", "integer"]),
        (lambda: ReceptiveField(np.zeros((225, 20)), [(3, 1, 1)]), ["photo", "(225, 20)", "224"]),
        (lambda: ReceptiveField(np.zeros((2, 20, 20)), [(3, 1, 1)]), ["photo", "(2, 20, 20)"]),
        (lambda: ReceptiveField(PHOTO, []), ["layers", "[]", "1 to 10"]),
        (lambda: ReceptiveField(PHOTO, [(3, 1)]), ["layers[0]", "(3, 1)"]),
        (lambda: ReceptiveField(PHOTO, [(3, 1, 1), (3, 0, 1)]), ["layers[1]", "stride", "0"]),
        (lambda: TrainingCurves([]), ["runs", "[]", "{group: {kind:"]),
        (lambda: TrainingCurves({"a": {}}), ["runs['a']", "{}", "1 to 4"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, 0.2], [0.1])}}), ["runs['a']['b']", "equally long"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1], [0.1])}}), ["runs['a']['b']'s shape", "(2, 1)", "(2, epochs)"]),
        (lambda: TrainingCurves(RUNS | {"c": {"b": ([0, 0], [0, 0])}}), ["runs['c']['b']'s shape", "(2, 2)"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, 1.5], [0.1, 0.2])}}), ["runs['a']['b']", "1.5", "0 to 1"]),
        (lambda: TrainingCurves({"a": {"b": ([0.1, np.nan], [0.1, 0.2])}}), ["runs['a']['b']", "nan", "0 to 1"]),
        (lambda: ReceptiveField(PHOTO, [(99, 1, 1)]), ["layers[0]", "kernel size", "99", "31"]),
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
    with pytest.raises(ValueError, match=re.escape(words[0])) as error:
        make()
    for word in words[1:]:
        assert word in str(error.value)


def test_bad_values_are_refused_later_too():
    widget = ConvStep([[1, 2], [3, 4]], [[1]])
    with pytest.raises(ValueError, match="padding"):
        widget.padding = 4
    with pytest.raises(ValueError, match="kernel"):
        widget.kernel = np.ones((5, 5))
    assert (widget.padding, widget.kernel) == (0, [[1]])


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


@pytest.mark.parametrize("widget", all_widgets(), ids=lambda widget: type(widget).__name__)
def test_code_is_of_one_piece_and_asks_nothing_of_the_network(widget):
    code = widget._esm
    assert "http" not in code.replace("http://www.w3.org/2000/svg", "")
    assert "import " not in code and "fetch(" not in code
    assert code.count("export default") == 1
    assert "http" not in widget._css and "url(" not in widget._css and "@import" not in widget._css


@pytest.mark.parametrize("index", range(len(all_widgets())))
def test_state_is_the_same_every_time(index):
    def state():
        values = all_widgets()[index].get_state()
        values.pop("layout")  # a model of its own, under an id that the notebook's execution renames
        return json.dumps(values, default=lambda b: b.hex(), sort_keys=True)

    assert state() == state()
