"""What moves to a GPU, on a GPU that is not there (see ``pretend_gpu``): devices, precision, the model's place."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from cnnlib import landscape, models, receptive_field, scale, training
from cnnlib.complexity import profile
from cnnlib.landscape import bezier
from tests.training.pretend_gpu import GPU, pretend

SHORT = {"epochs": 2, "batch_size": 16, "rate": 0.01, "progress": False}


@pytest.fixture(autouse=True)
def gpu():
    with pretend():
        yield


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (48, 3, 8, 8), dtype=np.uint8), rng.integers(0, 10, 48)


def trained(data, name="resnet20", **options):
    torch.manual_seed(0)
    model = models.build(name, num_classes=10)
    history = training.fit(model, data, **SHORT | options)
    return model, history


def devices(model):
    return {tensor.device for tensor in (*model.parameters(), *model.buffers())}


# --- the pretence itself: each of these fails on a real GPU ---


@pytest.mark.parametrize("wrong", [
    lambda x: x.numpy(),
    lambda x: np.asarray(x),
    lambda x: x + torch.ones(3),
    lambda x: torch.stack([x, torch.ones(3)]),
    lambda x: torch.ones(3)[x.long()],
    lambda x: nn.Linear(3, 1)(x),
    lambda x: torch.rand(3, device=x.device, generator=torch.Generator()),
    lambda x: torch.rand(3, generator=torch.Generator(x.device)),
])  # fmt: skip
def test_what_a_gpu_would_refuse(wrong):
    with pytest.raises((TypeError, RuntimeError), match="device"):
        wrong(torch.ones(3).to("cuda"))


def test_what_a_gpu_allows():
    x = torch.ones(3).to("cuda")
    assert x.device == (2 * x[1:]).device == torch.zeros(2, device="cuda").device == GPU
    assert x[torch.tensor([0, 2])].device == GPU and (x * torch.tensor(2.0)).device == GPU
    assert np.array_equal(x.cpu().numpy(), [1, 1, 1]) and torch.ones(3).to(x).device == GPU
    y = torch.zeros(3)
    y.copy_(x)
    assert y.device.type == "cpu" and y.sum() == 3 and float(x.sum()) == 3


# --- what the course does there ---


def test_the_device_and_the_scale_follow(monkeypatch):
    monkeypatch.delenv("CNNLIB_SCALE", raising=False)
    assert scale.device() == "cuda" and scale.current() == "full"


@pytest.mark.parametrize(("optimizer", "name"), [("sgd", "resnet20"), ("adam", "plain20"), ("adamw", "resnet20")])
def test_training_leaves_the_model_there(data, optimizer, name):
    augment = [training.flip(), training.shift(1)]
    model, history = trained(data, name, optimizer=optimizer, augment=augment, test=data)
    assert devices(model) == {GPU} and model.conv1.weight.is_contiguous(memory_format=torch.channels_last)
    assert len(history.loss) == 2 and history.test_accuracy[-1] == training.accuracy(model, data)
    assert training.predict(model, data[0]).device.type == "cpu"
    assert np.isfinite(training.mean_loss(model, data))


def test_inputs_and_targets_of_other_kinds_go_there(data):
    """Tokens and signals, and targets in a dictionary; what is compared at the end is back on the CPU."""

    class Sum(nn.Module):
        def __init__(self):
            super().__init__()
            self.read, self.hear = nn.EmbeddingBag(10, 4), nn.Linear(6, 4)

        def forward(self, tokens, signal):
            return {"scores": self.read(tokens) + self.hear(signal)}

    class Named(training.Classification):
        def __init__(self):
            super().__init__(lambda outputs, targets: nn.functional.cross_entropy(outputs["scores"], targets["label"]))

        def check(self, name, inputs, targets, outputs):
            super().check(name, inputs, targets["label"], outputs["scores"])

        def metrics(self, outputs, targets):
            return super().metrics(outputs["scores"], targets["label"])

    rng = np.random.default_rng(0)
    inputs = rng.integers(10, size=(48, 5)), rng.normal(size=(48, 6))
    pair = inputs, {"label": rng.integers(4, size=48).astype(np.uint8)}
    model = Sum()
    history = training.fit(model, pair, test=pair, objective=Named(), **SHORT)
    assert devices(model) == {GPU} and training.predict(model, inputs)["scores"].device.type == "cpu"
    assert history.test_accuracy[-1] == training.evaluate(model, pair, Named())["accuracy"]
    assert np.isfinite(training.mean_loss(model, pair, objective=Named()))


def test_mixed_precision(data):
    """The layers compute in bfloat16; parameters, gradients and the loss stay float32."""
    model, seen = models.build("resnet20", num_classes=10), []
    for layer in (model.conv1, model.fc):
        layer.register_forward_hook(lambda layer, x, y: seen.append(y.dtype))
    training.fit(model, data, **SHORT | {"epochs": 1})
    assert set(seen) == {torch.bfloat16}
    assert {(p.dtype, p.grad.dtype, p.grad.device) for p in model.parameters()} == {(torch.float32,) * 2 + (GPU,)}


def test_back_from_the_gpu_it_answers_the_same(data):
    model, _ = trained(data)
    there = training.predict(model, data[0])
    twin = copy.deepcopy(model)
    assert devices(twin) == {GPU} and devices(model.cpu()) == {torch.device("cpu")}
    np.testing.assert_allclose(training.predict(model, data[0]), there, rtol=1e-4, atol=1e-4)


def test_the_callers_random_numbers_go_on_undisturbed(data):
    model = models.build("plain20", num_classes=10)
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    training.fit(model, data, **SHORT)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("batch_norm", ["batch", "running"])
def test_surfaces(data, batch_norm):
    model, _ = trained(data)
    there = landscape.surface(model, data, steps=3, reach=0.2, batch_norm=batch_norm)
    assert devices(model) == {GPU}
    here = landscape.surface(model.cpu(), data, steps=3, reach=0.2, batch_norm=batch_norm)
    np.testing.assert_allclose(there.losses, here.losses, rtol=1e-3)


def test_curves(data):
    ends = [trained(data, "plain20", seed=seed)[0] for seed in (0, 1)]
    curve = bezier.fit(*ends, data, **SHORT)
    assert devices(curve) == {GPU}
    path = bezier.along(curve, data, statistics=data, steps=3)
    assert np.isfinite(path.losses).all()
    assert path.losses[0] == pytest.approx(bezier.along(bezier.straight(*ends), data, statistics=data).losses[0])


def test_counting_and_seeing_work_on_a_model_that_is_there(data):
    model, _ = trained(data)
    assert profile(model, (3, 8, 8)).macs == profile(models.build("resnet20", num_classes=10), (3, 8, 8)).macs
    net = nn.Sequential(nn.Conv2d(1, 1, 3, bias=False), nn.Conv2d(1, 1, 3, bias=False)).to("cuda")
    assert receptive_field.seen_extent(receptive_field.gradient_map(net, (1, 11, 11))) == (5, 5)
