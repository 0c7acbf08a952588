"""GoogLeNet against its paper, row by row and by hand."""

import pytest
import torch
import torch.nn.functional as F

from cnnlib.models.googlenet import INCEPTIONS, GoogLeNet, Inception, Outputs
from tests.models.counts_by_hand import conv, fc, meta, parameters, sizes


def test_googlenet_row_by_row():
    """Table 1: output size and parameters of each row. Its K are 1024, and biases are left out.

    Its own counts are not those of its own widths: 4c's is too low by 7 per cent, 5a's too high by 5, others less.
    """
    network = meta("googlenet_paper", auxiliary=False)
    table = {
        "pool1": ((64, 56, 56), None),
        "conv3": ((192, 56, 56), None),
        "pool2": ((192, 28, 28), None),
        "inception3a": ((256, 28, 28), 159),
        "inception3b": ((480, 28, 28), 380),
        "pool3": ((480, 14, 14), None),
        "inception4a": ((512, 14, 14), 364),
        "inception4b": ((512, 14, 14), 437),
        "inception4c": ((512, 14, 14), 463),
        "inception4d": ((528, 14, 14), 580),
        "inception4e": ((832, 14, 14), 840),
        "pool4": ((832, 7, 7), None),
        "inception5a": ((832, 7, 7), 1072),
        "inception5b": ((1024, 7, 7), 1388),
        "fc": ((1000,), 1000),
    }
    assert sizes(network, *table, input_size=(3, 224, 224)) == [size for size, _ in table.values()]
    for row, (_, published) in table.items():
        if published is not None:
            weights = sum(weight.numel() for weight in network.get_submodule(row).parameters() if weight.ndim > 1)
            assert weights / 1024 == pytest.approx(published, rel=0.08)
    stem = network.conv2.conv.weight.numel() + network.conv3.conv.weight.numel()
    assert stem == 112 * 1024


def test_googlenet_by_hand():
    by_hand = conv(7, 3, 64) + conv(1, 64, 64) + conv(3, 64, 192) + fc(1024, 1000)
    for C_in, n1, r3, n3, r5, n5, proj in INCEPTIONS.values():
        by_hand += conv(1, C_in, n1) + conv(1, C_in, r3) + conv(3, r3, n3)
        by_hand += conv(1, C_in, r5) + conv(5, r5, n5) + conv(1, C_in, proj)
    assert parameters(meta("googlenet_paper", auxiliary=False)) == by_hand == 6_998_552
    auxiliaries = [conv(1, C_in, 128) + fc(128 * 4 * 4, 1024) + fc(1024, 1000) for C_in in (512, 528)]
    network = meta("googlenet_paper")
    assert [parameters(network.aux1), parameters(network.aux2)] == auxiliaries
    assert parameters(network) == by_hand + sum(auxiliaries)


def test_inception_module_is_its_four_branches_side_by_side():
    torch.manual_seed(0)
    module = Inception(8, 2, 3, 4, 5, 6, 7)
    x = torch.randn(2, 8, 9, 9)
    y = module(x)
    assert y.shape == (2, 2 + 4 + 6 + 7, 9, 9)
    pooled = F.relu(module.pool_proj.conv(F.max_pool2d(x, 3, 1, 1)))
    fives = F.relu(module.conv5x5.conv(F.relu(module.reduce5x5.conv(x))))
    assert torch.equal(y[:, 6:12], fives) and torch.equal(y[:, 12:], pooled)
    assert module.conv5x5.conv.kernel_size == (5, 5)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_googlenet_has_auxiliary_classifiers_in_training_alone(batch_norm):
    with torch.device("meta"):
        network = GoogLeNet(10, batch_norm=batch_norm)
        images = torch.zeros(2, 3, 224, 224)
        outputs = network(images)
        assert isinstance(outputs, Outputs) and [output.shape for output in outputs] == [(2, 10)] * 3
        assert network.eval()(images).shape == (2, 10)
        alone = GoogLeNet(10, batch_norm=batch_norm, auxiliary=False)
        assert alone.train()(images).shape == (2, 10)
