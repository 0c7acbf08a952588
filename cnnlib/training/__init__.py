"""One training loop for the whole book.

``fit`` trains a network for an objective, by default a ``Classification``, and returns its ``History``; ``evaluate``,
``accuracy``, ``mean_loss`` and ``predict`` look at what came out. An ``Objective`` of your own says the loss, the
metrics, the check of the targets and the prediction. The data lie on the device as a whole and are augmented there, a
batch at a time, by ``flip`` and ``shift``: for networks as small as the book's, fetching and preparing images one by
one takes longer than the network itself.
"""

from cnnlib.training.augment import flip, shift
from cnnlib.training.evaluation import accuracy, evaluate, mean_loss, predict
from cnnlib.training.history import Diverged, History
from cnnlib.training.loop import fit
from cnnlib.training.objectives import Classification, Objective

__all__ = [
    "Classification",
    "Diverged",
    "History",
    "Objective",
    "accuracy",
    "evaluate",
    "fit",
    "flip",
    "mean_loss",
    "predict",
    "shift",
]
