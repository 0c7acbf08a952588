"""Every network against its card: depth, published parameters and errors."""

import pytest
import torchvision
from torch import nn

from cnnlib import models
from cnnlib.models.card import Card
from tests.models.counts_by_hand import meta, parameters


@pytest.mark.parametrize("name", models.names())
def test_depth_counts_the_layers_with_weights(name):
    network = meta(name)
    if name == "lenet5":  # the paper counts the layers that it names, subsampling too
        layers = [layer for layer, _ in network.named_children()]
    else:
        kinds = (nn.Conv2d, nn.Linear)
        layers = [layer for layer, module in network.named_modules() if isinstance(module, kinds)]
        aside = ("shortcut", "aux", "conv1x1", "reduce5x5", "conv5x5", "pool_proj")  # of four branches, one counts
        layers = [layer for layer in layers if not any(word in layer for word in aside)]
    assert len(layers) == models.card(name).depth


@pytest.mark.parametrize("name", [name for name in models.names() if models.card(name).parameters is not None])
def test_parameters_are_as_published(name):
    options = {"auxiliary": False} if name == "googlenet_paper" else {}  # Table 1 has no auxiliary classifiers
    assert parameters(meta(name, **options)) == pytest.approx(models.card(name).parameters, rel=0.018)


@pytest.mark.parametrize("name", models.names())
def test_errors_have_a_source(name):
    card = models.card(name)
    assert (card.source is None) == (card.top1 is None and card.top5 is None)
    if card.source == "torchvision":
        weights = torchvision.models.get_model_weights(name)["IMAGENET1K_V1"].meta
        accuracy = weights["_metrics"]["ImageNet-1K"]
        assert (card.top1, card.top5) == pytest.approx((100 - accuracy["acc@1"], 100 - accuracy["acc@5"]))


def small_card(**more):
    return Card(paper="Title", authors="A, B", year=2020, classes=21, input_size=(3, 64, 64), depth=9, **more)


def test_a_card_takes_any_metrics():
    segments = small_card(metrics={"mIoU": 67.2}, source="Table 3")
    assert segments.metrics["mIoU"] == 67.2 and segments.top1 is None and segments.top5 is None
    both = small_card(metrics={"top-1 error": 25.6, "top-5 error": 8.1}, source="Table 3")
    assert (both.top1, both.top5) == (25.6, 8.1)
    assert small_card().metrics == {} and small_card().parameters is None


def test_a_metric_has_a_source():
    with pytest.raises(ValueError, match=r"source must be the paper's table where .*\{'mIoU': 67\.2\}; got None"):
        small_card(metrics={"mIoU": 67.2})
    with pytest.raises(ValueError, match=r"source must be .*; got 'Table 3'"):
        small_card(source="Table 3")


def test_cards_are_known_by_keywords_alone():
    with pytest.raises(TypeError, match="positional"):
        Card("Title", "A, B", 2020, 21, (3, 64, 64), 9)
