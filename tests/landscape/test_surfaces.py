"""Loss surfaces against closed forms, symmetries, the definition, and the model that must stay as it was."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnlib import landscape, models, training
from tests.landscape.small_networks import assert_same, net, state

# --- directions ---


@pytest.mark.parametrize("name", ["resnet20", "lenet5"])
def test_each_filter_of_a_direction_is_as_long_as_the_models(name):
    model = models.build(name, num_classes=10)
    for direction in landscape.filter_normalised(model, seed=3):
        weights = {n: weight for n, weight in model.named_parameters() if weight.ndim > 1}
        assert direction.keys() == weights.keys()
        for key, weight in weights.items():
            norms = [tensor.detach().flatten(1).norm(dim=1) for tensor in (direction[key], weight)]
            torch.testing.assert_close(*norms)


def test_directions_are_random_and_repeatable():
    model = net()
    (a, b), (c, _), (d, _) = (landscape.filter_normalised(model, seed) for seed in (0, 0, 1))
    key = "4.weight"
    assert torch.equal(a[key], c[key]) and not torch.equal(a[key], b[key]) and not torch.equal(a[key], d[key])
    assert len(landscape.filter_normalised(model, count=3)) == 3


def test_rescaled_filters_have_the_same_surface(data):
    """The reason for the normalisation: a filter doubled and the next layer halved are the same function."""
    torch.manual_seed(0)
    one = nn.Sequential(nn.Flatten(), nn.Linear(36, 8, bias=False), nn.ReLU(), nn.Linear(8, 3, bias=False))
    other = copy.deepcopy(one)
    with torch.no_grad():
        other[1].weight *= 4
        other[3].weight /= 4
    surfaces = [landscape.surface(model, data, steps=5) for model in (one, other)]
    np.testing.assert_allclose(surfaces[0].losses, surfaces[1].losses, rtol=1e-5)
    with torch.no_grad():  # plain random directions see two different landscapes
        plain = [{n: torch.ones_like(w) for n, w in one.named_parameters()}] * 2
    surfaces = [landscape.surface(model, data, steps=5, directions=plain) for model in (one, other)]
    assert not np.allclose(surfaces[0].losses, surfaces[1].losses, rtol=0.1)


def test_a_filter_of_zeros_does_not_move():
    model = net()
    nn.init.zeros_(model[0].weight[1:2].detach())
    direction, _ = landscape.filter_normalised(model)
    assert not direction["0.weight"][1].any() and direction["0.weight"][0].all()


# --- surfaces ---


@given(
    reach=st.floats(0.1, 3),
    half=st.integers(1, 4),
    weights=st.lists(st.floats(-2, 2), min_size=2, max_size=2),
    seed=st.integers(0, 99),
)
def test_a_quadratic_loss_has_its_closed_form(reach, half, weights, seed):
    """A linear model and mean squares: the loss at w + αδ + βη is ‖X(w + αδ + βη) − y‖²/N."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(7, 2)), rng.normal(size=(7, 1))
    model = nn.Linear(2, 1, bias=False).double()
    model.weight.data = torch.tensor([weights], dtype=torch.float64)
    steps = 2 * half + 1
    found = landscape.surface(model, (x, y), steps=steps, reach=reach, seed=seed, loss=F.mse_loss, batch_size=3)
    delta, eta = (d["weight"].numpy()[0] for d in landscape.filter_normalised(model, seed))
    grid = np.linspace(-reach, reach, steps)
    np.testing.assert_allclose(found.alphas, grid, atol=1e-12)
    points = np.array(weights) + grid[:, None, None] * delta + grid[None, :, None] * eta
    np.testing.assert_allclose(found.losses, ((points @ x.T - y[:, 0]) ** 2).mean(axis=-1), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch_norm", ["running", "batch"])
def test_a_surface_is_what_its_definition_says(data, ends, batch_norm):
    """Every point against a copy of the model with the weights set by hand."""
    model = ends[0]
    found = landscape.surface(model, data, steps=3, reach=0.7, seed=5, batch_norm=batch_norm, batch_size=16)
    delta, eta = landscape.filter_normalised(model, seed=5)
    for (i, j), loss in np.ndenumerate(found.losses):
        twin = copy.deepcopy(model).eval()
        with torch.no_grad():
            for name in delta:
                twin.get_parameter(name).add_(found.alphas[i] * delta[name] + found.betas[j] * eta[name])
            for norm in (twin[1], twin[5]):
                norm.train(batch_norm == "batch")
            losses = [F.cross_entropy(twin(x), y) for x, y in zip(data[0].split(16), data[1].split(16), strict=True)]
        assert loss == pytest.approx(float(sum(losses) / 4), rel=1e-4)


def test_the_centre_is_the_models_loss(data, ends):
    found = landscape.surface(ends[0], data, steps=3, batch_norm="running", batch_size=10)
    assert found.centre == pytest.approx(training.mean_loss(ends[0], data), rel=1e-5)
    assert found.centre == found.losses[1, 1]


def test_bytes_are_divided_by_255(ends):
    images = np.random.default_rng(0).integers(0, 256, (12, 1, 6, 6), dtype=np.uint8)
    labels = np.arange(12) % 3
    as_bytes, as_floats = (
        landscape.surface(ends[0], (x, labels), steps=3) for x in (images, images.astype(np.float32) / 255)
    )
    np.testing.assert_allclose(as_bytes.losses, as_floats.losses, rtol=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        lambda x, y: (x.double().numpy(), y),
        lambda x, y: (x, y.to(torch.int32).numpy()),
        lambda x, y: (x.flip(-1).numpy()[..., ::-1], y),  # a view with a negative stride
        lambda x, y: iter((x, y)),
    ],
)
def test_data_may_be_whatever_training_takes(data, ends, change):
    as_it_is, changed = (landscape.surface(ends[0], pair, steps=3) for pair in (data, change(*data)))
    np.testing.assert_allclose(changed.losses, as_it_is.losses, rtol=1e-5)


