"""How much of the input a unit sees: in closed form, and measured by gradients.

The closed form follows Araujo, Norris and Sim (2019), "Computing receptive fields of convolutional neural
networks". Per axis, with kernel K, stride S, padding P and dilation D of layer l,

    size    r_l = r_{l−1} + D(K − 1) · j_{l−1}        r_0 = 1
    jump    j_l = j_{l−1} · S                         j_0 = 1
    start   s_l = s_{l−1} − P · j_{l−1}               s_0 = 0

so that the unit at index i of layer l sees the input pixels from s_l + i·j_l to s_l + i·j_l + r_l − 1.
Pixels outside the input are padding.
"""

from typing import NamedTuple

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib._modes import keep_modes

__all__ = ["Layer", "ReceptiveField", "closed_form", "gradient_map", "of_graph", "of_last_maps", "seen_extent"]


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

    def interval(self, index):
        """First and last input pixel that the unit at ``index`` sees; padding lies below 0 and past the end."""
        index = arguments.integer("index", index, 0)
        first = self.start + index * self.jump
        return first, first + self.size - 1


def closed_form(layers):
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


def of_graph(model, input_shape, layer=None):
    """The receptive field of a network's output, or of one layer's, as a tuple of ``ReceptiveField``, one per axis.

    ``model`` is a ``torch.nn.Module`` with any branches and skips; ``input_shape`` is (C, L), (C, H, W) or
    (C, D, H, W); and ``layer`` is a name of ``model.named_modules()``, whose first call counts. Branches that meet see
    what any of them sees: from the least first pixel to the greatest last. Interpolation and transposed convolution
    give neighbours different fields; what is returned holds them all, as tightly as one size and start can. Where every
    unit sees the whole input, as after global pooling, flattening, a linear layer, or a gate computed from a global
    mean, the field is (size of the axis, 0, 0).

    The network runs in evaluation mode and without data, so its size and the input's cost nothing. ``ValueError``
    where an operation moves the axes of space, or is not known here.
    """
    from cnnlib.receptive_field import (
        graph as _field_graph,  # only here: it needs PyTorch, and much else in this module does not
    )

    def follow(twin, x):
        return _field_graph.field_of(twin, x, twin.get_submodule(layer or ""))

    twin, x = _without_data(model, input_shape)
    if layer is not None:
        arguments.choice("layer", layer, dict(model.named_modules()))
    return _followed(twin, x, follow)


def of_last_maps(model, input_shape):
    """The receptive field of the last maps that still have places: those that are pooled globally or flattened.

    Arguments, result and errors are those of ``of_graph``. Of a network that does neither, they are its output; with
    gates computed from global means, the maps that the first gate is computed from.
    """
    from cnnlib.receptive_field import graph as _field_graph

    twin, x = _without_data(model, input_shape)
    return _followed(twin, x, _field_graph.field_before_everything)


def _without_data(model, input_shape):
    """A twin of ``model`` to follow fields through, and an input for it."""
    import torch

    from cnnlib import _meta_device as _meta

    shape, dtype = _meta.checked(model, input_shape, "(C, H, W), or of another number of axes")
    if not 2 <= len(shape) <= 4:
        arguments.fail("input_shape", shape, "(C, L), (C, H, W) or (C, D, H, W)")
    return _meta.without_data(model).eval(), torch.empty((1, *shape), dtype=dtype, device="meta")


def _followed(twin, x, follow):
    """What ``follow`` finds for the input ``x``, as a ``ReceptiveField`` for each axis."""
    from cnnlib.receptive_field import graph as _field_graph

    shape = tuple(x.shape[1:])
    try:
        field = follow(twin, x)
    except _field_graph.Unknown as unknown:
        arguments.fail("model", type(twin).__name__, f"one whose fields can be followed, which ends at {unknown}")
    except Exception as error:  # whatever the model's own code raises
        problem = f"{type(error).__name__}: {error}"
        arguments.fail("input_shape", shape, f"one that the model takes, without data ({problem})")
    if field == _field_graph.EVERYTHING:
        return tuple(ReceptiveField(size, 0, 0) for size in shape[1:])
    return tuple(ReceptiveField(int(s.last - s.first) + 1, int(s.jump), int(s.first)) for s in field)


def gradient_map(network, input_shape, unit=None):
    """How strongly each input pixel moves one unit of the output: |∂y/∂x|, summed over channels, (H, W).

    ``network`` is a ``torch.nn.Module`` that takes (1, C, H, W) to (1, C', H', W'); ``input_shape`` is
    (C, H, W); ``unit`` is (row, column) in the output, by default its centre. All output channels count, with
    random weights, so that none cancels another. The network is run in evaluation mode, and its modes are kept.
    The input is random, so that rectifiers and maxima let some gradients through; average over calls for the
    effective receptive field of Luo et al. (2016).
    """
    import torch  # only here: everything else in this module works without it

    if not isinstance(network, torch.nn.Module):
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


def seen_extent(gradients):
    """Height and width of the smallest box that holds every non-zero entry of a map (H, W); (0, 0) if none."""
    gradients = arguments.array("gradients", gradients, "H, W", kinds="fiub")
    sides = []
    for axis in (1, 0):
        (seen,) = np.nonzero(np.any(gradients != 0, axis=axis))
        sides.append(int(seen[-1] - seen[0] + 1) if seen.size else 0)
    return tuple(sides)
