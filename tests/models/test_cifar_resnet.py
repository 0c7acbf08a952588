"""Residual networks for CIFAR-10 and their plain twins against the paper, by hand."""

import pytest
import torch
from torch import nn

from cnnlib import models
from cnnlib.models.cifar_resnet import CifarResNet
from tests.models.counts_by_hand import fc, meta, parameters, sizes


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


@pytest.mark.parametrize("name", ["resnet20", "plain20"])
def test_a_block_whose_branch_is_silent_is_the_identity_if_residual(name):
    network = models.build(name).eval()
    blocks = network.stage1
    x = torch.rand(1, blocks[0].conv1.in_channels, 8, 8)
    nn.init.zeros_(blocks[0].bn2.weight)
    assert torch.equal(blocks[0](x), x if name.startswith("resnet") else torch.zeros_like(x))
