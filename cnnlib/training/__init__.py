"""One training loop for the whole book.

``fit`` trains a classifier and returns its ``History``; ``accuracy``, ``mean_loss`` and ``predict`` look at what came
out. The data lie on the device as a whole and are augmented there, a batch at a time, by ``flip`` and ``shift``: for
networks as small as the book's, fetching and preparing images one by one takes longer than the network itself.
"""

from cnnlib.training.augment import flip, shift
from cnnlib.training.evaluate import accuracy, mean_loss, predict
from cnnlib.training.history import Diverged, History
from cnnlib.training.loop import fit

__all__ = ["Diverged", "History", "accuracy", "fit", "flip", "mean_loss", "predict", "shift"]
