"""Every network as a trunk with stages and a head: against its own forward pass, its receptive field, and timm."""

import pytest
import timm
import torch
from torch import nn

from cnnlib import models
from cnnlib.complexity import profile
from cnnlib.complexity.profiles import SUMS
from cnnlib.models.googlenet import GoogLeNet
from cnnlib.receptive_field import of_graph, of_last_maps
from tests.models.counts_by_hand import meta

# Networks whose layers do not all pad, so that maps are smaller than the input over the stride.
UNPADDED = ("lenet5", "lenet5_modern", "alexnet", "alexnet_lecture", "alexnet_paper", "zfnet", "nin_imagenet")
# One of each class of networks, and a size that it takes, for real numbers; VGG's head alone would take seconds.
REAL = {
    "lenet5": (1, 32, 32),
    "lenet5_modern": (1, 32, 32),
    "alexnet": (3, 63, 63),
    "alexnet_lecture": (3, 227, 227),
    "alexnet_paper": (3, 227, 227),
    "zfnet": (3, 224, 224),
    "nin": (3, 32, 32),
    "nin_imagenet": (3, 67, 67),
    "vgg11": (3, 32, 32),
    "googlenet": (3, 64, 64),
    "googlenet_paper": (3, 64, 64),
    "resnet20": (3, 32, 32),
    "resnet18": (3, 64, 64),
    "resnet50": (3, 64, 64),
}


# What others of its class show as well, at a multiple of the time.
DEEPER = [f"{kind}{depth}" for kind in ("plain", "resnet") for depth in (32, 44, 56, 110, 34, 101, 152)]
EACH = [name for name in models.names() if name not in DEEPER]


class Part(nn.Module):
    """A method of a network as a module of its own."""

    def __init__(self, network, method):
        super().__init__()
        self.network, self.method = network, method

    def forward(self, x):
        return getattr(self.network, self.method)(x)


class Split(nn.Module):
    """What a network computes, as its trunk and its head one after the other."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network.head(self.network.features(x))


@pytest.mark.parametrize("name", models.names())
def test_the_head_on_the_features_computes_what_the_network_does(name):
    """Without numbers, at the size of the card: the same layers, called as often, cost and give the same."""
    network, input_size = meta(name), models.card(name).input_size
    whole, split = profile(network, input_size), profile(Split(network), input_size)
    assert [whole.total(field) for field in SUMS] == [split.total(field) for field in SUMS]
    of_layers = [row._replace(name=f"network.{row.name}") for row in whole.rows if row.name]
    assert of_layers == [row for row in split.rows if row.name] and len(of_layers) >= 7


@pytest.mark.parametrize("name", REAL)
def test_the_head_on_the_features_gives_what_the_network_gives(name):
    torch.manual_seed(0)
    network = models.build(name, 5).eval()
    images = torch.randn(2, *REAL[name])
    with torch.inference_mode():
        stages, features = network.stages(images), network.features(images)
        assert torch.equal(features, stages[-1])
        expected = network(images)
        assert torch.equal(network.head(features), expected) and expected.std() > 0


@pytest.mark.parametrize("name", EACH)
def test_stages_are_finest_first_and_one_for_each_resolution(name):
    network, input_size = meta(name), models.card(name).input_size
    described = models.describe_stages(network, input_size)
    maps = network.stages(torch.zeros(1, *input_size, device="meta"))
    assert [(stage.channels, *stage.size) for stage in described] == [tuple(m.shape[1:]) for m in maps]
    strides = [stage.stride for stage in described]
    assert len(strides) >= 3 and strides == [strides[0] * 2**n for n in range(len(strides))]
    if name not in UNPADDED:
        assert all(stage.size == tuple(n // stage.stride for n in input_size[1:]) for stage in described)
    features = network.features(torch.zeros(1, *input_size, device="meta"))
    assert features.shape == maps[-1].shape


@pytest.mark.parametrize("name", EACH)
def test_the_features_are_the_last_maps_with_places(name):
    network, input_size = meta(name), models.card(name).input_size
    fields = of_graph(Part(network, "features"), input_size)
    assert fields == of_last_maps(network, input_size)
    assert fields[0].jump == models.describe_stages(network, input_size)[-1].stride


@pytest.mark.parametrize("name", ["vgg16", "vgg19_bn", "resnet18", "resnet50"])
def test_stages_are_those_of_timm(name):
    with torch.device("meta"):
        theirs = timm.create_model(name, pretrained=False, features_only=True).feature_info
    ours = models.describe_stages(meta(name), (3, 224, 224))
    assert [stage.channels for stage in ours] == theirs.channels()
    assert [stage.stride for stage in ours] == theirs.reduction()


def test_in_training_googlenet_runs_its_trunk_once():
    with torch.device("meta"):
        network = GoogLeNet(10, batch_norm=False).train()
    calls = {row.name: row.calls for row in profile(network, (3, 224, 224), training=True).rows}
    assert {count for name, count in calls.items() if name.startswith(("inception", "aux"))} == {1}
    assert calls["aux1.fc2"] == calls["aux2.fc2"] == calls["fc"] == 1


class Odd(nn.Module):
    """Stages at strides 3 and 21, of layers that do not pad, with a gate that sees everything."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 5, stride=3), nn.Conv2d(4, 6, (9, 7), stride=7)

    def stages(self, x):
        first = self.first(x)
        second = self.second(first * first.mean((2, 3), keepdim=True).sigmoid())
        return [first, second]


def test_stages_of_odd_strides():
    network = Odd().train()
    expected = [models.Stage(4, (32, 32), 3), models.Stage(6, (4, 4), 21)]
    assert models.describe_stages(network, (3, 100, 100)) == expected
    assert network.training
