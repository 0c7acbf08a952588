"""Residual networks for ImageNet and their plain twins against the paper, stage by stage."""

import pytest
import torch
from torch import nn

from cnnlib import models
from tests.models.counts_by_hand import meta, multiplications, parameters, sizes


@pytest.mark.parametrize("name", ["resnet18", "plain18"])
def test_a_block_whose_branch_is_silent_is_the_identity_if_residual(name):
    network = models.build(name).eval()
    blocks = network.conv2_x
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
