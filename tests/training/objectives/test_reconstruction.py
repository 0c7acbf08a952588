"""An objective of its own: the inputs themselves are what the network is to give, and there are no targets."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib import training
from tests.training.unchanged import unchanged


class Reconstruction(training.Objective):
    """Outputs of the shape of the inputs; targets None."""

    def __init__(self):
        super().__init__(F.mse_loss)

    def check(self, name, inputs, targets, outputs):
        if targets is not None:
            arguments.fail(f"targets of {name}", type(targets).__name__, "None")
        if outputs.shape[1:] != inputs.shape[1:]:
            arguments.fail("outputs of the model", tuple(outputs.shape), f"of the inputs' shape {tuple(inputs.shape)}")

    def choose_targets(self, inputs, targets):
        return inputs

    def metrics(self, outputs, targets):
        return {"error": ((outputs - targets).square().sum(), targets.numel())}


def network(width=6):
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(72, 8), nn.BatchNorm1d(8), nn.Linear(8, 12 * width), nn.Unflatten(1, (2, 6, width))
    )


def test_the_error_falls(data):
    images, model = data[0], network()
    history = training.fit(
        model, (images, None), epochs=10, batch_size=20, rate=0.01, optimizer="adam", objective=Reconstruction(),
        test=(images, None),
    )  # fmt: skip
    assert history.loss[-1] < 0.3 * history.loss[0] and history.metrics["error"] == pytest.approx(history.loss)
    rebuilt = training.predict(model, images).numpy()
    error = np.mean((rebuilt - images / 255) ** 2)
    assert history.test_metrics["error"][-1] == pytest.approx(error, rel=1e-5)
    assert training.mean_loss(model, (images, None), objective=Reconstruction()) == pytest.approx(error, rel=1e-5)
    assert "error" in history.summary and "accuracy" not in history.summary


def test_what_is_rebuilt_is_the_augmented_image(data):
    class Same(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x):
            return self.scale * x

    history = training.fit(Same(), (data[0], None), epochs=1, objective=Reconstruction(), augment=[training.shift(2)])
    assert history.loss == [0.0]


@pytest.mark.parametrize(("targets", "width", "message"), [
    (np.zeros(200), 6, "targets of train must be None"), (None, 5, "outputs of the model must be of the inputs' shape"),
])  # fmt: skip
def test_what_does_not_suit_is_refused_before_the_first_step(data, targets, width, message):
    model = network(width)
    with unchanged(model), pytest.raises(ValueError, match=message):
        training.fit(model, (data[0], targets), epochs=1, objective=Reconstruction())
