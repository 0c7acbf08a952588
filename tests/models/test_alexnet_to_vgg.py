"""AlexNet, ZFNet, NiN and VGG against the papers: parameters worked out by hand, sizes of maps layer by layer."""

import pytest
import torch

from cnnlib.models.alexnet import AlexNet
from cnnlib.models.zfnet import ZFNet
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


def test_zfnet_layer_by_layer():
    network = meta("zfnet")
    by_hand = conv(7, 3, 96) + conv(5, 96, 256) + conv(3, 256, 512) + conv(3, 512, 1024) + conv(3, 1024, 512)
    assert parameters(network) == by_hand + fc(512 * 6 * 6, 4096) + fc(4096, 4096) + fc(4096, 1000)
    layers = ["conv1", "conv2", "conv3", "conv4", "conv5", "pool"]
    maps = [(96, 110, 110), (256, 26, 26), (512, 13, 13), (1024, 13, 13), (512, 13, 13), (512, 6, 6)]
    assert sizes(network, *layers, input_size=(3, 224, 224)) == maps  # Figure 3's 110, 26, 13 and 6
    with torch.device("meta"):
        figure_3 = ZFNet(widths=(384, 384, 256))
    assert parameters(figure_3) - parameters(meta("alexnet_lecture")) == conv(7, 3, 96) - conv(11, 3, 96)


def test_nin_layer_by_layer():
    network = meta("nin")
    by_hand = conv(5, 3, 192) + conv(1, 192, 160) + conv(1, 160, 96)
    by_hand += conv(5, 96, 192) + 2 * conv(1, 192, 192) + conv(3, 192, 192) + conv(1, 192, 192) + conv(1, 192, 10)
    assert parameters(network) == by_hand == 966_986
    layers = ["mlpconv1", "max_pool", "mlpconv2", "average_pool", "mlpconv3"]
    maps = [(96, 32, 32), (96, 16, 16), (192, 16, 16), (192, 8, 8), (10, 8, 8)]
    assert sizes(network, *layers, input_size=(3, 32, 32)) == maps
    network = meta("nin_imagenet")
    by_hand = conv(11, 3, 96) + 2 * conv(1, 96, 96) + conv(5, 96, 256) + 2 * conv(1, 256, 256)
    by_hand += conv(3, 256, 384) + 2 * conv(1, 384, 384) + conv(3, 384, 1024) + conv(1, 1024, 1024)
    assert parameters(network) == by_hand + conv(1, 1024, 1000)
    layers = ["mlpconv1", "mlpconv2", "mlpconv3", "mlpconv4"]
    maps = [(96, 54, 54), (256, 27, 27), (384, 13, 13), (1000, 6, 6)]
    assert sizes(network, *layers, input_size=(3, 224, 224)) == maps


@pytest.mark.parametrize(("name", "third"), [("vgg11", 2), ("vgg13", 2), ("vgg16", 3), ("vgg19", 4)])
def test_vgg_stage_by_stage(name, third):
    network = meta(name)
    first = 1 if name == "vgg11" else 2
    by_hand = fc(512 * 7 * 7, 4096) + fc(4096, 4096) + fc(4096, 1000)
    for C_in, C, count in ((3, 64, first), (64, 128, first), (128, 256, third), (256, 512, third), (512, 512, third)):
        by_hand += conv(3, C_in, C) + (count - 1) * conv(3, C, C)
    assert parameters(network) == by_hand
    pools = [f"features.pool{stage}" for stage in (1, 2, 3, 4, 5)]
    maps = [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    assert sizes(network, *pools, "average", input_size=(3, 224, 224)) == [*maps, (512, 7, 7)]


def test_vgg16_computes_as_much_as_the_lecture_recomputed():
    assert multiplications(meta("vgg16"), (3, 224, 224)) / 1e9 == pytest.approx(15.47, abs=0.005)
