"""Curves between models against their formula and a closed form, and the ends, which must stay as they were."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlib import training
from cnnlib.landscape import bezier
from tests.landscape.small_networks import assert_same, state


def test_a_curve_starts_and_ends_at_the_models(data, ends):
    curve = bezier.fit(*ends, data, epochs=1, batch_size=32, rate=0.05, progress=False, device="cpu")
    for t, end in zip((0, 1), ends, strict=True):
        for name, weight in curve.weights(t).items():
            assert torch.equal(weight, end.get_parameter(name))
    middle = curve.weights(0.5)
    for name, weight in curve.control.named_parameters():
        start, end = (model.get_parameter(name) for model in ends)
        torch.testing.assert_close(middle[name], start / 4 + weight / 2 + end / 4)


def test_the_straight_line_is_straight(ends):
    line = bezier.straight(*ends)
    for t in (0.0, 0.3, 0.5, 0.9, 1.0):
        for name, weight in line.weights(t).items():
            start, end = (model.get_parameter(name) for model in ends)
            torch.testing.assert_close(weight, (1 - t) * start + t * end)


def test_a_curve_answers_as_its_middle_in_evaluation_mode(data, ends):
    line = bezier.straight(*ends).eval()
    twin = copy.deepcopy(line.control).eval()
    for name, weight in line.weights(0.5).items():
        twin.get_parameter(name).data.copy_(weight.detach())
    torch.testing.assert_close(line(data[0]), twin(data[0]))


def test_along_computes_the_statistics_anew(data, ends):
    """Against a copy whose BatchNorm has seen the training data and nothing else."""
    line = bezier.straight(*ends)
    path = bezier.along(line, data, statistics=data, steps=3, batch_size=64)
    for t, loss, accuracy in zip(*path, strict=True):
        twin = copy.deepcopy(ends[0]).eval()
        for name, weight in line.weights(t).items():
            twin.get_parameter(name).data.copy_(weight.detach())
        for norm in (twin[1], twin[5]):
            norm.reset_running_stats()
            norm.momentum = None
            norm.train()
        with torch.no_grad():
            twin(data[0])
        assert loss == pytest.approx(training.mean_loss(twin, data), rel=1e-4)
        assert accuracy == pytest.approx(training.accuracy(twin, data))


def test_the_control_point_of_a_toy_problem():
    """Ends −1 and 1, loss (φ − 1)² with φ(t) = −a + bθ + c: its mean over t is least at θ = E[b(1 + a − c)] / E[b²]."""
    first, second = (nn.Linear(1, 2, bias=False) for _ in range(2))
    first.weight.data, second.weight.data = torch.tensor([[-1.0], [0.0]]), torch.tensor([[1.0], [0.0]])
    images, labels = torch.ones(64, 1, 1, 1), torch.zeros(64, dtype=torch.int64)
    first, second = nn.Sequential(nn.Flatten(), first), nn.Sequential(nn.Flatten(), second)
    options = {"epochs": 2000, "batch_size": 64, "rate": 0.1, "momentum": 0.0, "progress": False, "device": "cpu"}
    curve = bezier.fit(first, second, (images, labels), loss=lambda out, _: ((out[:, 0] - 1) ** 2).mean(), **options)
    t = np.linspace(0, 1, 100_001)
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    best = (b * (1 + a - c)).mean() / (b**2).mean()
    assert float(curve.control[1].weight[0].detach()) == pytest.approx(best, abs=0.05)


def test_fitting_lowers_the_barrier(data, ends):
    line = bezier.along(bezier.straight(*ends), data, statistics=data)
    curve = bezier.fit(*ends, data, epochs=30, batch_size=32, rate=0.05, progress=False, device="cpu")
    path = bezier.along(curve, data, statistics=data)
    assert path.barrier < line.barrier / 2
    assert len(curve.history.loss) == 30
    for which in (0, -1):
        assert path.losses[which] == pytest.approx(line.losses[which], rel=1e-5)


def test_a_barrier_is_measured_from_the_line_between_the_ends():
    path = bezier.Path(np.array([0, 0.5, 1]), np.array([1.0, 4.0, 3.0]), np.zeros(3))
    assert path.barrier == 2.0
    assert bezier.Path(path.t, np.array([1.0, 0.5, 3.0]), np.zeros(3)).barrier == 0.0


def test_a_fit_is_repeatable(data, ends):
    options = {"epochs": 1, "batch_size": 32, "rate": 0.05, "progress": False, "device": "cpu"}
    curves = [bezier.fit(*ends, data, seed=seed, **options) for seed in (3, 3, 4)]
    one, same, other = (curve.control[0].weight for curve in curves)
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_curves_leave_both_ends_alone(data, ends):
    before = [state(end) for end in ends]
    curve = bezier.fit(*ends, data, epochs=1, batch_size=32, rate=0.05, progress=False, device="cpu")
    inner = state(curve.control)
    bezier.along(curve, data, statistics=data, steps=3)
    assert_same(inner, state(curve.control))
    for end, was in zip(ends, before, strict=True):
        assert_same(was, state(end))


def test_a_remainder_of_one_joins_the_batch_before_it():
    torch.manual_seed(0)
    ends = [nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)) for _ in range(2)]
    x, labels = torch.randn(257, 3), torch.arange(257) % 2
    line = bezier.straight(*ends)
    one, whole = (bezier.along(line, (x, labels), statistics=(x, labels), steps=3, batch_size=n) for n in (256, 257))
    for found, expected in zip(one, whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_batch_norm_is_trained_on_a_curve_between_networks_that_their_training_left_in_evaluation_mode(data, ends):
    curve = bezier.fit(*ends, data, epochs=1, batch_size=32, rate=0.05, progress=False, device="cpu")
    assert not ends[0].training and not torch.equal(curve.control[1].running_mean, ends[0][1].running_mean)
    frozen = copy.deepcopy(ends[0]).train()
    frozen[1].eval()
    curve = bezier.fit(frozen, ends[1], data, epochs=1, batch_size=32, rate=0.05, progress=False, device="cpu")
    assert torch.equal(curve.control[1].running_mean, ends[0][1].running_mean)
    assert not torch.equal(curve.control[5].running_mean, ends[0][5].running_mean)


def test_a_curve_for_an_objective(data, ends):
    class Squares(training.Objective):
        def __init__(self):
            super().__init__(F.mse_loss)

        def choose_targets(self, inputs, targets):
            return F.one_hot(targets, 3).float()

        def metrics(self, outputs, targets):
            return {"error": ((outputs - targets).square().sum(), targets.numel())}

    options = {"epochs": 5, "batch_size": 32, "rate": 0.01, "progress": False, "device": "cpu"}
    curve = bezier.fit(*ends, data, objective=Squares(), **options)
    assert curve.history.metrics["error"] == pytest.approx(curve.history.loss, rel=1e-5)
    path = bezier.along(curve, data, statistics=data, steps=3, objective=Squares())
    np.testing.assert_allclose(path.accuracies, path.losses, rtol=1e-5)
    without = bezier.along(curve, data, statistics=data, steps=3, objective=training.Objective(F.cross_entropy))
    assert np.isnan(without.accuracies).all() and np.isfinite(without.losses).all()
