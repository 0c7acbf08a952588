"""Networks on PyTorch's meta device, where tensors have a shape and a type and no data."""

import copy

import torch
from torch.utils._pytree import tree_leaves, tree_map_only

from cnnlib import _arguments as arguments


def checked(model, input_shape, expected="the shape of one example, such as (C, H, W)"):
    """The shape of one example, as a tuple, and the type of the numbers that ``model``, a module, takes."""
    if not isinstance(model, torch.nn.Module):
        arguments.fail("model", model, "a torch.nn.Module")
    shape = arguments.sequence("input_shape", input_shape, expected)
    shape = tuple(arguments.integer("input_shape", n, 1) for n in shape)
    return shape, next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.get_default_dtype())


def without_data(model):
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


def run(operation, args, kwargs):
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
