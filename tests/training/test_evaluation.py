"""Outputs, accuracies and losses of a trained network; evaluation changes nothing."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import training
from tests.training.small_networks import network


def test_frozen_parts_stay_in_their_mode_when_looked_at(data):
    model = network().train()
    model[1].eval()
    training.accuracy(model, data)
    assert model.training and model[4].training and not model[1].training


def test_outputs_can_be_trained_on(data):
    scale = nn.Parameter(torch.ones(()))
    (training.predict(network(), data[0]) * scale).sum().backward()
    assert scale.grad is not None


def test_a_remainder_of_one_is_evaluated():
    """BatchNorm without running statistics needs two examples in evaluation mode too."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4, track_running_stats=False), nn.Linear(4, 2))
    x, labels = torch.randn(9, 3), torch.arange(9) % 2
    outputs = training.predict(model, x, batch_size=4)
    with torch.no_grad():
        torch.testing.assert_close(outputs, torch.cat([model(x[:4]), model(x[4:])]))
    assert training.accuracy(model, (x, labels), batch_size=4) == float((outputs.argmax(1) == labels).double().mean())


def test_evaluation_by_an_objective(data):
    model = network()
    assert training.evaluate(model, data) == {"accuracy": training.accuracy(model, data)}
    squares = training.Objective(lambda outputs, targets: F.mse_loss(outputs[:, 0], targets))
    targets = data[1].astype(float)
    assert training.evaluate(model, (data[0], targets), squares) == {}
    error = ((training.predict(model, data[0])[:, 0] - torch.tensor(targets)) ** 2).mean()
    assert training.mean_loss(model, (data[0], targets), objective=squares) == pytest.approx(float(error), rel=1e-5)
