"""AlexNet against its paper: parameters worked out by hand, sizes of maps layer by layer."""

import pytest
import torch

from cnnlib.models.alexnet import AlexNet
from tests.models.counts_by_hand import conv, fc, meta, multiplications, parameters, sizes


def test_alexnet_of_the_lecture_layer_by_layer():
    network = meta("alexnet_lecture")
    by_hand = [conv(11, 3, 96), conv(5, 96, 256), conv(3, 256, 384), conv(3, 384, 384), conv(3, 384, 256)]
    by_hand += [fc(256 * 6 * 6, 4096), fc(4096, 4096), fc(4096, 1000)]
    layers = ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"]
    assert [parameters(network.get_submodule(layer)) for layer in layers] == by_hand
    assert sum(by_hand) == parameters(network) == 62_378_344
    found = sizes(network, *layers[:5], "pool", "norm", input_size=(3, 227, 227))
    maps = [(96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13)]
    assert found == [*maps, (256, 6, 6), (256, 13, 13)]  # the last pooling; the last norm, after a pooling
    assert multiplications(meta("alexnet_lecture"), (3, 227, 227)) / 1e9 == pytest.approx(1.14, abs=0.005)


def test_alexnet_of_the_paper_has_two_groups_and_normalises_before_it_pools():
    network = meta("alexnet_paper")
    halved = conv(5, 96, 256, 2) + conv(3, 256, 384) + conv(3, 384, 384, 2) + conv(3, 384, 256, 2)
    rest = conv(11, 3, 96) + fc(256 * 6 * 6, 4096) + fc(4096, 4096) + fc(4096, 1000)
    assert parameters(network) == halved + rest == 60_965_224
    assert sizes(network, "pool", "norm", input_size=(3, 227, 227)) == [(256, 6, 6), (256, 27, 27)]
    assert multiplications(meta("alexnet_paper"), (3, 227, 227)) / 1e9 == pytest.approx(0.72, abs=0.005)


def test_alexnet_normalises_as_the_papers_formula_says():
    norm = meta("alexnet_paper").norm
    a = torch.randn(2, 8, 3, 3, dtype=torch.float64) * 30
    b = torch.empty_like(a)
    k, n, alpha, beta = 2, 5, 1e-4, 0.75
    for i in range(8):
        near = a[:, max(0, i - n // 2) : min(7, i + n // 2) + 1]
        b[:, i] = a[:, i] / (k + alpha * (near**2).sum(dim=1)) ** beta
    assert torch.allclose(norm(a), b, rtol=1e-12)


def test_alexnet_starts_as_the_paper_says():
    torch.manual_seed(0)
    network = AlexNet(num_classes=2)
    ones = {name for name, layer in network.named_children() if hasattr(layer, "bias") and (layer.bias == 1).all()}
    assert ones == {"conv2", "conv4", "conv5", "fc6", "fc7"}
    assert network.conv3.weight.std().item() == pytest.approx(0.01, rel=0.02) and not network.conv3.bias.any()
