"""One point of weight space: the network's loss there, with the network itself left as it is."""

from contextlib import contextmanager

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from cnnlib import _arguments as arguments
from cnnlib._modes import modes_kept
from cnnlib.training.pairs import as_float, tensors


def check_model(name, model):
    """A module with parameters, all of them there."""
    if not isinstance(model, nn.Module):
        arguments.fail(name, model, "a torch.nn.Module")
    if not any(weight.ndim > 1 for weight in model.parameters()):
        arguments.fail(name, type(model).__name__, "a network with weights: a convolution or a fully connected layer")
    return model


def batches(name, data, model, batch_size):
    """``data``, a pair (inputs, labels), as a list of such pairs on the device of ``model``, in the given order.

    Inputs (N, …) of bytes, 0 to 255, are divided by 255, as ``cnnlib.training`` does; floats get the model's type.
    Images (N, C, H, W) are laid out with the channels last, the quicker way for small kernels.
    """
    size = arguments.integer("batch_size", batch_size, 1)
    weight = next(model.parameters())
    inputs, labels = (part.to(weight.device) for part in tensors(name, data))
    if not inputs.ndim or not labels.ndim or len(inputs) != len(labels) or not len(inputs):
        arguments.fail(name, (tuple(inputs.shape), tuple(labels.shape)), "as many inputs as labels, at least one")
    inputs = as_float(inputs)
    if inputs.is_floating_point():
        inputs = inputs.to(weight.dtype)
    if not labels.is_floating_point() and labels.dtype != torch.bool:
        labels = labels.to(torch.int64)  # the one type of class numbers that every loss takes
    if inputs.ndim == 4:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
    return list(zip(inputs.split(size), labels.split(size), strict=True))


def like(weight):
    """A tensor with no values yet for a parameter's place, with channels last where it is a filter bank."""
    layout = torch.channels_last if weight.ndim == 4 else torch.contiguous_format
    return torch.empty_like(weight, memory_format=layout, requires_grad=False)


@contextmanager
def modes(model, *, batch_statistics=False, cumulative=False):
    """``model`` as at test time; its BatchNorm as in training where ``batch_statistics`` is asked for.

    ``cumulative`` makes running statistics the plain mean over batches. At the end, and after an error too, every
    module is as it was.
    """
    norms = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    try:
        with modes_kept(model):
            model.eval()
            for norm in norms:
                norm.training = batch_statistics
                norm.momentum = None if cumulative else norm.momentum
            yield
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def copied_buffers(model, *, forget=False):
    """Copies of the buffers, for layers to write to; with ``forget``, BatchNorm's running statistics start anew."""
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    for path, module in model.named_modules():
        if forget and isinstance(module, _BatchNorm):
            for name, _ in module.named_buffers(recurse=False):
                buffers[f"{path}.{name}".lstrip(".")].zero_()
    return buffers


def mean_loss(model, tensors, data, loss):
    """Mean of ``loss`` over the batches ``data``, with ``tensors`` (name → tensor) in place of the model's own.

    A float64 tensor of the shape of what ``loss`` gives.
    """
    total = sum(loss(functional_call(model, tensors, (x,)), y).double() * len(x) for x, y in data)
    return total / sum(len(x) for x, _ in data)


def check_loss(loss):
    if not callable(loss):
        arguments.fail("loss", loss, "a function (outputs, labels) → the mean loss, or None for cross-entropy")
    return loss


def even_grid(reach, steps):
    """``steps`` numbers from −reach to reach, exactly symmetric, with 0 in the middle."""
    half = np.linspace(0, reach, steps // 2 + 1)
    return np.concatenate([-half[:0:-1], half])
