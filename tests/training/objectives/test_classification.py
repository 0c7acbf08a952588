"""Classification: labels that suit the network, and losses of its own."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import training
from tests.training.small_networks import CLASSES, network


def test_a_model_with_auxiliary_heads_and_a_loss_of_its_own(data):
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.main, self.other = network(0), network(1)

        def forward(self, x):
            return (self.main(x), self.other(x)) if self.training else self.main(x)

    def loss(outputs, labels):
        return sum(F.cross_entropy(scores, labels) for scores in outputs)

    model = Two()
    with pytest.raises(ValueError, match="loss must be a function that adds up the losses of the model's several"):
        training.fit(model, data, epochs=8, batch_size=20)
    history = training.fit(model, data, epochs=8, batch_size=20, loss=loss)
    assert history.accuracy[-1] > 0.95 and training.accuracy(model.other, data) > 0.95


def test_labels_are_looked_at_before_the_first_step(data):
    images, labels = data
    model = network()
    before = model[4].weight.clone()
    labels = labels.copy()
    labels[190] = CLASSES  # in the last batch, or in none
    with pytest.raises(ValueError, match=r"position 190, must be 0 to 2, for the network has 3 outputs .*; got 3"):
        training.fit(model, (images, labels), epochs=1)
    assert torch.equal(model[4].weight, before)
    with pytest.raises(ValueError, match="got -1"):
        training.accuracy(model, (images, labels - 1 - (labels == CLASSES)))