def test_equal_directions_and_opposite_ones_give_symmetric_surfaces(data, ends):
    delta, _ = landscape.filter_normalised(ends[0])
    same = landscape.surface(ends[0], data, steps=5, directions=(delta, delta)).losses
    np.testing.assert_allclose(same, same.T, rtol=1e-3)
    back = {name: -tensor for name, tensor in delta.items()}
    opposite = landscape.surface(ends[0], data, steps=5, directions=(delta, back)).losses
    np.testing.assert_allclose(opposite, same[:, ::-1], rtol=1e-3)
    np.testing.assert_allclose(np.diag(opposite), opposite[2, 2], rtol=1e-3)  # α = β: no step at all


def test_directions_may_leave_parameters_out(data, ends):
    alone = {"8.bias": torch.tensor([1.0, 0, 0])}
    found = landscape.surface(ends[0], data, steps=3, directions=(alone, {})).losses
    assert np.ptp(found, axis=1).max() == 0 and np.ptp(found[:, 0]) > 1e-4


def test_scales_of_batch_norms_filters_do_not_matter_in_batch_mode(data):
    """With batch statistics the scale of a filter before BatchNorm is forgotten, and so it is of its direction."""
    one = net(track_running_stats=True)
    other = copy.deepcopy(one)
    with torch.no_grad():
        other[4].weight *= 50  # its bias stays, and BatchNorm takes it away
    surfaces = [landscape.surface(model, data, steps=3, batch_norm="batch") for model in (one, other)]
    np.testing.assert_allclose(surfaces[0].losses, surfaces[1].losses, rtol=1e-2)


@pytest.mark.parametrize("batch_norm", ["running", "batch"])
def test_a_remainder_of_one_joins_the_batch_before_it(batch_norm):
    """BatchNorm cannot normalise one example by its own variance; and no example is left out."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    x, labels = torch.randn(257, 3), torch.arange(257) % 2
    one, whole = (
        landscape.surface(model, (x, labels), steps=3, batch_norm=batch_norm, batch_size=n) for n in (256, 257)
    )
    np.testing.assert_allclose(one.losses, whole.losses, rtol=1e-6)


def test_a_surface_for_an_objective_is_that_of_its_loss(data, ends):
    class Squares(training.Objective):
        def __init__(self):
            super().__init__(F.mse_loss)

        def choose_targets(self, inputs, targets):
            return F.one_hot(targets, 3).float()

    by_objective = landscape.surface(ends[0], data, steps=3, objective=Squares())
    by_loss = landscape.surface(ends[0], (data[0], F.one_hot(data[1], 3).float()), steps=3, loss=F.mse_loss)
    np.testing.assert_array_equal(by_objective.losses, by_loss.losses)


def test_a_surface_over_token_numbers():
    torch.manual_seed(0)
    model = nn.Sequential(nn.EmbeddingBag(9, 4), nn.Linear(4, 2))
    tokens, labels = torch.randint(9, (20, 5)), torch.arange(20) % 2
    found = landscape.surface(model, (tokens, labels), steps=3)
    assert found.centre == pytest.approx(training.mean_loss(model, (tokens, labels)), rel=1e-5)


# --- nothing happens to the model ---


@pytest.mark.parametrize("batch_norm", ["running", "batch"])
def test_a_surface_leaves_the_model_alone(data, batch_norm):
    model = net(momentum=0.3).train()
    model[1].eval()  # modes may be mixed
    model[0].weight.requires_grad_(False)
    before = state(model)
    with torch.enable_grad():
        landscape.surface(model, data, steps=3, batch_norm=batch_norm)
        assert torch.is_grad_enabled()
    assert_same(before, state(model))
    assert all(weight.grad is None for weight in model.parameters())
    model(data[0]).sum().backward()  # still trainable


@pytest.mark.parametrize("batch_norm", ["running", "batch"])
def test_a_surface_that_fails_leaves_the_model_alone(data, batch_norm):
    model, calls = net().train(), []
    before = state(model)

    def broken(outputs, labels):
        calls.append(len(labels))
        if len(calls) == 7:
            raise KeyError("broken")
        return F.cross_entropy(outputs, labels)

    with pytest.raises(KeyError, match="broken"):
        landscape.surface(model, data, steps=3, loss=broken, batch_norm=batch_norm)
    assert_same(before, state(model))
