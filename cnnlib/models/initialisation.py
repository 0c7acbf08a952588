"""How weights begin where a paper says "as He et al. did", or nothing at all."""

from torch import nn

__all__ = ["he_initialise"]


def he_initialise(network: nn.Module) -> None:
    """Draw the weights of ``network`` as He et al. (2015): the spread of signals stays the same through rectifiers.

    Convolutions: N(0, 2 / (K·K·Cout)), biases 0. Fully connected layers: N(0, 0.01²), biases 0, as AlexNet and VGG.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
