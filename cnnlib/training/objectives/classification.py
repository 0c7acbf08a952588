"""One class an example: cross-entropy and accuracy."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from cnnlib import _arguments as arguments
from cnnlib.training.batches import Tree, count
from cnnlib.training.objectives.objective import Metrics, Objective


class Classification(Objective):
    """Outputs (N, classes), the scores before the softmax; targets (N,), the numbers of the classes.

    The loss is the cross-entropy in nats, or another function ``loss`` of (outputs, labels). Where a network in
    training gives a tuple, the scores of auxiliary heads after its own, ``loss`` gets the tuple; the accuracy is that
    of its own.
    """

    def __init__(self, loss: Callable[[Any, torch.Tensor], torch.Tensor] = F.cross_entropy) -> None:
        super().__init__(loss)

    def check(self, name: str, inputs: Tree, targets: Tree, outputs: Any) -> None:
        labels = targets
        if not isinstance(labels, torch.Tensor):
            arguments.fail(f"labels of {name}", type(labels).__name__, "an array or a tensor, one number an example")
        if labels.dtype == torch.bool or labels.is_floating_point() or labels.is_complex():
            arguments.fail(f"labels of {name}", str(labels.dtype), "integers, the numbers of the classes")
        number, scores = count(inputs), _scores(outputs)
        if labels.shape != (number,):
            arguments.fail(f"labels of {name}", f"shape {tuple(labels.shape)}", f"of shape ({number},), one an example")
        if not isinstance(scores, torch.Tensor) or scores.ndim != 2:
            given = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
            arguments.fail("outputs of the model", given, "scores (N, classes)")
        classes = scores.shape[1]
        outside = (labels < 0) | (labels >= classes)
        if outside.any():
            first = int(outside.nonzero()[0])
            expected = f"0 to {classes - 1}, for the network has {classes} outputs (num_classes)"
            arguments.fail(f"labels of {name}, at position {first},", int(labels[first]), expected)

    def loss(self, outputs: Any, targets: Tree) -> torch.Tensor:
        if isinstance(outputs, tuple) and self._loss is F.cross_entropy:
            arguments.fail("loss", "cross_entropy", "a function that adds up the losses of the model's several outputs")
        return self._loss(outputs, targets)

    def metrics(self, outputs: Any, targets: Tree) -> Metrics:
        return {"accuracy": ((self.prediction(outputs) == targets).sum(), len(targets))}

    def prediction(self, outputs: Any) -> torch.Tensor:
        return _scores(outputs).argmax(dim=1)


def _scores(outputs: Any) -> torch.Tensor:
    """The network's own scores, where it gives those of auxiliary heads too."""
    return outputs[0] if isinstance(outputs, tuple) else outputs
