"""Loss surfaces and curves against closed forms, symmetries, the definition, and the model that must stay as it was."""

import copy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnlib import landscape, models, training
from cnnlib.landscape import bezier
from cnnlib.landscape.plane import Surface


def net(seed=0, **options):
    """A small network with everything that matters: convolutions, BatchNorm, dropout, a fully connected layer."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Conv2d(4, 6, 3, groups=2),
        nn.BatchNorm2d(6, **options),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(6 * 4 * 4, 3),
    )


@pytest.fixture(scope="module")
def data():
    """(images (64, 1, 6, 6), labels (64,)): three classes that tell themselves apart by where they are bright."""
    generator = torch.Generator().manual_seed(1)
    images, labels = torch.rand(64, 1, 6, 6, generator=generator), torch.arange(64) % 3
    images += torch.eye(3)[labels].repeat_interleave(2, dim=1).view(64, 1, 6, 1)
    return images, labels


@pytest.fixture(scope="module")
def ends(data):
    """Two networks trained from different weights."""
    trained = [net(seed) for seed in (0, 1)]
    for seed, model in enumerate(trained):
        training.fit(model, data, epochs=12, batch_size=32, rate=0.05, seed=seed, progress=False, device="cpu")
    return trained


def state(model):
    """All that a model is: tensors and whether they are trained, which tensor objects they are, modes, momenta."""
    return (
        {name: tensor.clone() for name, tensor in model.state_dict().items()},
        {name: (id(weight), weight.requires_grad, weight.data_ptr()) for name, weight in model.named_parameters()},
        [(module.training, getattr(module, "momentum", None)) for module in model.modules()],
    )


def assert_same(before, after):
    assert before[1:] == after[1:]
    for name, tensor in before[0].items():
        assert torch.equal(tensor, after[0][name]), name


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


def test_curves_leave_both_ends_alone(data, ends):
    before = [state(end) for end in ends]
    curve = bezier.fit(*ends, data, epochs=1, batch_size=32, rate=0.05, progress=False, device="cpu")
    inner = state(curve.control)
    bezier.along(curve, data, statistics=data, steps=3)
    assert_same(inner, state(curve.control))
    for end, was in zip(ends, before, strict=True):
        assert_same(was, state(end))


# --- curves ---


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


# --- figures ---


def test_as_many_lines_as_asked_for():
    grid = np.linspace(-1, 1, 5)
    bowl = Surface(grid, grid, np.hypot(grid[:, None], grid[None, :]) + 0.01)
    for lines in (1, 12):
        figure = landscape.contours({"bowl": bowl}, limits=(0.1, 10), lines=lines)
        levels = figure.axes[0].collections[1].levels
        np.testing.assert_allclose(levels, np.geomspace(0.1, 10, lines + 2)[1:-1])
        plt.close(figure)


def test_figures_show_every_surface_on_one_scale():
    grid = np.linspace(-1, 1, 5)
    bowl = np.hypot(grid[:, None], grid[None, :] * 2) + 0.01
    broken = bowl.copy()
    broken[0, :3] = np.inf, np.nan, 0  # a logarithm knows none of them
    surfaces = {"a": Surface(grid, grid, bowl), "b": Surface(grid, grid, broken)}
    figure = landscape.contours(surfaces)
    assert [axis.get_title() for axis in figure.axes[:2]] == ["a", "b"]
    meshes = [axis.collections[0] for axis in figure.axes[:2]]
    assert all(mesh.get_clim() == (bowl.min(), bowl.max()) for mesh in meshes)
    drawn = np.asarray(meshes[0].get_array()).reshape(5, 5)
    np.testing.assert_array_equal(drawn, bowl.T)  # rows along y, which is β
    drawn = np.asarray(meshes[1].get_array()).reshape(5, 5)
    assert drawn[:3, 0].tolist() == [bowl.max(), bowl.max(), bowl.min()]
    plt.close(figure)
    figure = landscape.relief(surfaces, limits=(0.1, 1))
    assert [axis.get_zlim() for axis in figure.axes] == [(-1, 0)] * 2
    plt.close(figure)
