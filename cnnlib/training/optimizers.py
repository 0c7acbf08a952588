"""The optimizers that ``fit`` knows by name, and any of PyTorch's; and their rates along a run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from cnnlib import _arguments as arguments

OPTIMIZERS = ("sgd", "adam", "adamw")


def choose_optimizer(
    kind: Any, model: nn.Module, rate: float, momentum: float, weight_decay: float
) -> torch.optim.Optimizer:
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
def follow(optimizer: torch.optim.Optimizer, factor: Callable[[float], float]) -> Iterator[Callable[[float], None]]:
    """Within it, a function that sets the rates for a time in epochs: ``factor`` of it times their peaks.

    The peaks are the optimizer's own rates. It has them again at the end; else a second run began at the lowest.
    """
    peaks = [group["lr"] for group in optimizer.param_groups]

    def set_rates(time: float) -> None:
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * factor(time)

    try:
        yield set_rates
    finally:
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak
