"""Frozen parts: what stays as it is when the rest is trained, and what is trained again by a second ``fit``."""

import pytest
import torch
from torch import nn

from cnnlib import training
from tests.training.small_networks import network

STATISTICS = "running_mean", "running_var", "num_batches_tracked"


def buffers(norm):
    return {name: norm.get_buffer(name).clone() for name in STATISTICS}


def test_batch_norm_in_evaluation_mode_keeps_its_statistics(data):
    model = network().train()
    model[1].eval().requires_grad_(False)
    model[1].running_mean += 0.3
    before, weight = buffers(model[1]), model[4].weight.clone()
    affine = [parameter.clone() for parameter in model[1].parameters()]
    modes = []
    model[4].register_forward_pre_hook(lambda *_: modes.append((model.training, model[1].training, model[4].training)))
    training.fit(model, data, epochs=2, test=data)
    assert all(torch.equal(tensor, model[1].get_buffer(name)) for name, tensor in before.items())
    assert all(torch.equal(old, new) for old, new in zip(affine, model[1].parameters(), strict=True))
    assert (True, False, True) in modes and not any(norm for _, norm, _ in modes)
    assert not torch.equal(weight, model[4].weight)


def test_the_mode_alone_freezes_the_statistics(data):
    """As in PyTorch, γ and β are trained unless they do not require gradients."""
    model = network().train()
    model[1].eval()
    before, gamma = buffers(model[1]), model[1].weight.clone()
    training.fit(model, data, epochs=1)
    assert all(torch.equal(tensor, model[1].get_buffer(name)) for name, tensor in before.items())
    assert not torch.equal(gamma, model[1].weight)


def test_a_frozen_part_stays_frozen_in_a_second_fit(data):
    model = network()
    model[:2].requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in model[:2].state_dict().items()}
    for _ in range(2):
        training.fit(model, data, epochs=1)
        for name, tensor in model[:2].state_dict().items():
            assert torch.equal(tensor, before[name]), name


@pytest.mark.parametrize("look", [lambda model, data: None, lambda model, data: training.predict(model, data[0])])
def test_a_second_fit_trains_all_of_the_model_again(data, look):
    """``fit`` leaves it in evaluation mode as a whole, which freezes nothing."""
    model = network().append(nn.Dropout(0.5))
    training.fit(model, data, epochs=1)
    look(model, data)
    assert not any(module.training for module in model.modules())
    before, modes = buffers(model[1]), set()
    model[-1].register_forward_pre_hook(lambda dropout, _: modes.add(dropout.training))
    training.fit(model, data, epochs=1)
    assert True in modes
    assert not any(torch.equal(tensor, model[1].get_buffer(name)) for name, tensor in before.items())


def test_dropout_in_evaluation_mode_drops_nothing(data):
    model = network().append(nn.Dropout(0.5)).train()
    model[-1].eval()
    dropped = []
    model[-1].register_forward_hook(lambda _, x, y: dropped.append(not torch.equal(x[0], y)))
    training.fit(model, data, epochs=1)
    assert dropped and not any(dropped)
