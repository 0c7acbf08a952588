"""An objective of its own: a network that gives the scores of auxiliary heads in training, as GoogLeNet does."""

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import training
from tests.training.small_networks import CLASSES, network, weights


class AuxiliaryHeads(training.Classification):
    """Szegedy et al. (2015): the loss of the network's own scores, and ``weight`` times that of each auxiliary head."""

    def __init__(self, weight):
        super().__init__(self._sum)
        self.weight = weight

    def _sum(self, outputs, labels):
        if not isinstance(outputs, tuple):  # in evaluation mode
            return F.cross_entropy(outputs, labels)
        own, *others = (F.cross_entropy(scores, labels) for scores in outputs)
        return own + self.weight * sum(others)


class WithHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = network()
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        maps = self.main[:4](x)
        scores = self.main[4](maps)
        return (scores, self.head(maps)) if self.training else scores


def test_it_is_the_same_as_a_function_of_the_loss(data):
    def loss(outputs, labels):
        return F.cross_entropy(outputs[0], labels) + 0.3 * F.cross_entropy(outputs[1], labels)

    models, histories = [WithHead(), WithHead()], []
    for model, how in zip(models, ({"objective": AuxiliaryHeads(0.3)}, {"loss": loss}), strict=True):
        torch.manual_seed(1)
        nn.init.normal_(model.head.weight, std=0.1)
        nn.init.zeros_(model.head.bias)
        histories.append(training.fit(model, data, epochs=8, batch_size=20, test=data, **how))
    assert torch.equal(*map(weights, models)) and histories[0].loss == histories[1].loss
    assert histories[0].accuracy == histories[1].accuracy and histories[0].test_accuracy[-1] > 0.95
    own = training.mean_loss(models[0], data)
    assert training.mean_loss(models[0], data, objective=AuxiliaryHeads(0.3)) == own


def test_the_weight_decides_whether_the_heads_are_trained(data):
    model = WithHead()
    before = model.head.weight.clone()
    training.fit(model, data, epochs=1, objective=AuxiliaryHeads(0.0))
    assert torch.equal(model.head.weight, before)
    training.fit(model, data, epochs=1, objective=AuxiliaryHeads(0.3))
    assert not torch.equal(model.head.weight, before)
