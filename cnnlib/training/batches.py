"""What a batch is: inputs and targets, each a tensor, or a tuple or dictionary of them, with one row an example.

Here they are called trees. Inputs of uint8 are pixels, 0 to 255, which a network sees divided by 255; other integers
are token numbers and stay whole numbers (int64); floats get the network's type. A network is called with its input,
with the parts of a tuple one after another, or with those of a dictionary by their names.
"""

from collections.abc import Callable
from numbers import Number
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnlib import _arguments as arguments

Tree = Any  # a tensor, a tuple or dictionary of trees, or None where there are no targets


def load(name: str, data: Any, device: torch.device, dtype: torch.dtype) -> tuple[Tree, Tree]:
    """The pair ``data`` (inputs, targets) as trees of tensors, checked: the inputs on ``device``, the targets as given.

    uint8 inputs stay uint8, see ``scale_pixels``; floats become ``dtype``.
    """
    try:
        inputs, targets = data
    except (TypeError, ValueError):
        arguments.fail(name, type(data).__name__, "a pair (inputs, targets)")
    inputs, targets = to_tensors(f"inputs of {name}", inputs), to_tensors(f"targets of {name}", targets)
    if len({tensor.shape[:1] for tensor in leaves((inputs, targets))}) > 1:
        shapes = tuple(tuple(tensor.shape) for tensor in leaves((inputs, targets)))
        arguments.fail(name, shapes, "as many inputs as targets, a row of each tensor for an example")
    return place_inputs(f"inputs of {name}", inputs, device, dtype), targets


def to_tensors(name: str, value: Any) -> Tree:
    """``value`` with its arrays and lists of numbers as tensors without gradients."""
    if value is None:
        return None
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, dict) and value:
        return {key: to_tensors(f"{name}[{key!r}]", part) for key, part in value.items()}
    if isinstance(value, tuple) and value and not all(isinstance(part, Number) for part in value):
        return tuple(to_tensors(f"{name}[{number}]", part) for number, part in enumerate(value))
    try:
        return torch.from_numpy(np.ascontiguousarray(value))
    except (TypeError, ValueError):
        arguments.fail(name, type(value).__name__, "an array or a tensor of numbers, or a tuple or dictionary of them")


def place_inputs(name: str, inputs: Tree, device: torch.device, dtype: torch.dtype) -> Tree:
    """``inputs`` on ``device``, if a network can take them: no axis empty, no number infinite, a type that is clear."""
    if not leaves(inputs):
        arguments.fail(name, inputs, "an array or a tensor, or a tuple or dictionary of them")

    def place(tensor):
        if not tensor.ndim or 0 in tensor.shape:
            arguments.fail(f"{name}.shape", tuple(tensor.shape), "(N, …), a row for each example, no axis empty")
        if tensor.is_floating_point():
            if not torch.isfinite(tensor).all():
                first = int((~torch.isfinite(tensor)).reshape(len(tensor), -1).any(dim=1).nonzero()[0])
                arguments.fail(f"{name}[{first}]", "NaN or infinity", "finite numbers")
            return tensor.to(device, dtype)
        if tensor.is_complex() or (tensor.ndim > 3 and tensor.dtype != torch.uint8):
            arguments.fail(f"{name}.dtype", str(tensor.dtype), "uint8, for pixels 0 to 255, or a floating-point type")
        whole = tensor.dtype in (torch.uint8, torch.bool)
        return tensor.to(device, tensor.dtype if whole else torch.int64)

    return change(inputs, place)


def place_targets(targets: Tree, device: torch.device, dtype: torch.dtype) -> Tree:
    """``targets`` on ``device``: integers become int64, the type in which every loss takes class numbers."""

    def place(tensor):
        if tensor.is_floating_point():
            return tensor.to(device, dtype)
        return tensor.to(device, tensor.dtype if tensor.dtype == torch.bool or tensor.is_complex() else torch.int64)

    return change(targets, place)


def scale_pixels(inputs: Tree, dtype: torch.dtype = torch.float32) -> Tree:
    """Inputs as the network sees them: uint8, 0 to 255, become 0 to 1; all else stays what it is."""
    return change(inputs, lambda x: x.float().div_(255).to(dtype) if x.dtype == torch.uint8 else x)


def put_channels_last(inputs: Tree) -> Tree:
    """Images (N, C, H, W) with the channels last in memory, where convolutions are quicker."""
    return change(inputs, lambda x: x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x)


def take(tree: Tree, rows: torch.Tensor | slice) -> Tree:
    """The examples ``rows``, numbers or a slice, of every tensor."""
    return change(tree, lambda tensor: tensor[rows])


def split(number: int, size: int) -> list[slice]:
    """Slices of ``size`` examples, one after another, that cover ``number`` of them.

    A remainder of one joins the slice before it: batch normalization has no variance of a single example.
    """
    starts = list(range(0, number, size))
    if len(starts) > 1 and size > 1 and number - starts[-1] == 1:
        starts.pop()
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], number], strict=True)]


def join(trees: list[Tree]) -> Tree:
    """Trees of one form, one after another, as one."""
    first = trees[0]
    if first is None:
        return None
    if isinstance(first, torch.Tensor):
        return torch.cat(trees)
    if isinstance(first, dict):
        return {key: join([tree[key] for tree in trees]) for key in first}
    return tuple(join(list(parts)) for parts in zip(*trees, strict=True))


def count(inputs: Tree) -> int:
    """The number of examples."""
    return len(leaves(inputs)[0])


def leaves(tree: Tree) -> list[torch.Tensor]:
    """The tensors of a tree, in order."""
    found: list[torch.Tensor] = []
    change(tree, found.append)
    return found


def change(tree: Tree, function: Callable[[torch.Tensor], Any]) -> Tree:
    """The tree with ``function`` of each of its tensors in the tensor's place."""
    if isinstance(tree, torch.Tensor):
        return function(tree)
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: change(part, function) for key, part in tree.items()}
    return tuple(change(part, function) for part in tree)


def as_arguments(inputs: Tree) -> tuple[tuple, dict]:
    """What a network is called with: its arguments in order, and those by name."""
    if isinstance(inputs, dict):
        return (), inputs
    return (inputs if isinstance(inputs, tuple) else (inputs,)), {}


def call(model: nn.Module, inputs: Tree) -> Any:
    """The outputs of ``model`` for a batch of inputs."""
    args, kwargs = as_arguments(inputs)
    return model(*args, **kwargs)
