"""What a batch may be: signals, token numbers, images, tuples and dictionaries of them; and the rule of the types."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnlib import training
from cnnlib.training import batches
from tests.training.unchanged import unchanged

N = 120
LABELS = np.arange(N) % 2
CPU = torch.device("cpu")


class Captioned(nn.Module):
    """Scores from an image and the token numbers of its caption, in that order or by their names."""

    def __init__(self):
        super().__init__()
        self.see, self.read, self.say = nn.Linear(18, 4), nn.EmbeddingBag(9, 4), nn.Linear(8, 2)

    def forward(self, image, caption):
        return self.say(torch.cat([self.see(image.flatten(1)), self.read(caption)], 1).relu())


def inputs(kind):
    """Inputs of which ``LABELS`` can be told, and a network for them."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(4, size=(N, 5)) + 4 * LABELS[:, None]
    image = rng.integers(200, size=(N, 2, 3, 3), dtype=np.uint8)
    wave = (rng.normal(size=(N, 1, 16)) * 0.1 + LABELS[:, None, None]).astype(np.float64)
    torch.manual_seed(0)
    return {
        "tokens": lambda: (tokens, nn.Sequential(nn.EmbeddingBag(9, 4), nn.Linear(4, 2))),
        "tokens of 32 bits": lambda: (tokens.astype(np.int32), nn.Sequential(nn.EmbeddingBag(9, 4), nn.Linear(4, 2))),
        "signals": lambda: (wave[:, 0], nn.Sequential(nn.Linear(16, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))),
        "signals with channels": lambda: (wave, nn.Sequential(nn.Conv1d(1, 4, 3), nn.Flatten(), nn.Linear(56, 2))),
        "image and caption": lambda: ((image, tokens), Captioned()),
        "by their names": lambda: ({"caption": tokens, "image": torch.tensor(image)}, Captioned()),
    }[kind]()


@pytest.mark.parametrize(
    "kind",
    ["tokens", "tokens of 32 bits", "signals", "signals with channels", "image and caption", "by their names"],
)
def test_inputs_of_all_kinds_are_trained_on(kind):
    x, model = inputs(kind)
    options = {"epochs": 20, "batch_size": 16, "rate": 0.02, "optimizer": "adam"}
    history = training.fit(model, (x, LABELS), test=(x, LABELS), **options)
    assert history.test_accuracy[-1] == training.accuracy(model, (x, LABELS), batch_size=7) > 0.9
    assert training.predict(model, x).shape == (N, 2)
    with unchanged(model), pytest.raises(ValueError, match="labels of test, at position 0, must be 0 to 1"):
        training.fit(model, (x, LABELS), test=(x, LABELS + 2), **options)


def test_the_rule_of_the_types():
    given = {
        "pixels": np.array([[0, 51, 255]], np.uint8),
        "tokens": np.array([[0, 51, 255]], np.int32),
        "signal": np.array([[0, 51, 255]], np.float64),
        "mask": np.array([[True, False, True]]),
    }
    inputs, targets = batches.load("data", (given, given), CPU, torch.float32)
    seen, aims = batches.scale_pixels(inputs), batches.place_targets(targets, CPU, torch.float32)
    assert seen["pixels"].tolist() == [[0, pytest.approx(0.2), 1]] and seen["pixels"].dtype == torch.float32
    assert seen["tokens"].tolist() == [[0, 51, 255]] and seen["tokens"].dtype == torch.int64
    assert seen["signal"].tolist() == [[0, 51, 255]] and seen["signal"].dtype == torch.float32
    assert seen["mask"].dtype == torch.bool
    assert [aims[key].dtype for key in given] == [torch.int64, torch.int64, torch.float32, torch.bool]
    assert aims["pixels"].tolist() == [[0, 51, 255]] and given["pixels"].max() == 255


def test_a_network_in_float64_is_trained_in_float64():
    x, model = inputs("signals")
    model.double()
    training.fit(model, (x, LABELS), epochs=1)
    assert {p.dtype for p in model.parameters()} == {torch.float64}
    assert batches.load("data", (x, LABELS), CPU, torch.float64)[0].dtype == torch.float64


@given(st.integers(1, 50), st.integers(1, 20))
def test_a_remainder_of_one_joins_the_batch_before_it(number, size):
    sizes = [rows.stop - rows.start for rows in batches.split(number, size)]
    covered = [n for rows in batches.split(number, size) for n in range(rows.start, rows.stop)]
    assert covered == list(range(number))
    assert size == 1 or number == 1 or min(sizes) > 1
    assert all(s == size for s in sizes[:-1]) and sizes[-1] <= size + 1


def test_trees_are_cut_and_joined():
    tree = {"a": torch.arange(7), "b": (torch.arange(14).view(7, 2), None)}
    parts = [batches.take(tree, rows) for rows in batches.split(7, 3)]
    assert [len(part["a"]) for part in parts] == [3, 4] and batches.count(parts[1]) == 4
    joined = batches.join(parts)
    assert torch.equal(joined["a"], tree["a"]) and torch.equal(joined["b"][0], tree["b"][0]) and joined["b"][1] is None


def test_a_tuple_of_numbers_is_an_array():
    assert torch.equal(batches.to_tensors("labels", (0, 1, 1)), torch.tensor([0, 1, 1]))
    assert isinstance(batches.to_tensors("inputs", ([0, 1], [2, 3])), tuple)
