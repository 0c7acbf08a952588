"""The optimizers that ``fit`` knows by name, and any of PyTorch's."""

from contextlib import contextmanager

import torch

from cnnlib import _arguments as arguments

OPTIMIZERS = ("sgd", "adam", "adamw")


def optimizer_of(kind, model, rate, momentum, weight_decay):
    """``kind`` by its name, over the parameters of ``model``; an optimizer of PyTorch's is taken as it is."""
    if isinstance(kind, torch.optim.Optimizer):
        return kind
    arguments.choice("optimizer", kind, OPTIMIZERS)
    rate, weight_decay = arguments.positive("rate", rate), arguments.real("weight_decay", weight_decay)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        arguments.fail("model", type(model).__name__, "a network with parameters to train; requires_grad_() thaws it")
    options = {"lr": rate, "weight_decay": weight_decay}
    if kind == "sgd":
        return torch.optim.SGD(model.parameters(), **options, momentum=arguments.real("momentum", momentum))
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind](model.parameters(), **options)


@contextmanager
def peaks_of(optimizer):
    """The rates of the optimizer's groups, which it has again at the end; else a second run began at the lowest."""
    peaks = [group["lr"] for group in optimizer.param_groups]
    try:
        yield peaks
    finally:
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak
