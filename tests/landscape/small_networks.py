"""A small network for the tests of landscapes, and all that a model is, to see that nothing of it changed."""

import torch
from torch import nn


def net(seed=0, **options):
    """A small network with everything that matters: convolutions, BatchNorm, dropout, a fully connected layer."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Conv2d(4, 6, 3, groups=2),
        nn.BatchNorm2d(6, **options),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(6 * 4 * 4, 3),
    )


def state(model):
    """All that a model is: tensors and whether they are trained, which tensor objects they are, modes, momenta."""
    return (
        {name: tensor.clone() for name, tensor in model.state_dict().items()},
        {name: (id(weight), weight.requires_grad, weight.data_ptr()) for name, weight in model.named_parameters()},
        [(module.training, getattr(module, "momentum", None)) for module in model.modules()],
    )


def assert_same(before, after):
    assert before[1:] == after[1:]
    for name, tensor in before[0].items():
        assert torch.equal(tensor, after[0][name]), name
