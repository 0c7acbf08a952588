"""An objective of its own: two targets an example, in a dictionary, and a network that gives two outputs."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib import training
from tests.training.unchanged import unchanged


class ClassAndBox(training.Objective):
    """Outputs and targets are dictionaries: "class", scores (N, classes) or numbers (N,), and "box" (N, 4)."""

    def __init__(self, weight):
        super().__init__(self._sum)
        self.weight = weight

    def _sum(self, outputs, targets):
        boxes = F.smooth_l1_loss(outputs["box"], targets["box"])
        return F.cross_entropy(outputs["class"], targets["class"]) + self.weight * boxes

    def check(self, name, inputs, targets, outputs):
        if not isinstance(targets, dict) or targets.keys() != {"class", "box"}:
            arguments.fail(f"targets of {name}", type(targets).__name__, 'a dictionary of "class" and "box"')
        training.Classification().check(name, inputs, targets["class"], outputs["class"])
        if targets["box"].shape[1:] != (4,):
            arguments.fail(f"boxes of {name}", tuple(targets["box"].shape), "of shape (N, 4)")

    def metrics(self, outputs, targets):
        error = (outputs["box"] - targets["box"]).abs()
        return training.Classification().metrics(outputs["class"], targets["class"]) | {
            "error of the box": (error.sum(), error.numel())
        }

    def prediction(self, outputs):
        return {"class": outputs["class"].argmax(1), "box": outputs["box"]}


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.trunk = nn.Sequential(nn.Flatten(), nn.Linear(72, 24), nn.BatchNorm1d(24), nn.ReLU())
        self.classes, self.box = nn.Linear(24, 3), nn.Linear(24, 4)

    def forward(self, x):
        x = self.trunk(x)
        return {"class": self.classes(x), "box": self.box(x)}


@pytest.fixture
def pair(data):
    """The images, their classes, and the box of the bright rows: left, top, right, bottom as shares of the side."""
    images, labels = data
    top = labels / 3
    return images, {"class": labels, "box": np.stack([0 * top, top, 0 * top + 1, top + 1 / 3], axis=1)}


def test_both_are_learned(pair):
    model, objective = TwoHeads(), ClassAndBox(weight=5.0)
    options = {"epochs": 10, "batch_size": 20, "rate": 0.01, "optimizer": "adam"}
    history = training.fit(model, pair, test=pair, objective=objective, **options)
    assert history.accuracy[-1] > 0.95 and history.test_accuracy[-1] > 0.95
    assert history.metrics["error of the box"][-1] < 0.3 * history.metrics["error of the box"][0]
    said = objective.prediction(training.predict(model, pair[0], batch_size=33))
    assert (said["class"].numpy() == pair[1]["class"]).mean() == history.test_accuracy[-1]
    error = np.abs(said["box"].numpy() - pair[1]["box"]).mean()
    assert history.test_metrics["error of the box"][-1] == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize(("change", "message"), [
    (lambda t: t["class"], 'must be a dictionary of "class" and "box"'),
    (lambda t: {"class": t["class"]}, 'must be a dictionary of "class" and "box"'),
    (lambda t: t | {"class": t["class"] + 1}, "must be 0 to 2"),
    (lambda t: t | {"box": t["box"][:, :3]}, "must be of shape"),
    (lambda t: t | {"box": t["box"][:9]}, "must be as many inputs as targets"),
    (lambda t: t | {"box": "none"}, "must be an array or a tensor of numbers"),
])  # fmt: skip
@pytest.mark.parametrize("which", ["train", "test"])
def test_bad_targets_are_refused_before_the_first_step(pair, change, message, which):
    model = TwoHeads()
    sets = {"train": pair, "test": pair, which: (pair[0], change(pair[1]))}
    with unchanged(model), pytest.raises(ValueError, match=f"{which}.* {message}"):
        training.fit(model, epochs=1, objective=ClassAndBox(1.0), **sets)
