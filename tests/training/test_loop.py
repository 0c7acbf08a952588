"""The training loop beside one written out by hand; and its repeatability."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import training
from cnnlib.training import loop
from tests.training.small_networks import network, weights
from tests.training.unchanged import unchanged


@pytest.mark.parametrize(("kind", "make"), [
    ("sgd", lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=1e-3)),
    ("adam", lambda p: torch.optim.Adam(p, 0.05, weight_decay=1e-3)),
    ("adamw", lambda p: torch.optim.AdamW(p, 0.05, weight_decay=1e-3)),
])  # fmt: skip
def test_as_written_out(data, kind, make):
    """Three epochs of 6 steps, cosine: the same weights as the textbook's loop over the same batches."""
    model, by_hand = network(), network()
    options = {"rate": 0.05, "momentum": 0.9, "weight_decay": 1e-3, "optimizer": kind, "device": "cpu", "seed": 5}
    history = training.fit(model, data, epochs=3, batch_size=32, **options)
    images, labels = torch.tensor(data[0]) / 255, torch.tensor(data[1])
    optimizer, order = make(by_hand.parameters()), torch.Generator().manual_seed(5)
    for epoch in range(3):
        chosen, losses, right = torch.randperm(200, generator=order), [], 0
        for step in range(6):
            batch = chosen[32 * step : 32 * step + 32]
            optimizer.param_groups[0]["lr"] = 0.05 * (1 + math.cos(math.pi * (epoch + step / 6) / 3)) / 2
            optimizer.zero_grad()
            outputs = by_hand(images[batch])
            loss = F.cross_entropy(outputs, labels[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            right += int((outputs.argmax(1) == labels[batch]).sum())
        assert history.loss[epoch] == pytest.approx(np.mean(losses), rel=1e-5)
        assert history.accuracy[epoch] == pytest.approx(right / 192)
    torch.testing.assert_close(weights(model), weights(by_hand), rtol=1e-5, atol=1e-6)
    assert not model.training and len(history.seconds) == 3 and history.test_accuracy == []


def test_it_learns_and_tells(data):
    model = network()
    history = training.fit(model, data, epochs=8, batch_size=20, test=data, augment=[training.flip()])
    assert history.loss[-1] < 0.1 * history.loss[0] and history.accuracy[-1] > 0.95
    assert history.test_accuracy[-1] == training.accuracy(model, data) > 0.95
    outputs = training.predict(model, data[0], batch_size=33)
    model.eval()
    with torch.no_grad():
        expected = model(torch.tensor(data[0]) / 255)
    torch.testing.assert_close(outputs, expected)
    assert training.accuracy(model, data) == (outputs.argmax(1).numpy() == data[1]).mean()
    assert training.mean_loss(model, data) == pytest.approx(float(F.cross_entropy(outputs, torch.tensor(data[1]))))


def test_the_same_seed_gives_the_same_run(data):
    def run(seed, drawn_before=0):
        model = nn.Sequential(network(), nn.Dropout(0.5))
        torch.rand(drawn_before)
        training.fit(model, data, epochs=2, augment=[training.shift(1)], seed=seed)
        return weights(model)

    assert torch.equal(run(1), run(1, drawn_before=5)) and not torch.equal(run(1), run(2))


def test_the_callers_random_numbers_go_on_undisturbed(data):
    model = network()
    state = torch.get_rng_state()
    training.fit(model, data, epochs=1)
    assert torch.equal(state, torch.get_rng_state())


def test_weights_are_left_to_the_caller(data):
    one, other = network(1), network(2)
    for model in (one, other):
        training.fit(model, data, epochs=1, seed=0)
    assert not torch.allclose(weights(one), weights(other))


def test_floats_are_used_as_they_are_and_evaluation_changes_nothing(data):
    images, labels = torch.tensor(data[0]), torch.tensor(data[1], dtype=torch.uint8)
    model, other = network(), network()
    training.fit(model, (images, labels), epochs=1)
    training.fit(other, (images.double() / 255, labels), epochs=1)
    torch.testing.assert_close(weights(model), weights(other), rtol=1e-5, atol=1e-6)
    assert images.dtype == torch.uint8 and images.max() > 200
    model.train()
    before = weights(model)
    training.accuracy(model, data)
    assert model.training and torch.equal(before, weights(model))


def test_other_devices_random_numbers_are_left_alone(data, monkeypatch):
    model, seeded = network(), []
    monkeypatch.setattr("torch.cuda.manual_seed_all", seeded.append)
    training.fit(model, data, epochs=1, device="cpu")
    assert seeded == []


@pytest.mark.parametrize(("device", "capability", "mixed"), [
    ("cpu", None, False), ("cuda", (7, 5), False), ("cuda", (8, 0), True), ("cuda:1", (9, 0), True),
])  # fmt: skip
def test_precision_is_mixed_where_the_gpu_computes_so(monkeypatch, device, capability, mixed):
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda device: capability)
    monkeypatch.setattr("torch.autocast", lambda *arguments: arguments)
    precision = loop._precision(torch.device(device))
    assert (precision == ("cuda", torch.bfloat16)) == mixed


def test_a_loss_alone_is_an_objective(data):
    model, targets = network(), data[1].astype(float)
    squares = training.Objective(lambda outputs, targets: F.mse_loss(outputs[:, 0], targets))
    options = {"epochs": 20, "batch_size": 20, "rate": 0.02, "optimizer": "adam", "test": (data[0], targets)}
    history = training.fit(model, (data[0], targets), objective=squares, **options)
    assert history.loss[-1] < 0.3 * history.loss[0] and history.metrics == history.test_metrics == {}


@pytest.mark.parametrize("which", ["train", "test"])
@pytest.mark.parametrize("change", [
    lambda images, labels: (images, labels + 1),
    lambda images, labels: (images, labels / 2),
    lambda images, labels: (images, labels > 0),
    lambda images, labels: (images, labels[:9]),
    lambda images, labels: (images, labels[:, None]),
    lambda images, labels: (images, None),
    lambda images, labels: (images, {"class": labels}),
    lambda images, labels: (images / np.float32(0), labels),
    lambda images, labels: (images.astype(int), labels),
    lambda images, labels: images,
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_bad_data_are_refused_before_the_first_step(data, change, which):
    """Neither weights nor BatchNorm's statistics change, nor the random numbers that the caller draws next."""
    model = nn.Sequential(network(), nn.Dropout(0.5)).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with unchanged(model), pytest.raises(ValueError, match=f"{which}"):
        training.fit(model, epochs=1, optimizer=optimizer, **{"train": data, "test": data, which: change(*data)})
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_test_images_of_a_size_that_the_network_does_not_take(data):
    model = network()
    with unchanged(model), pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        training.fit(model, data, epochs=1, test=(data[0][:, :, :5], data[1]))


def test_the_look_at_the_data_draws_nothing(data):
    """With test data and without, the weights are the same, though the model draws in evaluation mode too."""

    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = network()

        def forward(self, x):
            return self.inner(x + torch.rand(()))

    runs = [Noisy(), Noisy()]
    for model, test in zip(runs, (None, data), strict=True):
        training.fit(model, data, epochs=1, test=test)
    assert torch.equal(*map(weights, runs))
