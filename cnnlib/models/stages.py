"""What another head needs to know of a network's trunk: channels, sizes and stride of the maps of each stage."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from cnnlib import _arguments as arguments
from cnnlib._meta_device import OperationMode, copy_without_data, run

__all__ = ["Stage", "describe_stages"]

MORE = 960  # pixels: 2⁶·3·5, so that all usual strides divide it


class Stage(NamedTuple):
    """The maps of one stage, for an input of the given size."""

    channels: int
    size: tuple[int, int]  # (H, W)
    stride: int  # how many pixels of the input lie between two neighbours


def describe_stages(network: nn.Module, input_shape: Sequence[int]) -> list[Stage]:
    """A ``Stage`` for each of the maps that ``network.stages(x)`` gives, finest first, for x (N, *input_shape).

    ``input_shape`` is (C, H, W). All is found by running a copy without data, so it costs next to nothing. The stride
    is how much the input must grow for one row of units more: layers that do not pad make maps smaller, and leave the
    stride as it is.
    """
    if not hasattr(network, "stages"):
        expected = 'one with a method stages, such as models.build("resnet18")'
        arguments.fail("network", type(network).__name__, expected)
    shapes = _shapes(network, input_shape)
    channels, height, width = input_shape
    larger = _shapes(network, (channels, height + MORE, width + MORE))
    return [
        Stage(C, (H, W), round(MORE / (grown - H)))
        for (C, H, W), (_, grown, _) in zip(shapes, larger, strict=True)
    ]  # fmt: skip


def _shapes(network: nn.Module, input_shape: Sequence[int]) -> list[tuple[int, ...]]:
    twin, x = copy_without_data(network, input_shape, "(C, H, W)")
    if x.ndim != 4:
        arguments.fail("input_shape", tuple(input_shape), "(C, H, W)")
    return [tuple(maps.shape[1:]) for maps in run(twin.stages, x, OperationMode())]
