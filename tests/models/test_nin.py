"""Network in network against its published configurations, layer by layer."""

from tests.models.counts_by_hand import conv, meta, parameters, sizes


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
