"""What an objective is: the loss, the metrics, the check of the targets, the prediction."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.training.batches import Tree

Metrics = dict[str, tuple[torch.Tensor, torch.Tensor | int]]


class Objective:
    """What a network is trained for. By itself a ``loss`` alone: a function of (outputs, targets), with no metrics.

    An objective of your own is a class on this one, in a file of its own, with those methods that differ. ``inputs``
    and ``targets`` are tensors with a row for each example, or tuples or dictionaries of them; ``outputs`` are what the
    network gives, in training mode or in evaluation mode. On the device integers are int64.
    """

    def __init__(self, loss: Callable[[Any, Tree], torch.Tensor]) -> None:
        if not callable(loss):
            arguments.fail("loss", loss, "a function (outputs, targets) → the mean loss")
        self._loss = loss

    def check(self, name: str, inputs: Tree, targets: Tree, outputs: Any) -> None:
        """``ValueError`` unless all ``targets`` fit the ``inputs`` and the network; called before the first step.

        ``name`` says which data, such as "train". ``targets`` are as the caller gave them, as tensors; ``outputs`` are
        the network's for some of the inputs, in evaluation mode.
        """

    def choose_targets(self, inputs: Tree, targets: Tree) -> Tree:
        """What the outputs of a batch are compared with: the targets; for a reconstruction, the inputs."""
        return targets

    def loss(self, outputs: Any, targets: Tree) -> torch.Tensor:
        """The mean loss of a batch: a tensor with no axes."""
        return self._loss(outputs, targets)

    def metrics(self, outputs: Any, targets: Tree) -> Metrics:
        """A dictionary from names to pairs (part, whole) of a batch, such as (right ones, all).

        Both are summed over the batches, and the metric is part / whole. Where they are vectors, such as numbers per
        class, it is the mean of part / whole over those whose whole is not 0.
        """
        return {}

    def prediction(self, outputs: Any) -> Any:
        """What the network says, such as class numbers, from its outputs."""
        return outputs

    def after_step(self, model: nn.Module) -> None:
        """Called after each step of the optimizer, without gradients; it may change the weights in place."""
