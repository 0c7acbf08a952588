"""Data, and two networks trained on them."""

import pytest
import torch

from cnnlib import training
from tests.landscape.small_networks import net


@pytest.fixture(scope="module")
def data():
    """(images (64, 1, 6, 6), labels (64,)): three classes that tell themselves apart by where they are bright."""
    generator = torch.Generator().manual_seed(1)
    images, labels = torch.rand(64, 1, 6, 6, generator=generator), torch.arange(64) % 3
    images += torch.eye(3)[labels].repeat_interleave(2, dim=1).view(64, 1, 6, 1)
    return images, labels


@pytest.fixture(scope="module")
def ends(data):
    """Two networks trained from different weights."""
    trained = [net(seed) for seed in (0, 1)]
    for seed, model in enumerate(trained):
        training.fit(model, data, epochs=12, batch_size=32, rate=0.05, seed=seed, progress=False, device="cpu")
    return trained
