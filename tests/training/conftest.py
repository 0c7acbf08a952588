"""Data to train on."""

import numpy as np
import pytest

from tests.training.small_networks import CLASSES


@pytest.fixture
def data():
    """Images whose class is where their bright half lies, with noise."""
    rng = np.random.default_rng(0)
    labels = rng.integers(CLASSES, size=200)
    images = rng.integers(0, 120, (200, 2, 6, 6), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 2 * label : 2 * label + 2] += 100
    return images, labels
