"""How much of the input a unit sees, measured by gradients."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib._modes import keep_modes

__all__ = ["gradient_map", "seen_extent"]


def gradient_map(
    network: nn.Module, input_shape: Sequence[int], unit: int | tuple[int, int] | None = None
) -> np.ndarray:
    """How strongly each input pixel moves one unit of the output: |∂y/∂x|, summed over channels, (H, W).

    ``network`` is a ``torch.nn.Module`` that takes (1, C, H, W) to (1, C', H', W'); ``input_shape`` is
    (C, H, W); ``unit`` is (row, column) in the output, by default its centre. All output channels count, with
    random weights, so that none cancels another. The network is run in evaluation mode, and its modes are kept.
    The input is random, so that rectifiers and maxima let some gradients through; average over calls for the
    effective receptive field of Luo et al. (2016).
    """
    if not isinstance(network, nn.Module):
        arguments.fail("network", network, "a torch.nn.Module")
    shape = arguments.sequence("input_shape", input_shape, "(C, H, W)")
    if len(shape) != 3:
        arguments.fail("input_shape", input_shape, "(C, H, W)")
    shape = [arguments.integer("input_shape", n, 1) for n in shape]
    first = next(network.parameters(), torch.zeros(()))  # a pooling layer has no parameters
    with torch.inference_mode(False), torch.enable_grad():  # whatever the caller has switched off
        x = torch.randn(1, *shape, dtype=first.dtype, device=first.device, requires_grad=True)
        try:
            with keep_modes(network):
                y = network.eval()(x)
        except RuntimeError as error:
            arguments.fail("input_shape", tuple(shape), f"one that the network takes ({error})")
        if not isinstance(y, torch.Tensor) or y.ndim != 4:
            given = tuple(y.shape) if isinstance(y, torch.Tensor) else type(y).__name__
            arguments.fail("network", given, "a module whose output has shape (1, C', H', W')")
        row, column = (n // 2 for n in y.shape[2:]) if unit is None else arguments.pair("unit", unit, 0)
        if row >= y.shape[2] or column >= y.shape[3]:
            arguments.fail("unit", unit, f"inside the output, {tuple(y.shape[2:])}")
        channels = y[0, :, row, column]
        weights = torch.ones_like(channels) if len(channels) == 1 else torch.randn_like(channels)
        (gradient,) = torch.autograd.grad(channels @ weights, x)
    return gradient[0].abs().sum(0).cpu().numpy()


def seen_extent(gradients: ArrayLike) -> tuple[int, int]:
    """Height and width of the smallest box that holds every non-zero entry of a map (H, W); (0, 0) if none."""
    gradients = arguments.array("gradients", gradients, "H, W", kinds="fiub")
    rows, columns = (np.nonzero(np.any(gradients != 0, axis=axis))[0] for axis in (1, 0))
    return _extent(rows), _extent(columns)


def _extent(places: np.ndarray) -> int:
    return int(places[-1] - places[0] + 1) if places.size else 0
