"""An objective of its own: Kim (2014), §3.1, holds the rows of the last layer's weights to a norm after each step."""

import torch

from cnnlib import training
from tests.training.small_networks import network

LARGEST = 3.0


class ClassificationWithNorm(training.Classification):
    """Rows of the last layer that are longer than 3 are shortened to 3."""

    def after_step(self, model):
        norms = model[-1].weight.norm(dim=1, keepdim=True)
        model[-1].weight.mul_((LARGEST / norms).clamp(max=1))


def longest_rows(data, objective):
    """The norm of the longest row before each step, and after the last one."""
    model, found = network(), []
    model[-1].weight.data *= 10

    def look(layer, _):
        if layer.training:
            found.append(float(layer.weight.detach().norm(dim=1).max()))

    model[-1].register_forward_pre_hook(look)
    training.fit(model, data, epochs=2, batch_size=20, rate=0.5, objective=objective)
    return [*found, float(model[-1].weight.detach().norm(dim=1).max())]


def test_rows_are_held_after_every_step(data):
    first, *held = longest_rows(data, ClassificationWithNorm())
    assert first > LARGEST and len(held) == 20 and max(held) <= LARGEST * (1 + 1e-6)
    assert min(longest_rows(data, training.Classification())) > LARGEST  # without it they are longer


def test_shorter_rows_stay(data):
    model = network()
    before = model[-1].weight.clone()
    with torch.no_grad():
        ClassificationWithNorm().after_step(model)
    assert torch.equal(before, model[-1].weight)
