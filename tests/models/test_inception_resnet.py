"""The Inception-ResNet block against its paper, by hand."""

import torch
import torch.nn.functional as F

from cnnlib.models.inception_resnet import InceptionResNetA
from tests.models.counts_by_hand import conv, parameters


def test_inception_resnet_blocks_by_hand():
    def conv_bn(K, C_in, C_out):
        return K * K * C_in * C_out + 2 * C_out

    for channels, widths in ((384, (48, 64)), (256, (32, 32))):  # the paper's Figures 16 and 10
        block = InceptionResNetA(channels, widths=widths)
        by_hand = 3 * conv_bn(1, channels, 32) + 2 * conv_bn(3, 32, 32) - conv_bn(3, 32, 32)
        by_hand += conv_bn(3, 32, widths[0]) + conv_bn(3, *widths) + conv(1, 64 + widths[1], channels)
        assert parameters(block) == by_hand
        assert block(torch.zeros(1, channels, 35, 35)).shape == (1, channels, 35, 35)
    x = torch.randn(1, 256, 5, 5)
    assert torch.equal(InceptionResNetA(256, scale=0)(x), F.relu(x))  # without its branch, x is all there is
