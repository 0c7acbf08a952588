"""Curves of low loss between two trained networks: Garipov, Izmailov, Podoprikhin, Vetrov and Wilson (2018), "Loss
surfaces, mode connectivity, and fast ensembling of DNNs", §3.
"""

import copy
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib import training
from cnnlib.landscape._loss_at import call_at, check_model, copy_buffers, load_batches, loss_at, set_modes
from cnnlib.training import metrics
from cnnlib.training.evaluation import Pair, choose_objective

__all__ = ["Curve", "Path", "along", "fit", "straight"]


class Curve(nn.Module):
    """φ(t) = (1 − t)² w₁ + 2t(1 − t) θ + t² w₂ in the weight space of a network, t from 0 to 1.

    The ends w₁ and w₂ are fixed. The parameters of this module are θ, the control point; at first it is half-way, where
    the curve is the straight line (1 − t) w₁ + t w₂. In training mode every call draws t, evenly from 0 to 1, and
    answers as the network φ(t), so that training lowers the mean of the loss over t, as in the paper. In evaluation
    mode it answers as φ(½). What is frozen in the first network is frozen here, see ``cnnlib.training.fit``.
    """

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.control = copy.deepcopy(check_model("first", first))
        if not first.training:  # as its own training left it
            self.control.train()
        weights = [dict(model.named_parameters()) for model in (first, check_model("second", second))]
        shapes = [{name: weight.shape for name, weight in end.items()} for end in weights]
        if shapes[0] != shapes[1]:
            arguments.fail("second", type(second).__name__, "a network with the parameters of the first")
        self.names = list(weights[0])
        for number, name in enumerate(self.names):
            start, end = (tensors[name].detach().to(weights[0][name].device, copy=True) for tensors in weights)
            self.register_buffer(f"start{number}", start, persistent=False)
            self.register_buffer(f"end{number}", end, persistent=False)
            self.control.get_parameter(name).data.copy_((start + end) / 2)

    def weights(self, t: float) -> dict[str, torch.Tensor]:
        """φ(t): a dictionary from the network's parameters' names to tensors, differentiable with respect to θ."""
        return {
            name: (1 - t) ** 2 * getattr(self, f"start{number}")
            + 2 * t * (1 - t) * self.control.get_parameter(name)
            + t**2 * getattr(self, f"end{number}")
            for number, name in enumerate(self.names)
        }

    def forward(self, *inputs: Any, **named: Any) -> Any:
        t = float(torch.rand(())) if self.training else 0.5
        return call_at(self.control, self.weights(t), named or inputs)


class Path(NamedTuple):
    """What lies along a curve: mean loss and accuracy (0 to 1) at each t, all (n,).

    With another objective than classification, the accuracies are its first metric; NaN where it has none.
    """

    t: np.ndarray
    losses: np.ndarray
    accuracies: np.ndarray

    @property
    def barrier(self) -> float:
        """How far the loss rises above the straight line between its two ends: the most over t, 0 or more."""
        between = (1 - self.t) * self.losses[0] + self.t * self.losses[-1]
        return float((self.losses - between).max())


def straight(first: nn.Module, second: nn.Module) -> Curve:
    """The straight line between two networks of one architecture, as a ``Curve``."""
    return Curve(first, second)


def fit(first: nn.Module, second: nn.Module, data: Pair, **options: Any) -> Curve:
    """A ``Curve`` between two trained networks, its control point trained on ``data`` (inputs, targets); both are kept.

    ``options`` are those of ``cnnlib.training.fit``, its objective too, of which epochs must be given; as there,
    BatchNorm uses the statistics of each batch. The ``history`` of the training stays with the curve.
    """
    curve = Curve(first, second)
    # Its seed decides the t's as well, for it seeds what dropout draws from.
    curve.history = training.fit(curve, data, **options)
    return curve


def along(
    curve: Curve,
    data: Pair,
    *,
    statistics: Pair,
    steps: int = 21,
    batch_size: int = 256,
    objective: training.Objective | None = None,
) -> Path:
    """Loss and accuracy on ``data`` at ``steps`` even points t of the curve, ends included: a ``Path``.

    The running statistics of BatchNorm belong to a network's weights, and no training ever met those of φ(t). So they
    are computed anew at every point, ends included, as the mean over the batches of ``statistics`` (inputs, targets),
    which is training data; then ``data`` is evaluated as at test time, for ``objective``, by default a classification.
    A remainder of one example joins the batch before it. The curve is left as it was.
    """
    if not isinstance(curve, Curve):
        arguments.fail("curve", curve, "a Curve, from fit or straight")
    steps, objective = arguments.integer("steps", steps, 2), choose_objective(objective)
    network = curve.control
    evaluated = load_batches("data", data, network, objective, batch_size)
    normalised = load_batches("statistics", statistics, network, objective, batch_size)
    t = np.linspace(0, 1, steps)
    losses, accuracies = np.empty(steps), np.full(steps, np.nan)
    with torch.no_grad():
        for number, place in enumerate(t):
            tensors = {**copy_buffers(network, forget=True), **curve.weights(float(place))}
            with set_modes(network, batch_statistics=True, cumulative=True):
                for inputs, _, _ in normalised:
                    call_at(network, tensors, inputs)
            sums: dict = {}
            with set_modes(network):
                losses[number] = float(loss_at(network, tensors, evaluated, objective, sums))
            for value in list(metrics.average(sums).values())[:1]:
                accuracies[number] = value
    return Path(t, losses, accuracies)
