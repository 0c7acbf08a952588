"""Every network against its card: classes, depth, published parameters and errors, gradients."""

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from cnnlib import models
from cnnlib.models.googlenet import Outputs
from cnnlib.models.initialisation import he
from tests.models.counts_by_hand import meta, parameters

# Networks that are not trained here, and why.
TOO_BIG = {
    **dict.fromkeys(["alexnet", "alexnet_lecture", "alexnet_paper", "zfnet"], "60 million parameters take seconds"),
    **dict.fromkeys([name for name in models.names() if name.startswith("vgg")], "133 million parameters take seconds"),
    **dict.fromkeys(["plain34", "resnet34", "resnet101", "resnet152"], "plain18, resnet18, resnet50: the same code"),
}


def test_names_are_those_of_the_cards():
    assert models.names() == list(models.catalogue.MODELS)
    assert set(models.names()) == set(models.cards.CARDS)
    assert all(models.card(name).name == name for name in models.names())


@pytest.mark.parametrize("name", models.names())
def test_scores_have_the_classes_of_the_card_or_those_asked_for(name):
    card = models.card(name)
    images = torch.zeros(2, *card.input_size, device="meta")
    assert meta(name)(images).shape == (2, card.classes)
    assert meta(name, 7)(images).shape == (2, 7)


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


@pytest.mark.parametrize("name", [name for name in models.names() if name not in TOO_BIG])
def test_random_weights_give_finite_scores_and_gradients_to_every_parameter(name):
    torch.manual_seed(0)
    network, card = models.build(name), models.card(name)
    assert network.training
    scores = network(torch.randn(2, *card.input_size))
    if isinstance(scores, Outputs):
        scores = torch.cat(scores)
    F.cross_entropy(scores, torch.arange(len(scores)) % 2).backward()
    assert scores.isfinite().all() and scores.std() > 0
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())


def test_options_reach_the_network():
    assert meta("alexnet", dropout=0.1).dropout.p == 0.1
    assert meta("zfnet", widths=(384, 384, 256)).conv5.out_channels == 256
    assert not hasattr(meta("googlenet", auxiliary=False), "aux1")


def test_first_weights_are_as_he_et_al():
    network = nn.Sequential(nn.Conv2d(20, 300, 5), nn.ReLU(), nn.Linear(300, 400), nn.BatchNorm1d(5))
    torch.manual_seed(0)
    he(network)
    assert network[0].weight.std().item() == pytest.approx((2 / (25 * 300)) ** 0.5, rel=0.02)
    assert network[2].weight.std().item() == pytest.approx(0.01, rel=0.02)
    assert not network[0].bias.any() and not network[2].bias.any() and network[3].weight.all()
