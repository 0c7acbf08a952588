"""One point of weight space: the network's loss there, with the network itself left as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from cnnlib import _arguments as arguments
from cnnlib._modes import keep_modes
from cnnlib.training import batches, metrics
from cnnlib.training.batches import Tree
from cnnlib.training.evaluation import check, find_dtype
from cnnlib.training.objectives import Objective
from cnnlib.training.objectives.objective import Metrics

Batches = list[tuple[Tree, Tree, int]]  # inputs, what the outputs are compared with, the number of examples


def check_model(name: str, model: nn.Module) -> nn.Module:
    """A module with parameters, all of them there."""
    if not isinstance(model, nn.Module):
        arguments.fail(name, model, "a torch.nn.Module")
    if not any(weight.ndim > 1 for weight in model.parameters()):
        arguments.fail(name, type(model).__name__, "a network with weights: a convolution or a fully connected layer")
    return model


def load_batches(name: str, data: Any, model: nn.Module, objective: Objective, batch_size: int) -> Batches:
    """``data`` (inputs, targets), checked as training checks them, in batches on the model's device, in their order.

    The last batch may be smaller; a remainder of one example joins the batch before it, as batch normalization
    has no variance of a single one. Images (N, C, H, W) have their channels last, the quicker way for small kernels.
    """
    size = arguments.integer("batch_size", batch_size, 1)
    device, dtype = next(model.parameters()).device, find_dtype(model)
    inputs, targets = batches.load(name, data, device, dtype)
    check(model, name, inputs, targets, objective)
    inputs = batches.put_channels_last(batches.scale_pixels(inputs, dtype))
    targets = objective.choose_targets(inputs, batches.place_targets(targets, device, dtype))
    rows = batches.split(batches.count(inputs), size)
    return [(batches.take(inputs, r), batches.take(targets, r), r.stop - r.start) for r in rows]


def allocate(weight: torch.Tensor) -> torch.Tensor:
    """Memory for the values of a parameter, with channels last where it is a filter bank."""
    layout = torch.channels_last if weight.ndim == 4 else torch.contiguous_format
    return torch.empty_like(weight, memory_format=layout, requires_grad=False)


@contextmanager
def set_modes(model: nn.Module, *, batch_statistics: bool = False, cumulative: bool = False) -> Iterator[None]:
    """``model`` as at test time; its BatchNorm as in training where ``batch_statistics`` is asked for.

    ``cumulative`` makes running statistics the plain mean over batches. At the end, and after an error too, every
    module is as it was.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    try:
        with keep_modes(model):
            model.eval()
            for norm in norms:
                norm.training = batch_statistics
                norm.momentum = None if cumulative else norm.momentum
            yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def copy_buffers(model: nn.Module, *, forget: bool = False) -> dict[str, torch.Tensor]:
    """Copies of the buffers, for layers to write to; with ``forget``, BatchNorm's running statistics start anew."""
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    for path, module in model.named_modules():
        if forget and isinstance(module, _BatchNorm):
            for name, _ in module.named_buffers(recurse=False):
                buffers[f"{path}.{name}".lstrip(".")].zero_()
    return buffers


def call_at(model: nn.Module, tensors: dict[str, torch.Tensor], inputs: Tree) -> Any:
    """The outputs of ``model`` with ``tensors`` (name → tensor) in place of its own."""
    return functional_call(model, tensors, *batches.as_arguments(inputs))


def loss_at(
    model: nn.Module,
    tensors: dict[str, torch.Tensor],
    data: Batches,
    objective: Objective,
    sums: Metrics | None = None,
) -> torch.Tensor:
    """Mean loss over ``data``, a float64 tensor, with ``tensors`` (name → tensor) in place of the model's own.

    Each batch counts by its number of examples. The metrics are added to ``sums``, if it is given.
    """
    total = 0
    for inputs, targets, count in data:
        outputs = call_at(model, tensors, inputs)
        total = total + objective.loss(outputs, targets).double() * count
        if sums is not None:
            metrics.add(sums, objective.metrics(outputs, targets))
    return total / sum(count for *_, count in data)
