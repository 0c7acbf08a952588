"""Residual networks and their plain twins against the papers, stage by stage and by hand."""

import pytest
import torch
from torch import nn

from cnnlib import models
from cnnlib.models.cifar_resnet import CifarResNet
from tests.models.counts_by_hand import fc, meta, multiplications, parameters, sizes


@pytest.mark.parametrize(("depth", "n"), [(20, 3), (32, 5), (44, 7), (56, 9), (110, 18)])
def test_cifar_networks_by_hand(depth, n):
    def layer(C_in, C):
        return 9 * C_in * C + 2 * C

    by_hand = layer(3, 16) + 2 * n * layer(16, 16) + fc(64, 10)
    by_hand += layer(16, 32) + (2 * n - 1) * layer(32, 32) + layer(32, 64) + (2 * n - 1) * layer(64, 64)
    assert parameters(meta(f"resnet{depth}")) == parameters(meta(f"plain{depth}")) == by_hand
    maps = sizes(meta(f"resnet{depth}"), "stage1", "stage2", "stage3", input_size=(3, 32, 32))
    assert maps == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]


def test_cifar_shortcut_skips_pixels_and_adds_zero_maps():
    block = CifarResNet(8).stage2[0]
    x = torch.randn(1, 16, 32, 32)
    y = block.shortcut(x)
    assert torch.equal(y[:, :16], x[:, :, ::2, ::2]) and not y[:, 16:].any() and y.shape == (1, 32, 16, 16)


@pytest.mark.parametrize("name", ["resnet20", "plain20", "resnet18", "plain18"])
def test_a_block_whose_branch_is_silent_is_the_identity_if_residual(name):
    network = models.build(name).eval()
    blocks = network.stage1 if hasattr(network, "stage1") else network.conv2_x
    x = torch.rand(1, blocks[0].conv1.in_channels, 8, 8)
    nn.init.zeros_(blocks[0].bn2.weight)
    assert torch.equal(blocks[0](x), x if name.startswith("resnet") else torch.zeros_like(x))


def test_imagenet_networks_stage_by_stage():
    stages = ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]
    thin, fat = (64, 128, 256, 512), (256, 512, 1024, 2048)
    for name, widths in [("plain18", thin), ("plain34", thin), ("resnet34", thin), ("resnet50", fat)]:
        found = sizes(meta(name), *stages, input_size=(3, 224, 224))
        assert found == [(C, size, size) for C, size in zip(widths, (56, 28, 14, 7), strict=True)]
    # A plain network lacks what the projections have: three 1×1 convolutions with BatchNorm.
    projections = sum(C * 2 * C + 2 * 2 * C for C in (64, 128, 256))
    for depth in (18, 34):
        assert parameters(meta(f"resnet{depth}")) - parameters(meta(f"plain{depth}")) == projections
    # Of the paper's 3.6 and 3.8 billion, Table 1; with torchvision's strides it is 4.1.
    assert multiplications(meta("plain34"), (3, 224, 224)) / 1e9 == pytest.approx(3.6, abs=0.05)
    assert multiplications(meta("resnet50", paper_strides=True), (3, 224, 224)) / 1e9 == pytest.approx(3.8, abs=0.06)
    assert multiplications(meta("resnet50"), (3, 224, 224)) / 1e9 == pytest.approx(4.1, abs=0.05)
