"""Draw a digit, and a trained LeNet-5 reads it while you draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments
from cnnlib.widgets import _state, sources

if TYPE_CHECKING:  # other figures do without PyTorch
    from torch import nn

__all__ = ["LeNetDraw"]

LAYERS = ("C1", "C3", "C5", "F6", "output")  # those with weights
SIDE = 32
MOST_EXAMPLES = 20
MOST_POINTS = 5000  # of all strokes; a digit that is drawn slowly has some 200


class Strokes(traitlets.TraitType):
    """Lists of points [x, y] in pixels, from the picture's upper left corner; a pen went from each to the next."""

    def __init__(self):
        super().__init__([])

    def validate(self, obj, value):
        strokes = []
        for index, stroke in enumerate(arguments.sequence(self.name, value, "a list of strokes")):
            points = arguments.array(f"{self.name}[{index}]", stroke, "points, 2")
            if points.shape[1] != 2 or not np.all(np.abs(points) <= 2 * SIDE):  # written so that NaN fails too
                expected = f"points [x, y] from −{2 * SIDE} to {2 * SIDE} pixels"
                arguments.fail(f"{self.name}[{index}]", points.tolist(), expected)
            strokes.append(points.astype(float).tolist())
        if sum(map(len, strokes)) > MOST_POINTS:
            arguments.fail(self.name, sum(map(len, strokes)), f"at most {MOST_POINTS} points in all")
        return strokes


class LeNetDraw(anywidget.AnyWidget):
    """A trained ``models.build("lenet5_modern")`` that runs in the page, on what the reader draws or moves about.

    ``examples`` is a pair: digits to start from, 1 to 20 of them, uint8 (n, 1, 32, 32), and their labels (n,). The
    network sees pixels divided by 255, as ``training.fit`` shows them to it. Its weights travel as one byte each:
    see ``quantise``.

    ``example`` is the digit that is shown, from 0, or −1 for none; ``strokes`` is what is drawn over it. ``down`` and
    ``right`` move both, in pixels.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    weights = traitlets.Bytes().tag(sync=True)
    scales = traitlets.Bytes().tag(sync=True)
    images = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List().tag(sync=True)
    example = _state.Whole(-1, MOST_EXAMPLES - 1).tag(sync=True)
    strokes = Strokes().tag(sync=True)
    down = _state.Whole(-12, 12, 0).tag(sync=True)
    right = _state.Whole(-12, 12, 0).tag(sync=True)

    def __init__(self, model: nn.Module, examples: tuple[ArrayLike, ArrayLike]) -> None:
        weights, scales = quantise(model)
        images, labels = _check(examples)
        super().__init__(weights=weights, scales=scales, images=images, labels=labels, example=0)

    @traitlets.validate("example")
    def _check_example(self, proposal):
        if proposal["value"] >= len(self.labels):
            arguments.fail("example", proposal["value"], f"at most {len(self.labels) - 1}, the last of the examples")
        return proposal["value"]


def quantise(model: nn.Module) -> tuple[bytes, bytes]:
    """The network's weights as bytes: whole numbers from −127 to 127, and per output channel a scale and a bias.

    A weight is its number times the scale of its output channel, max|w| / 127, so that none is off by more than half
    a scale; the scores of a network trained on the digits change by less than 0.15 (they reach 10 and more).
    Returns the whole numbers, int8, and the float32 numbers: scales, then biases; each layer after layer.
    """
    from cnnlib.models.lenet import LeNet5Modern  # here, as other figures do without PyTorch

    if not isinstance(model, LeNet5Modern) or model.output.out_features != 10:
        arguments.fail("model", type(model).__name__, 'a models.build("lenet5_modern") with ten outputs')
    weights, scales = [], []
    for name in LAYERS:
        layer = getattr(model, name)
        matrix = layer.weight.detach().cpu().double().flatten(1).numpy()
        bias = layer.bias.detach().cpu().numpy()
        if not (np.isfinite(matrix).all() and np.isfinite(bias).all()):
            arguments.fail(f"model.{name}", "NaN or infinite weights", "trained to finite weights")
        scale = np.abs(matrix).max(axis=1) / 127
        scale[scale == 0] = 1
        weights.append(np.rint(matrix / scale[:, None]).astype(np.int8).tobytes())
        scales.append(np.concatenate([scale, bias]).astype("<f4").tobytes())
    return b"".join(weights), b"".join(scales)


def restore(weights: bytes, scales: bytes) -> nn.Module:
    """The network that the page runs: ``models.build("lenet5_modern")`` with the weights that ``quantise`` gave."""
    import torch

    from cnnlib.models.lenet import LeNet5Modern

    model = LeNet5Modern()
    numbers = torch.frombuffer(bytearray(weights), dtype=torch.int8).float()
    factors = torch.frombuffer(bytearray(scales), dtype=torch.float32)
    with torch.no_grad():
        for name in LAYERS:
            layer = getattr(model, name)
            outputs, count = len(layer.bias), layer.weight.numel()
            layer.weight.copy_((numbers[:count].view(outputs, -1) * factors[:outputs, None]).view_as(layer.weight))
            layer.bias.copy_(factors[outputs : 2 * outputs])
            numbers, factors = numbers[count:], factors[2 * outputs :]
    return model.eval()


def _check(examples):
    """The examples as bytes and a list of labels, if they are digits that the network could be shown."""
    expected = "a pair (images, labels), as data.load gives"
    pair = arguments.sequence("examples", examples, expected)
    if len(pair) != 2:
        arguments.fail("examples", examples, expected)
    images = arguments.array("images", pair[0], "n, 1, 32, 32")
    if images.dtype != np.uint8:
        arguments.fail("images.dtype", images.dtype.name, "uint8, for numbers from 0 to 255")
    if images.shape[1:] != (1, SIDE, SIDE) or len(images) > MOST_EXAMPLES:
        expected = f"(n, 1, {SIDE}, {SIDE}) with n from 1 to {MOST_EXAMPLES}; see data.digits.on_canvas"
        arguments.fail("images.shape", images.shape, expected)
    labels = arguments.array("labels", pair[1], "n", kinds="iu")
    if labels.shape != (len(images),) or labels.min() < 0 or labels.max() > 9:
        arguments.fail("labels", labels.tolist(), f"{len(images)} digits from 0 to 9, one for each image")
    return images.tobytes(), labels.tolist()
