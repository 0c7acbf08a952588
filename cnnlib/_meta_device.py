"""Networks on PyTorch's meta device, where tensors have a shape and a type and no data.

``copy_without_data`` copies a network there, with an input for it; ``run`` runs the copy while an ``OperationMode``
sees every operation. So are multiply-adds counted, depths, and receptive fields, at no cost in memory.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map_only

from cnnlib import _arguments as arguments

Result = TypeVar("Result")


def copy_without_data(
    model: nn.Module,
    input_shape: Sequence[int],
    expected: str = "the shape of one example, such as (C, H, W)",
    *,
    batch: int = 1,
    dtype: torch.dtype | None = None,
    training: bool = False,
) -> tuple[nn.Module, torch.Tensor]:
    """A copy of ``model`` and an input (batch, *input_shape) for it, both on the meta device.

    The copy is in evaluation mode unless ``training``. The input is of ``dtype``, by default that of the model's first
    floating-point parameter. ``expected`` says in words what ``input_shape`` is. ``ValueError`` for what does not fit.
    """
    if not isinstance(model, nn.Module):
        arguments.fail("model", model, "a torch.nn.Module")
    shape = arguments.sequence("input_shape", input_shape, expected)
    shape = [arguments.integer("input_shape", n, 1) for n in shape]
    batch = arguments.integer("batch", batch, 1)
    if dtype is None:
        dtype = next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.get_default_dtype())
    elif not isinstance(dtype, torch.dtype):
        arguments.fail("dtype", dtype, "a torch.dtype, or None")
    twin = _copy_to_meta(model).train(bool(training))
    try:
        return twin, torch.empty((batch, *shape), dtype=dtype, device="meta")
    except Exception as error:  # more numbers than PyTorch counts
        _does_not_fit(shape, error)


class Stop(Exception):
    """What a mode or a hook of ours raises to end a run; all else that is raised, the model's own code raises."""


class OperationMode(TorchDispatchMode):
    """While entered, sees every operation that reaches the dispatcher; ``note`` keeps what there is to know.

    Operations without a rule come as the smaller ones that they are made of, if PyTorch knows those.
    """

    def has_rule(self, operation: Any) -> bool:
        return True

    def note(self, operation: Any, args: tuple, kwargs: dict, out: Any) -> None:
        pass

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if not self.has_rule(operation) and operation._can_decompose():  # in inference mode, nobody else has done it
            with self:
                return operation.decompose(*args, **kwargs)
        out = _perform(operation, args, kwargs)
        self.note(operation, args, kwargs, out)
        return out


def run(function: Callable[[torch.Tensor], Result], x: torch.Tensor, mode: OperationMode) -> Result:
    """What ``function``, a copy of a model or a method of it, returns for ``x`` while ``mode`` sees its operations."""
    try:
        with torch.no_grad(), mode:
            return function(x)
    except Stop:
        raise
    except Exception as error:  # whatever the model's own code raises
        _does_not_fit(x.shape[1:], error)


def _does_not_fit(shape: Sequence[int], error: Exception) -> NoReturn:
    problem = f"{type(error).__name__}: {error}"
    arguments.fail("input_shape", tuple(shape), f"one that the model takes, without data ({problem})")


def _copy_to_meta(model):
    """A copy of ``model`` whose parameters and buffers are on the meta device."""
    if any(isinstance(module, torch.jit.ScriptModule) for module in model.modules()):
        arguments.fail("model", type(model).__name__, "one without TorchScript, which takes no hooks")
    memo = {}  # what deepcopy finds here, it takes instead of a copy
    for tensor in (*model.parameters(), *model.buffers()):
        if torch.nn.parameter.is_lazy(tensor):
            arguments.fail("model", type(model).__name__, "one without lazy layers; call it once to set their sizes")
        twin = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")
        if isinstance(tensor, torch.nn.Parameter):
            twin = torch.nn.Parameter(twin, tensor.requires_grad)
        memo[id(tensor)] = twin
    try:
        return copy.deepcopy(model, memo)
    except Exception as error:  # a lock, an open file, a tensor that carries gradients
        arguments.fail("model", type(model).__name__, f"one that copy.deepcopy copies ({error})")


def _perform(operation, args, kwargs):
    """What an operation returns; where tensors of other devices meet the meta device, they follow."""
    if operation is torch.ops.aten.native_batch_norm.default and args[0].is_meta:
        # PyTorch takes a millisecond to find these shapes, half of all the time for a ResNet. The two that are empty
        # are for the backward pass.
        return torch.empty_like(args[0]), args[0].new_empty(0), args[0].new_empty(0)
    try:
        return operation(*args, **kwargs)
    except RuntimeError:
        if not any(isinstance(leaf, torch.Tensor) and leaf.is_meta for leaf in tree_leaves((args, kwargs))):
            raise
    args, kwargs = tree_map_only(torch.Tensor, lambda t: t.to("meta"), (args, kwargs))
    if kwargs.get("device"):  # a tensor sent to the device that the model thinks it is on
        kwargs["device"] = torch.device("meta")
    return operation(*args, **kwargs)
