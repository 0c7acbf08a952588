"""Optimizers of the caller, their groups and their rates."""

import math

import pytest
import torch

from cnnlib import training
from tests.training.small_networks import network


def test_parameter_groups_keep_their_ratio(data):
    model = network()
    groups = [{"params": model[0].parameters(), "lr": 0.0}, {"params": model[4].parameters()}]
    first, last = model[0].weight.clone(), model[4].weight.clone()
    training.fit(model, data, epochs=1, optimizer=torch.optim.SGD(groups, lr=0.1))
    assert torch.equal(first, model[0].weight) and not torch.equal(last, model[4].weight)


def test_an_optimizer_has_its_own_rates_again(data):
    """Or a second run would begin where the cosine of the first ended."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    training.fit(model, data, epochs=1, optimizer=optimizer)
    assert optimizer.param_groups[0]["lr"] == 0.1
    with pytest.raises(training.Diverged):
        training.fit(model, data, epochs=1, optimizer=optimizer, loss=lambda outputs, _: outputs.sum() * math.inf)
    assert optimizer.param_groups[0]["lr"] == 0.1
