"""LeNet-5 against its paper."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib.models.lenet import CONNECTIONS, LeNet5, Subsampling, drawings, squash
from tests.models.counts_by_hand import conv, meta, parameters, sizes


def test_lenet5_layer_by_layer():
    network = LeNet5()
    counts = {name: parameters(layer) for name, layer in network.named_children()}
    # Section II.B of the paper, which gives all of these, and 60,000 in all.
    assert counts == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48_120, "F6": 10_164, "output": 0}
    assert sum(counts.values()) == 60_000
    found = sizes(network, "C1", "S2", "C3", "S4", "C5", input_size=(1, 32, 32))
    assert found == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)]
    counts = {name: parameters(layer) for name, layer in meta("lenet5_modern").named_children()}
    assert counts["C3"] == conv(5, 6, 16) == 2416 and counts["output"] == 850 and sum(counts.values()) == 61_706


def test_connections_of_c3_are_table_1_of_the_paper():
    table = [
        "X...XXX..XXXX.XX",
        "XX...XXX..XXXX.X",
        "XXX...XXX..X.XXX",
        ".XXX..XXXX..X.XX",
        "..XXX..XXXX.XX.X",
        "...XXX..XXXX.XXX",
    ]
    columns = zip(*table, strict=True)
    expected = [tuple(row for row, mark in enumerate(column) if mark == "X") for column in columns]
    assert expected == CONNECTIONS
    network = LeNet5()
    maps = torch.randn(1, 6, 14, 14, requires_grad=True)
    for number, sources in enumerate(CONNECTIONS):
        (gradient,) = torch.autograd.grad(network.C3(maps)[0, number].sum(), maps)
        seen = gradient[0].flatten(1).any(dim=1).nonzero().flatten()
        assert seen.tolist() == list(sources)


def test_subsampling_and_squashing_by_hand():
    layer = Subsampling(1)
    nn.init.constant_(layer.weight, 0.5)
    nn.init.constant_(layer.bias, 1.0)
    x = torch.tensor([[[[1.0, 2, 5, 5], [3, 4, 5, 5]]]])
    assert torch.equal(layer(x), torch.tensor([[[[6.0, 11.0]]]]))
    assert squash(torch.tensor([1.0, -1.0, 100.0])).numpy() == pytest.approx([1, -1, 1.7159], abs=1e-4)


def test_output_of_lenet5_is_the_distance_to_the_drawings():
    network = LeNet5()
    codes = drawings()
    assert codes.shape == (10, 12, 7) and set(np.unique(codes)) == {-1, 1}
    distances = ((codes.reshape(10, 1, 84) - codes.reshape(1, 10, 84)) ** 2).sum(axis=2)
    assert (distances + 1000 * np.eye(10)).min() >= 4 * 8  # any two differ in eight pixels or more
    assert np.array_equal(network.output(torch.tensor(codes.reshape(10, 84), dtype=torch.float32)), distances)
    images = torch.randn(3, 1, 32, 32)
    assert (network(images) <= 0).all()  # minus the penalties
    assert meta("lenet5", 26).output.codes.shape == (26, 84)


def test_lenet5_starts_as_the_paper_says():
    network = LeNet5()
    for layer, fan_in in ((network.C1, 25), (network.C3.maps[15], 150), (network.C5, 400), (network.F6, 120)):
        largest = layer.weight.abs().max().item()
        assert 0.7 * 2.4 / fan_in < largest <= 2.4 / fan_in
