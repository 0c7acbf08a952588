"""How deep a network is: the weighted layers that a pixel passes on its longest way to the output."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cnnlib import _arguments as arguments
from cnnlib._meta_device import checked, run, without_data

__all__ = ["depth"]

WEIGHTED = {"convolution", "_convolution", "addmm", "mm"}  # as layers reach the dispatcher


def depth(model, input_shape):
    """Convolutions and linear layers one after another from the input to the output, on the longest way: an int.

    ``input_shape`` is that of one example, such as (C, H, W). So are most networks' depths counted that carry them in
    their names: pooling, normalisation and activation count nothing, branches side by side count as the longest of
    them, a shortcut as less than what it skips, and auxiliary classifiers not at all, for the network runs in
    evaluation mode. ``ValueError`` where it does not take such an input.
    """
    shape, dtype = checked(model, input_shape)
    counting = _Counting()
    twin = without_data(model).eval()
    try:
        x = torch.empty((1, *shape), dtype=dtype, device="meta")
        with torch.no_grad(), counting:
            outputs = tree_leaves(twin(x))
    except Exception as error:  # whatever the model's own code raises
        problem = f"{type(error).__name__}: {error}"
        arguments.fail("input_shape", shape, f"one that the model takes, without data ({problem})")
    return max((counting.of(output) for output in outputs if isinstance(output, torch.Tensor)), default=0)


class _Counting(TorchDispatchMode):
    """Knows for each tensor how many weighted layers stand before it, while entered."""

    def __init__(self):
        super().__init__()
        self.depths = {}  # memory of a tensor to its depth: what is written into a part of it is seen in the whole
        self.alive = []  # keeps the tensors, or others might get the memory

    def of(self, tensor):
        return self.depths.get(_memory(tensor), 0)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = str(operation.overloadpacket).removeprefix("aten.")
        if name not in WEIGHTED and operation._can_decompose():  # in inference mode, nobody else has done it
            with self:
                return operation.decompose(*args, **kwargs)
        out = run(operation, args, kwargs)
        inputs = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        before = max(map(self.of, inputs), default=0)
        outputs = [leaf for leaf in tree_leaves(out) if isinstance(leaf, torch.Tensor)]
        self.alive += outputs
        for output in outputs:
            self.depths[_memory(output)] = before + (name in WEIGHTED)
        return out


def _memory(tensor):
    """What names the memory that a tensor and its views share."""
    return tensor.untyped_storage()._cdata
