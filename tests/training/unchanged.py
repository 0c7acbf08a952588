"""A context that sees that nothing happened to a model."""

from contextlib import contextmanager

import torch


@contextmanager
def unchanged(model):
    """The model has the same weights, buffers and modes at the end, and PyTorch the same random numbers to come."""
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    modes, random = [module.training for module in model.modules()], torch.get_rng_state()
    yield
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert modes == [module.training for module in model.modules()]
    assert torch.equal(random, torch.get_rng_state())
