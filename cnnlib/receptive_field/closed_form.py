"""The receptive field after layers one after another, in closed form.

It follows Araujo, Norris and Sim (2019), "Computing receptive fields of convolutional neural networks". Per axis, with
kernel K, stride S, padding P and dilation D of layer l,

    size    r_l = r_{l−1} + D(K − 1) · j_{l−1}        r_0 = 1
    jump    j_l = j_{l−1} · S                         j_0 = 1
    start   s_l = s_{l−1} − P · j_{l−1}               s_0 = 0

so that the unit at index i of layer l sees the input pixels from s_l + i·j_l to s_l + i·j_l + r_l − 1.
Pixels outside the input are padding.
"""

from collections.abc import Iterable
from typing import NamedTuple

from cnnlib import _arguments as arguments

__all__ = ["Layer", "ReceptiveField", "closed_form"]


class Layer(NamedTuple):
    """A convolution or pooling layer along one axis."""

    kernel_size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """What the units of one layer see of the input along one axis, in input pixels."""

    size: int
    jump: int
    start: int

    def interval(self, index: int) -> tuple[int, int]:
        """First and last input pixel that the unit at ``index`` sees; padding lies below 0 and past the end."""
        index = arguments.integer("index", index, 0)
        first = self.start + index * self.jump
        return first, first + self.size - 1


def closed_form(layers: Iterable[Layer | tuple[int, ...]]) -> list[ReceptiveField]:
    """The ``ReceptiveField`` after each of ``layers`` (``Layer`` or tuples in its order), as a list."""
    fields, field = [], ReceptiveField(1, 1, 0)
    for number, layer in enumerate(arguments.sequence("layers", layers, "a list of layers")):
        try:
            kernel_size, stride, padding, dilation = Layer(*arguments.sequence("layer", layer, "a tuple"))
        except (TypeError, ValueError):
            arguments.fail(f"layers[{number}]", layer, "a Layer, or a tuple (kernel_size, stride, padding, dilation)")
        kernel_size = arguments.integer(f"layers[{number}].kernel_size", kernel_size, 1)
        stride = arguments.integer(f"layers[{number}].stride", stride, 1)
        padding = arguments.integer(f"layers[{number}].padding", padding, 0)
        dilation = arguments.integer(f"layers[{number}].dilation", dilation, 1)
        field = ReceptiveField(
            size=field.size + dilation * (kernel_size - 1) * field.jump,
            jump=field.jump * stride,
            start=field.start - padding * field.jump,
        )
        fields.append(field)
    return fields
