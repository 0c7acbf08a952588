"""ZFNet against its paper, layer by layer."""

import torch

from cnnlib.models.zfnet import ZFNet
from tests.models.counts_by_hand import conv, fc, meta, parameters, sizes


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
