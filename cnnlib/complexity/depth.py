"""How deep a network is: the weighted layers that a pixel passes on its longest way to the output."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from cnnlib._meta_device import OperationMode, copy_without_data, run

__all__ = ["depth"]

WEIGHTED = {"convolution", "_convolution", "addmm", "mm"}  # as layers reach the dispatcher


def depth(model: nn.Module, input_shape: Sequence[int]) -> int:
    """Convolutions and linear layers one after another from the input to the output, on the longest way: an int.

    ``input_shape`` is that of one example, such as (C, H, W). So are most networks' depths counted that carry them in
    their names: pooling, normalisation and activation count nothing, branches side by side count as the longest of
    them, a shortcut as less than what it skips, and auxiliary classifiers not at all, because the network
    runs in evaluation mode. ``ValueError`` where it does not take such an input.
    """
    twin, x = copy_without_data(model, input_shape)
    counting = _Counting()
    outputs = tree_leaves(run(twin, x, counting))
    return max((counting.of(output) for output in outputs if isinstance(output, torch.Tensor)), default=0)


class _Counting(OperationMode):
    """Knows for each tensor how many weighted layers stand before it."""

    def __init__(self):
        super().__init__()
        self.depths = {}  # memory of a tensor to its depth: what is written into a part of it is seen in the whole
        self.alive = []  # keeps the tensors, or others might get the memory

    def of(self, tensor):
        return self.depths.get(_memory(tensor), 0)

    def has_rule(self, operation):
        return _is_weighted(operation)

    def note(self, operation, args, kwargs, out):
        inputs = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        before = max(map(self.of, inputs), default=0)
        outputs = [leaf for leaf in tree_leaves(out) if isinstance(leaf, torch.Tensor)]
        self.alive += outputs
        for output in outputs:
            self.depths[_memory(output)] = before + _is_weighted(operation)


def _is_weighted(operation):
    return str(operation.overloadpacket).removeprefix("aten.") in WEIGHTED


def _memory(tensor):
    """What names the memory that a tensor and its views share."""
    return tensor.untyped_storage()._cdata
