"""Receptive fields as gradients show them."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib.receptive_field import Layer, gradient_map, seen_extent


def positive_network(layers):
    """One channel, weights of one: no gradient dies or cancels by chance."""
    convs = [nn.Conv2d(1, 1, k, s, p, d, bias=False, dtype=torch.float64) for k, s, p, d in layers]
    for conv in convs:
        nn.init.ones_(conv.weight)
    return nn.Sequential(*convs)


def test_default_unit_is_the_centre():
    network = positive_network([Layer(3, 1, 1)])
    gradients = gradient_map(network, (1, 9, 9))
    assert seen_extent(gradients) == (3, 3)
    assert gradients[3:6, 3:6].all()


def test_output_channels_do_not_cancel():
    conv = nn.Conv2d(1, 2, (1, 2), bias=False)
    conv.weight.data = torch.tensor([[1.0, 1.0], [1.0, -1.0]])[:, None, None]
    assert all(seen_extent(gradient_map(conv, (1, 5, 5))) == (1, 2) for _ in range(5))


def test_all_input_channels_count():
    conv = nn.Conv2d(2, 1, 3, bias=False)
    conv.weight.data[:] = 0
    conv.weight.data[0, 1, 0, 2] = -1  # only the second channel, with a negative weight
    gradients = gradient_map(conv, (2, 5, 7), (1, 2))
    assert np.argwhere(gradients).tolist() == [[1, 4]] and gradients[1, 4] == 1


def test_input_channels_do_not_cancel():
    conv = nn.Conv2d(2, 1, 1, bias=False)
    conv.weight.data = torch.tensor([1.0, -1.0]).view(1, 2, 1, 1)
    assert gradient_map(conv, (2, 3, 3))[1, 1] == 2


def test_leaves_the_network_as_it_was():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    before = network[1].running_mean.clone()
    assert seen_extent(gradient_map(network, (1, 9, 9))) == (3, 3)
    assert network.training and torch.equal(network[1].running_mean, before)


def test_leaves_frozen_parts_as_they_were():
    network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).train()
    network[1].eval()
    gradient_map(network, (1, 9, 9))
    assert network.training and network[0].training and not network[1].training


@pytest.mark.parametrize("without_gradients", [torch.no_grad, torch.inference_mode])
def test_gradients_are_measured_where_the_caller_wants_none(without_gradients):
    network = positive_network([Layer(3)])
    with without_gradients():
        assert seen_extent(gradient_map(network, (1, 9, 9))) == (3, 3)


def test_extent_of_a_map_with_gaps():
    gradients = np.zeros((5, 8))
    gradients[1, 2], gradients[3, 6] = -1, 1
    assert seen_extent(gradients) == (3, 5)


def test_extent_of_nothing():
    assert seen_extent(np.zeros((4, 5))) == (0, 0)
    assert seen_extent(np.eye(4)[:, :3]) == (3, 3)
    assert seen_extent(np.eye(4) > 0) == (4, 4)


def test_a_network_without_parameters():
    assert seen_extent(gradient_map(nn.AvgPool2d(3, 1), (1, 9, 9))) == (3, 3)


def test_network_must_return_maps():
    with pytest.raises(ValueError, match="network must be a module whose output has shape"):
        gradient_map(nn.Sequential(nn.Conv2d(1, 1, 3), nn.Flatten()), (1, 9, 9))
