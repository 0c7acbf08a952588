"""Curves of low loss between two trained networks: Garipov, Izmailov, Podoprikhin, Vetrov and Wilson (2018), "Loss
surfaces, mode connectivity, and fast ensembling of DNNs", §3.
"""

import copy
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from cnnlib import _arguments as arguments
from cnnlib import training
from cnnlib.landscape import _loss_at as points

__all__ = ["Curve", "Path", "along", "fit", "straight"]


class Curve(nn.Module):
    """φ(t) = (1 − t)² w₁ + 2t(1 − t) θ + t² w₂ in the weight space of a network, t from 0 to 1.

    The ends w₁ and w₂ are fixed. The parameters of this module are θ, the control point; at first it is half-way, where
    the curve is the straight line (1 − t) w₁ + t w₂. In training mode every call draws t, evenly from 0 to 1, and
    answers as the network φ(t), so that training lowers the mean of the loss over t, as in the paper. In evaluation
    mode it answers as φ(½).
    """

    def __init__(self, first, second):
        super().__init__()
        self.control = copy.deepcopy(points.check_model("first", first))
        weights = [dict(model.named_parameters()) for model in (first, points.check_model("second", second))]
        shapes = [{name: weight.shape for name, weight in end.items()} for end in weights]
        if shapes[0] != shapes[1]:
            arguments.fail("second", type(second).__name__, "a network with the parameters of the first")
        self.names = list(weights[0])
        for number, name in enumerate(self.names):
            start, end = (tensors[name].detach().to(weights[0][name].device, copy=True) for tensors in weights)
            self.register_buffer(f"start{number}", start, persistent=False)
            self.register_buffer(f"end{number}", end, persistent=False)
            self.control.get_parameter(name).data.copy_((start + end) / 2)

    def weights(self, t):
        """φ(t): a dictionary from the network's parameters' names to tensors, differentiable with respect to θ."""
        return {
            name: (1 - t) ** 2 * getattr(self, f"start{number}")
            + 2 * t * (1 - t) * self.control.get_parameter(name)
            + t**2 * getattr(self, f"end{number}")
            for number, name in enumerate(self.names)
        }

    def forward(self, x):
        t = float(torch.rand(())) if self.training else 0.5
        return functional_call(self.control, self.weights(t), (x,))


class Path(NamedTuple):
    """What lies along a curve: mean loss and accuracy (0 to 1) at each t, all (n,)."""

    t: np.ndarray
    losses: np.ndarray
    accuracies: np.ndarray

    @property
    def barrier(self):
        """How far the loss rises above the straight line between its two ends: the most over t, 0 or more."""
        between = (1 - self.t) * self.losses[0] + self.t * self.losses[-1]
        return float((self.losses - between).max())


def straight(first, second):
    """The straight line between two networks of one architecture, as a ``Curve``."""
    return Curve(first, second)


def fit(first, second, data, **options):
    """A ``Curve`` between two trained networks, its control point trained on ``data`` (inputs, labels); both are kept.

    ``options`` are those of ``cnnlib.training.fit``, of which epochs must be given; as there, BatchNorm uses the
    statistics of each batch. The ``history`` of the training stays with the curve.
    """
    curve = Curve(first, second)
    # Its seed decides the t's as well, for it seeds what dropout draws from.
    curve.history = training.fit(curve, data, **options)
    return curve


def along(curve, data, *, statistics, steps=21, batch_size=256):
    """Loss and accuracy on ``data`` at ``steps`` even points t of the curve, ends included: a ``Path``.

    The running statistics of BatchNorm belong to a network's weights, and no training ever met those of φ(t). So they
    are computed anew at every point, ends included, as the mean over the batches of ``statistics`` (inputs, labels),
    which is training data; then ``data`` is evaluated as at test time. The curve is left as it was.
    """
    if not isinstance(curve, Curve):
        arguments.fail("curve", curve, "a Curve, from fit or straight")
    steps = arguments.integer("steps", steps, 2)
    network = curve.control
    data = points.batches("data", data, network, batch_size)
    statistics = points.batches("statistics", statistics, network, batch_size)
    t = np.linspace(0, 1, steps)
    results = []
    with torch.no_grad():
        for place in t:
            tensors = {**points.copied_buffers(network, forget=True), **curve.weights(float(place))}
            with points.modes(network, batch_statistics=True, cumulative=True):
                for x, _ in statistics:
                    functional_call(network, tensors, (x,))
            with points.modes(network):
                results.append(points.mean_loss(network, tensors, data, _loss_and_accuracy).tolist())
    losses, accuracies = np.array(results).T
    return Path(t, losses, accuracies)


def _loss_and_accuracy(outputs, labels):
    return torch.stack([F.cross_entropy(outputs, labels), (outputs.argmax(1) == labels).float().mean()])
