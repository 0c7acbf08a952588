"""First weights as He et al. draw them."""

import pytest
import torch
from torch import nn

from cnnlib.models.initialisation import he_initialise


def test_first_weights_are_as_he_et_al():
    network = nn.Sequential(nn.Conv2d(20, 300, 5), nn.ReLU(), nn.Linear(300, 400), nn.BatchNorm1d(5))
    torch.manual_seed(0)
    he_initialise(network)
    assert network[0].weight.std().item() == pytest.approx((2 / (25 * 300)) ** 0.5, rel=0.02)
    assert network[2].weight.std().item() == pytest.approx(0.01, rel=0.02)
    assert not network[0].bias.any() and not network[2].bias.any() and network[3].weight.all()
