"""The training loop beside one written out by hand; its schedules, augmentation, errors and repeatability."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnlib import training
from cnnlib.training import loop
from cnnlib.training.progress import Progress
from cnnlib.training.schedule import schedule

CLASSES = 3


@pytest.fixture
def data():
    """Images whose class is where their bright half lies, with noise."""
    rng = np.random.default_rng(0)
    labels = rng.integers(CLASSES, size=200)
    images = rng.integers(0, 120, (200, 2, 6, 6), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[:, 2 * label : 2 * label + 2] += 100
    return images, labels


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, CLASSES))


def weights(model):
    return torch.cat([tensor.flatten().double() for tensor in model.state_dict().values()])


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


def test_parameter_groups_keep_their_ratio(data):
    model = network()
    groups = [{"params": model[0].parameters(), "lr": 0.0}, {"params": model[4].parameters()}]
    first, last = model[0].weight.clone(), model[4].weight.clone()
    training.fit(model, data, epochs=1, optimizer=torch.optim.SGD(groups, lr=0.1))
    assert torch.equal(first, model[0].weight) and not torch.equal(last, model[4].weight)


def test_an_optimizer_has_its_own_rates_again(data):
    """Or a second run would begin where the cosine of the first ended."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    training.fit(model, data, epochs=1, optimizer=optimizer)
    assert optimizer.param_groups[0]["lr"] == 0.1
    with pytest.raises(training.Diverged):
        training.fit(model, data, epochs=1, optimizer=optimizer, loss=lambda outputs, _: outputs.sum() * math.inf)
    assert optimizer.param_groups[0]["lr"] == 0.1


def test_frozen_parts_stay_in_their_mode_when_looked_at(data):
    model = network().train()
    model[1].eval()
    training.accuracy(model, data)
    assert model.training and model[4].training and not model[1].training


def test_outputs_can_be_trained_on(data):
    scale = nn.Parameter(torch.ones(()))
    (training.predict(network(), data[0]) * scale).sum().backward()
    assert scale.grad is not None


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


# --- schedules ---


@given(st.floats(0, 10), st.floats(0, 9))
def test_schedules(time, warmup):
    ramp = min(1, time / warmup) if warmup else 1
    cosine = schedule("cosine", 10, warmup=warmup)
    assert cosine(time) == pytest.approx(ramp * math.cos(math.pi * time / 20) ** 2, abs=1e-9)
    step = schedule("step", 10, [5, 8], warmup)
    assert step(time) == pytest.approx(ramp * (1 if time < 5 else 0.1 if time < 8 else 0.01))
    assert schedule("constant", 10, warmup=warmup)(time) == ramp


# --- augmentation ---


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3))
def test_a_shift_moves_each_image_as_a_whole(N, C, H, W, pixels):
    images = torch.arange(1.0, N * C * H * W + 1).view(N, C, H, W)
    moved = training.shift(pixels)(images, torch.Generator().manual_seed(0))
    assert moved.shape == images.shape
    padded = F.pad(images, (pixels,) * 4)
    windows = padded.unfold(2, H, 1).unfold(3, W, 1)  # (N, C, rows, columns, H, W)
    for n in range(N):
        assert (windows[n] == moved[n, :, None, None]).all(dim=(0, 3, 4)).any()


def test_all_shifts_and_both_sides_occur():
    images = torch.zeros(2000, 1, 5, 5)
    images[:, :, 2, 2] = 1
    moved = training.shift(2)(images, torch.Generator().manual_seed(0))
    share = moved.mean(dim=0)[0]
    assert share.min() > 0.02 and share.max() < 0.06  # 25 places, 0.04 each
    ramp = torch.arange(4.0).expand(2000, 1, 1, 4)
    flipped = training.flip()(ramp, torch.Generator().manual_seed(0))
    assert set(map(tuple, flipped.view(2000, 4).tolist())) == {(0, 1, 2, 3), (3, 2, 1, 0)}
    assert 0.45 < (flipped[:, 0, 0, 0] == 3).double().mean() < 0.55


# --- errors ---


def test_the_step_in_which_the_loss_is_lost(data):
    class Breaks(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.calls = network(), 0

        def forward(self, x):
            self.calls += self.training
            return self.inner(x) * (float("nan") if self.calls == 30 else 1)

    with pytest.raises(training.Diverged, match=r"became nan in step 29 \(epoch 3\)") as caught:
        training.fit(Breaks(), data, epochs=9, batch_size=20)
    assert caught.value.step == 29


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


# --- progress ---


def test_progress_is_silent_where_nobody_looks(data, capsys):
    training.fit(network(), data, epochs=1)
    assert capsys.readouterr() == ("", "")


def test_progress_at_a_terminal(data, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("cnnlib.training.progress.WAIT", 0)
    training.fit(network(), data, epochs=2, test=data)
    shown = capsys.readouterr().err.split("\r\x1b[K")
    assert " 50% loss " in shown[1] and shown[1].endswith(" left")
    assert shown[-1].startswith("2 epochs: training loss ") and "; test accuracy " in shown[-1]
    training.fit(network(), data, epochs=1, progress=False)
    assert capsys.readouterr().err == ""


def test_time_left(monkeypatch):
    now, lines = [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    bar = Progress(100)
    bar._draw = lambda share, words: lines.append((share, words))
    now[0] = 50.0
    bar.to(25, "loss 1")
    now[0] = 50.1
    bar.to(26, "loss 1")  # too soon to draw
    bar.end("done")
    assert lines == [(0.25, "loss 1, about 2 min 30 s left"), (None, "done")]
