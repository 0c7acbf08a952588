"""Random directions in weight space, on the network's own scale: Li, Xu, Taylor, Studer and Goldstein (2018),
"Visualizing the loss landscape of neural nets", §4.
"""

import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.landscape._loss_at import check_model

__all__ = ["filter_normalised"]


def filter_normalised(model: nn.Module, seed: int = 0, count: int = 2) -> list[dict[str, torch.Tensor]]:
    """Random directions, each filter of which is as long as the same filter of ``model``.

    Returns ``count`` dictionaries from a parameter's name to a tensor of its shape. Every number is drawn from
    N(0, 1); then d[i] becomes d[i] · ‖w[i]‖ / ‖d[i]‖ for each filter i, which is w[i] of a convolution's
    weights w (Cout, Cin/groups, KH, KW), and a row, the weights of one unit, of a fully connected layer's (Cout, Cin).
    A rectified network is the same function when one filter is doubled and the next layer halved; a step of one
    length for all would be small for the one and large for the other. This one is a fixed part of each.

    Biases and BatchNorm's γ and β have no entry: a surface keeps them as they are, as in the paper. Each is a filter of
    one number, of which the rescaling would leave the sign alone: ±w, so that a step of 1 doubles it or
    switches the channel off.
    """
    check_model("model", model)
    generator = torch.Generator().manual_seed(arguments.integer("seed", seed, 0))  # on the CPU: the same everywhere
    count = arguments.integer("count", count, 1)
    return [
        {
            name: _rescale(torch.randn(weight.shape, generator=generator), weight.detach())
            for name, weight in model.named_parameters()
            if weight.ndim > 1
        }
        for _ in range(count)
    ]


def _rescale(direction, weight):
    """``direction`` with each filter rescaled to the norm of that filter of ``weight``; zero where the filter is."""
    direction = direction.to(weight)
    axes = tuple(range(1, weight.ndim))
    norms = [torch.linalg.vector_norm(tensor, dim=axes, keepdim=True) for tensor in (weight, direction)]
    return direction * (norms[0] / norms[1])
