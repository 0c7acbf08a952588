"""What the networks' tests count with: a network without numbers, its sizes, and layers worked out by hand."""

import torch
from torch import nn

from cnnlib import models


def meta(name, num_classes=None, **options):
    """A network that has shapes and no numbers, in evaluation mode: built and run at no cost."""
    with torch.device("meta"):
        return models.build(name, num_classes, **options).eval()


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def conv(K, C_in, C_out, groups=1):
    """Weights and biases of a K×K convolution."""
    return K * K * C_in // groups * C_out + C_out


def fc(C_in, C_out):
    return C_in * C_out + C_out


def sizes(network, *names, input_size):
    """(C, H, W) after the named layers, for one image; a layer that is called twice is asked for by its last call."""
    shapes = {}

    def note(name):
        return lambda module, inputs, output: shapes.__setitem__(name, tuple(output.shape[1:]))

    for name in names:
        network.get_submodule(name).register_forward_hook(note(name))
    network(torch.zeros(1, *input_size, device=next(network.parameters()).device))
    return [shapes[name] for name in names]


def multiplications(network, input_size):
    """Multiply-adds of all convolutions and fully connected layers, for one image."""
    total = 0

    def count(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()

    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    network(torch.zeros(1, *input_size, device="meta"))
    return total
