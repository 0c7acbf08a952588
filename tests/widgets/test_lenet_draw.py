"""LeNetDraw's Python side: the rounded weights beside the trained network's, and what it accepts."""

import json
import re

import numpy as np
import pytest
import torch

from cnnlib import data, models, training
from cnnlib.widgets import LeNetDraw
from cnnlib.widgets.lenet_draw import LAYERS, quantise, restore
from tests.widgets.failures import assert_fails

LOGITS_OFF = 0.15  # the largest difference of a score that rounding the weights may make; scores reach 10 and more


def example():
    torch.manual_seed(0)
    return LeNetDraw(models.build("lenet5_modern"), (np.zeros((2, 1, 32, 32), np.uint8), [3, 7]))


@pytest.fixture(scope="module")
def digits():
    """Test digits as the network sees them: images (500, 1, 32, 32) and labels."""
    test = data.load("digits").test
    return data.digits.on_canvas(test.images, zoom=3), test.labels


@pytest.fixture(scope="module")
def trained():
    train = data.load("digits").train
    torch.manual_seed(0)
    model = models.build("lenet5_modern")
    images = data.digits.on_canvas(train.images, zoom=3)
    options = {"optimizer": "adamw", "rate": 0.004, "weight_decay": 0.05, "batch_size": 64}
    training.fit(model, (images, train.labels), epochs=8, progress=False, **options)
    return model.eval()


def changed(layer, value):
    model = models.build("lenet5_modern")
    with torch.no_grad():
        getattr(model, layer).weight[0] = value
    return model


def test_rounded_weights_give_the_network_s_answers(trained, digits):
    assert training.accuracy(trained, digits) > 0.9  # scores far from 0, as on the page
    exact, rounded = (training.predict(model, digits[0]) for model in (trained, restore(*quantise(trained))))
    assert (exact.argmax(1) == rounded.argmax(1)).float().mean() >= 0.99
    torch.testing.assert_close(rounded, exact, atol=LOGITS_OFF, rtol=0)


def test_no_weight_is_off_by_more_than_half_a_step(trained):
    page = restore(*quantise(trained))
    for name in LAYERS:
        exact, rounded = getattr(trained, name), getattr(page, name)
        torch.testing.assert_close(rounded.bias, exact.bias, atol=0, rtol=0)
        step = exact.weight.detach().flatten(1).abs().amax(1) / 127
        off = (rounded.weight - exact.weight).detach().flatten(1).abs().amax(1)
        assert (off <= 0.5001 * step).all() and (off > 0).any()


def test_one_byte_per_weight_and_two_numbers_per_output():
    model = models.build("lenet5_modern")
    weights, scales = quantise(model)
    outputs = 6 + 16 + 120 + 84 + 10
    assert len(weights) == sum(p.numel() for p in model.parameters()) - outputs == 61_470
    assert len(scales) == 4 * 2 * outputs


def test_channel_of_zeros_stays_zero():
    page = restore(*quantise(changed("C3", 0.0)))
    assert (page.C3.weight[0] == 0).all() and torch.isfinite(page.C3.weight).all()


def test_widget_holds_what_it_was_given(trained, digits):
    images, labels = digits
    widget = LeNetDraw(trained, (images[:12], labels[:12]))
    np.testing.assert_array_equal(np.frombuffer(widget.images, np.uint8).reshape(12, 1, 32, 32), images[:12])
    assert widget.labels == labels[:12].tolist()
    assert (widget.example, widget.strokes, widget.down, widget.right) == (0, [], 0, 0)
    widget.strokes = [np.array([[1, 2], [3, 4.5]]), [(5, 6)]]
    assert widget.strokes == [[[1, 2], [3, 4.5]], [[5, 6]]]
    json.dumps([widget.labels, widget.strokes])  # plain numbers


def test_tensors_will_do():
    images = torch.zeros(1, 1, 32, 32, dtype=torch.uint8)
    widget = LeNetDraw(models.build("lenet5_modern"), (images, torch.tensor([3])))
    assert widget.labels == [3]


IMAGES = np.zeros((2, 1, 32, 32), np.uint8)


def draw(images=IMAGES, labels=(0, 1), model=None):
    return LeNetDraw(model or models.build("lenet5_modern"), (images, labels))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: draw(model=models.build("lenet5")), ["model", "LeNet5", "lenet5_modern"]),
        (lambda: draw(model=models.build("lenet5_modern", num_classes=9)), ["model", "ten outputs"]),
        (lambda: draw(model="lenet5_modern"), ["model", "str"]),
        (lambda: draw(model=changed("F6", float("nan"))), ["model.F6", "finite"]),
        (lambda: LeNetDraw(models.build("lenet5_modern"), 3), ["examples", "3", "(images, labels)"]),
        (lambda: LeNetDraw(models.build("lenet5_modern"), IMAGES[:1]), ["examples", "(images, labels)"]),
        (lambda: draw(IMAGES / 255), ["images.dtype", "float64", "uint8"]),
        (lambda: draw(IMAGES[:, :, :8, :8]), ["images.shape", "(2, 1, 8, 8)", "on_canvas"]),
        (lambda: draw(IMAGES[:, 0]), ["images.shape", "(2, 32, 32)"]),
        (lambda: draw(np.zeros((21, 1, 32, 32), np.uint8), range(21)), ["images.shape", "21", "1 to 20"]),
        (lambda: draw(labels=[0]), ["labels", "[0]", "2 digits"]),
        (lambda: draw(labels=[0, 10]), ["labels", "10", "0 to 9"]),
        (lambda: draw(labels=[0, 0.5]), ["labels", "float"]),
    ],
)
def test_bad_arguments_say_what_is_wrong(make, words):
    assert_fails(make, words)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("example", 2, "at most 1"),
        ("example", -2, "-1 or more"),
        ("down", 13, "at most 12"),
        ("right", 0.5, "integer"),
        ("strokes", "7", "list of strokes"),
        ("strokes", [[1, 2]], "points, 2"),
        ("strokes", [[[1, 2, 3]]], "points [x, y]"),
        ("strokes", [[[1, float("nan")]]], "points [x, y]"),
        ("strokes", [[[0, 0]] * 5001], "at most 5000"),
    ],
)
def test_bad_values_are_refused_later_too(name, value, words):
    widget = draw()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(words)):
        setattr(widget, name, value)
    assert getattr(widget, name) == before
