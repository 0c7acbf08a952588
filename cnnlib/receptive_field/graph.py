"""Receptive fields through a network with branches, followed operation by operation; ``operations`` has the rules."""

import contextlib
from collections.abc import Callable, Sequence
from fractions import Fraction

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from cnnlib import _arguments as arguments
from cnnlib._meta_device import OperationMode, Stop, copy_without_data, run
from cnnlib.receptive_field.closed_form import ReceptiveField
from cnnlib.receptive_field.operations import EVERYTHING, Span, Unknown, is_listed, rule

__all__ = ["of_graph", "of_last_maps"]


def of_graph(model: nn.Module, input_shape: Sequence[int], layer: str | None = None) -> tuple[ReceptiveField, ...]:
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
    twin, x = _copy_without_data(model, input_shape)
    if layer is not None:
        arguments.choice("layer", layer, dict(model.named_modules()))
    return _follow(twin, x, lambda: _field_of_layer(twin, x, twin.get_submodule(layer or "")))


def of_last_maps(model: nn.Module, input_shape: Sequence[int]) -> tuple[ReceptiveField, ...]:
    """The receptive field of the last maps that still have places: those that are pooled globally or flattened.

    Arguments, result and errors are those of ``of_graph``. Of a network that does neither, they are its output; with
    gates computed from global means, the maps that the first gate is computed from.
    """
    twin, x = _copy_without_data(model, input_shape)
    return _follow(twin, x, lambda: _field_of_last_maps(twin, x))


def _copy_without_data(model, input_shape):
    twin, x = copy_without_data(model, input_shape, "(C, H, W), or of another number of axes")
    if not 3 <= x.ndim <= 5:
        arguments.fail("input_shape", tuple(x.shape[1:]), "(C, L), (C, H, W) or (C, D, H, W)")
    return twin, x


def _follow(twin: nn.Module, x: torch.Tensor, find: Callable) -> tuple[ReceptiveField, ...]:
    """The field that ``find`` finds, as a ``ReceptiveField`` for each axis."""
    try:
        field = find()
        if field != EVERYTHING and any(number.denominator > 1 for span in field for number in span):
            raise Unknown("this layer, whose units lie closer than pixels")
    except Unknown as unknown:
        arguments.fail("model", type(twin).__name__, f"one whose fields can be followed, which ends at {unknown}")
    if field == EVERYTHING:
        return tuple(ReceptiveField(size, 0, 0) for size in x.shape[2:])
    return tuple(ReceptiveField(int(s.last - s.first) + 1, int(s.jump), int(s.first)) for s in field)


def _field_of_layer(model, x, module):
    """The field of what ``module`` within ``model`` returns, at its first call while ``model`` takes ``x``."""
    mode = _FieldMode(x)
    found = []

    def stop(module, args, output):
        found.append(mode.field(output))
        raise _Reached

    module.register_forward_hook(stop)
    with contextlib.suppress(_Reached):
        run(model, x, mode)
    if not found:
        raise Unknown("this layer, which is not called")
    if found[0] is None:
        raise Unknown("this layer, whose output is no tensor or does not depend on the input")
    return found[0]


def _field_of_last_maps(model, x):
    """The field of what ``model`` pools globally or flattens first; of its output, if it does neither."""
    mode = _FieldMode(x)
    output = run(model, x, mode)
    field = mode.last_local or mode.field(output)
    if field is None:
        raise Unknown("its output, which is no tensor or does not depend on the input")
    return field


class _Reached(Stop):
    """The layer was called; what follows does not matter."""


class _FieldMode(OperationMode):
    """Follows the field of ``x`` through every operation on what is computed from it."""

    def __init__(self, x):
        super().__init__()
        self.axes = x.ndim - 2  # how many axes at the end of a shape are in space or time
        self.fields = {}  # id of a tensor to its field; tensors that do not depend on x have none
        self.alive = []  # keeps the tensors, or another might get the id
        self.views = set()
        self.last_local = None  # the field of what the first operation took that let every unit see everything
        self._keep(x, (Span(Fraction(0), Fraction(0), Fraction(1)),) * self.axes)

    def field(self, tensor):
        """The field of a tensor: a tuple of one ``Span`` per axis, ``EVERYTHING``, or None."""
        return self.fields.get(id(tensor))

    def has_rule(self, operation):
        return is_listed(operation)

    def note(self, operation, args, kwargs, out):
        outputs = [t for t in tree_leaves(out) if isinstance(t, torch.Tensor)]
        if operation.is_view:
            self.alive += outputs
            self.views |= set(map(id, outputs))
        tensors = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor) and self.field(t)]
        if not tensors:
            return
        if operation._schema.is_mutable and id(args[0]) in self.views and any(t is not args[0] for t in tensors):
            raise Unknown(f"{operation} into a part of a tensor")  # the whole would have to learn of it
        fields = [self.field(t) for t in tensors]
        if EVERYTHING in fields:
            after = EVERYTHING
        else:
            how = rule(operation)
            if how is None:
                raise Unknown(f"{operation}")
            after = how(fields, tensors, args, outputs[0], self.axes)
            if after == EVERYTHING:
                self.last_local = self.last_local or fields[0]
        for output in outputs:
            self._keep(output, after)

    def _keep(self, tensor, field):
        self.alive.append(tensor)
        self.fields[id(tensor)] = field
