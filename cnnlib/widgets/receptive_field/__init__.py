"""What one unit of a stack of convolutions sees of a photo."""

from collections.abc import Sequence

import anywidget
import traitlets
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments
from cnnlib.widgets import _state, sources

__all__ = ["ReceptiveField"]

# (kernel size, stride, dilation) of each layer.
PRESETS = {
    "Three 3×3": [(3, 1, 1)] * 3,
    "One 7×7": [(7, 1, 1)],
    "Stride 2 each": [(3, 2, 1)] * 4,
    "Dilation 1, 2, 4": [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
    "VGG-16 up to its third pool": [(3, 1, 1), (3, 1, 1), (2, 2, 1)] * 2 + [(3, 1, 1)] * 3 + [(2, 2, 1)],
    "AlexNet's convolutions and pools": [
        *[(11, 4, 1), (3, 2, 1), (5, 1, 1), (3, 2, 1)],
        *[(3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 1)],
    ],
}
MOST_LAYERS = 10
LIMITS = {"kernel size": 31, "stride": 8, "dilation": 16}


class Layers(traitlets.TraitType):
    """One to ten layers, each (kernel size, stride, dilation)."""

    def validate(self, obj, value):
        expected = f"a list of 1 to {MOST_LAYERS} tuples (kernel_size, stride, dilation)"
        if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= MOST_LAYERS:
            arguments.fail(self.name, value, expected)
        layers = []
        for index, layer in enumerate(value):
            if not isinstance(layer, (list, tuple)) or len(layer) != len(LIMITS):
                arguments.fail(f"{self.name}[{index}]", layer, "a tuple (kernel_size, stride, dilation)")
            for number, (meaning, most) in zip(layer, LIMITS.items(), strict=True):
                name = f"{self.name}[{index}]'s {meaning}"
                if arguments.integer(name, number, 1) > most:
                    arguments.fail(name, number, f"at most {most}")
            layers.append([int(number) for number in layer])
        return layers


class ReceptiveField(anywidget.AnyWidget):
    """A photo, grey (H, W) or colour (3, H, W), with values in [0, 1] and at most 224 pixels a side, and a stack.

    ``layers`` lists (kernel_size, stride, dilation), first layer first. Every layer is taken to be padded by
    ⌊dilation · (kernel_size − 1) / 2⌋ before the first row and column, so that units stand where their fields'
    middles are. ``selected`` is the layer, from 0, whose unit (``row``, ``column``) is looked through; -1 for row
    or column means the middle one.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    pixels = traitlets.Bytes().tag(sync=True)
    channels = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    layers = Layers([[3, 1, 1]]).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    selected = _state.Whole(0, MOST_LAYERS - 1).tag(sync=True)
    row = _state.Whole(-1, 223).tag(sync=True)
    column = _state.Whole(-1, 223).tag(sync=True)

    def __init__(self, photo: ArrayLike, layers: Sequence[tuple[int, int, int]]) -> None:
        pixels, (channels, height, width) = _state.grey_levels(photo, largest=224, colour=True)
        super().__init__(
            pixels=pixels,
            channels=channels,
            height=height,
            width=width,
            layers=layers,
            presets={name: [list(layer) for layer in stack] for name, stack in PRESETS.items()},
        )
        self.selected = len(self.layers) - 1
