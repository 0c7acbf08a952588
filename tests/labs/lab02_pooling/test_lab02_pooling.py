"""Lab 2: its solution against independent oracles, and what its checks say."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib.grading.checks.task import substitute
from tests.labs import bank
from tests.labs.bank import draws, files

lab = bank.load_lab("lab02_pooling")
solution = lab.solution
visible = partial(bank.visible, lab, given=["found"])
TRAIN = files(lab).task4_train


# The solution

GEOMETRY = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2))


def image_for(seed, size, padding):
    rng = np.random.default_rng(seed)
    return rng, rng.normal(size=(2, *(max(size - 2 * padding, 1) + rng.integers(0, 5, 2))))


@given(GEOMETRY)
def test_two_ends_of_pooling_by_rank(geometry):
    seed, size, stride, padding = geometry
    padding = min(padding, size // 2)  # as far as PyTorch goes
    _, x = image_for(seed, size, padding)
    image = torch.tensor(x)
    largest = F.max_pool2d(image, size, stride, padding)
    mean = F.avg_pool2d(image, size, stride, padding, count_include_pad=False)
    first = np.eye(size**2)[0]
    np.testing.assert_allclose(solution.rank_pool(x, size, first, stride, padding), largest)
    np.testing.assert_allclose(solution.rank_pool(x, size, np.ones(size**2), stride, padding), mean)


@given(GEOMETRY)
def test_pooling_by_rank_is_a_mean_that_does_not_know_places(geometry):
    seed, size, stride, padding = geometry
    padding = min(padding, size - 1)
    rng, x = image_for(seed, size, padding)
    w = rng.uniform(0.1, 1, size**2)
    y = solution.rank_pool(x, size, w, stride, padding)
    np.testing.assert_allclose(solution.rank_pool(3 * x - 7, size, w, stride, padding), 3 * y - 7)
    if stride == 1:
        np.testing.assert_allclose(solution.rank_pool(x[:, ::-1].copy(), size, w, 1, padding), y[:, ::-1])


@given(GEOMETRY)
def test_the_way_back_where_nothing_ties(geometry):
    seed, size, stride, padding = geometry
    padding = min(padding, size // 2)
    rng, x = image_for(seed, size, padding)
    image = torch.tensor(x, requires_grad=True)
    y = F.max_pool2d(image, size, stride, padding)
    g = rng.normal(size=y.shape)
    y.backward(torch.tensor(g))
    np.testing.assert_allclose(solution.maxpool_backward(x, g, size, stride, padding), image.grad)


@given(GEOMETRY)
def test_the_last_of_equals_wins(geometry):
    """Equal numbers are told apart by their place, a little; then nothing ties."""
    seed, size, stride, padding = geometry
    padding = min(padding, size // 2)
    rng, x = image_for(seed, size, padding)
    x = np.round(x)
    later = x + 1e-3 * np.arange(x[0].size).reshape(x.shape[1:]) / x[0].size
    g = rng.normal(size=F.max_pool2d(torch.tensor(x), size, stride, padding).shape)
    found = solution.maxpool_backward(x, g, size, stride, padding)
    np.testing.assert_allclose(found, solution.maxpool_backward(later, g, size, stride, padding))
    np.testing.assert_allclose(found.sum(), g.sum())


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
@settings(deadline=None)
def test_partial_conv_is_a_masked_layer(seed, out, into, size):
    rng = np.random.default_rng(seed)
    table = torch.tensor(rng.integers(0, 2, (out, into)))
    layer = solution.PartialConv(table, size)
    full = nn.Conv2d(into, out, size)
    mask = table[:, :, None, None]
    with torch.no_grad():
        layer.weight.copy_(full.weight[table.bool()])
        layer.bias.copy_(full.bias)
    x = torch.tensor(rng.normal(size=(2, into, 5, 6)), dtype=torch.float32)
    expected = F.conv2d(x, full.weight * mask, full.bias)
    torch.testing.assert_close(layer(x), expected)
    g = torch.randn_like(expected)
    (expected * g).sum().backward()
    layer.step(x, g, 0.5)
    torch.testing.assert_close(layer.weight, full.weight[table.bool()] - 0.5 * full.weight.grad[table.bool()])
    torch.testing.assert_close(layer.bias, full.bias - 0.5 * full.bias.grad)


def test_lenets_c3_has_1500_weights():
    maps = {0: "012", 1: "123", 2: "234", 3: "345", 4: "045", 5: "015", 6: "0123", 7: "1234", 8: "2345", 9: "0345"}
    maps |= {10: "0145", 11: "0125", 12: "0134", 13: "1245", 14: "0235", 15: "012345"}
    table = torch.tensor([[int(str(i) in maps[o]) for i in range(6)] for o in range(16)])
    layer = solution.PartialConv(table, 5)
    assert layer.weight.numel() == 1500 and sum(p.numel() for p in layer.parameters()) == 1516


def glyphs_of(rng, count):
    return TRAIN.drawn(rng, np.arange(10), count, TRAIN.ANYWHERE)


def test_the_run_as_found_reads_hardly_anything():
    rng = np.random.default_rng(0)
    (images, labels), (tests, right) = (glyphs_of(rng, count) for count in (600, 400))
    arguments = torch.tensor(images), torch.tensor(labels), torch.tensor(tests), 0
    space = dict(vars(solution))
    exec(lab.named["found"].source, space)
    assert np.mean(space["as_found"](*arguments).numpy() == right) < 0.3
    answer = solution.train(*arguments)
    assert np.mean(answer.numpy() == right) >= TRAIN.ENOUGH
    assert torch.equal(solution.train(*arguments), answer)


def test_both_kinds_of_digits_are_alike():
    space = dict(vars(solution))
    exec(lab.named["found"].source, space)
    one, other = (make(np.random.default_rng(3), np.arange(10)) for make in (space["glyphs"], TRAIN.glyphs))
    assert np.array_equal(one, other)


# What the checks say

SEEN_BY_HIDDEN_CHECKS_ALONE = ("ByInput", "zeros_dropped", "padding_ranks_first", "last_by_columns")


@pytest.mark.parametrize(("task", "mistake"), [
    (task, mistake)
    for task in lab.tasks.values()
    for mistake in task.misconceptions
    if task.name != "train" and mistake.name not in SEEN_BY_HIDDEN_CHECKS_ALONE
], ids=lambda each: each.name)  # fmt: skip
def test_visible_checks_see_most_mistakes(task, mistake):
    assert any(visible(task.name, **{task.name: mistake.function}))


class Unwritten(nn.Module):
    """A module whose methods do nothing."""

    def __init__(self, *_):
        super().__init__()

    def forward(self, x):
        return torch.zeros_like(x)

    def step(self, *_):
        pass

    def load_state_dict(self, _):
        pass


STUBS = {
    "None": lambda *_, **__: None,
    "0": lambda *_, **__: 0,
    "first argument": lambda first, *_, **__: first,
    "zeros": lambda *args, **__: args[2].new_zeros(len(args[2])) if torch.is_tensor(args[2]) else 0 * args[0],
    "a digit": lambda *args, **__: torch.full((len(args[2]),), 1) if torch.is_tensor(args[2]) else args[0],
}


@pytest.mark.parametrize("task", lab.tasks.values(), ids=list(lab.tasks))
@pytest.mark.parametrize("stub", STUBS)
def test_stubs_get_nothing(task, stub, monkeypatch):
    monkeypatch.setattr(task, "misconceptions", [])  # what a stub is like is of no interest
    names = dict.fromkeys(task.functions, STUBS[stub]) | dict.fromkeys(task.classes, Unwritten)
    result = task.run(SimpleNamespace(**names), solution, draws(0))
    assert [check.score for check in result.checks] == [0] * len(task.checks)


@pytest.mark.parametrize(("mistake", "name"), [
    ("kept", "gradients_kept"), ("softmax", "softmax_twice"), ("apart", "shuffled_apart")
])  # fmt: skip
def test_a_mistake_of_training_is_named_where_rounding_differs(mistake, name):
    """Mistakes are told apart by what short runs read, for a long one may read something else in each process."""
    task = lab.tasks["train"]

    def elsewhere(images, labels, tests, seed):
        nearly = images.float() * (1 + 1e-7)
        assert not torch.equal(nearly, images.float())
        return TRAIN.trained(nearly, labels, tests, seed, mistake)

    [known] = [one for one in task.misconceptions if one.name == name]
    result = task.run(SimpleNamespace(**vars(solution) | {"train": elsewhere}), solution, draws(1))
    assert result.misconceptions == (known.says,)


def test_dropout_that_goes_on_gets_nothing():
    [mistake] = [one for one in lab.tasks["train"].misconceptions if one.name == "still_training"]
    result = lab.tasks["train"].run(substitute(solution, mistake), solution, draws(0))
    assert result.score == 0
    assert {check.message for check in result.checks} == {"an image that came twice was taken for two things"}


def test_own_mean_is_seen_in_the_notebook():
    [mistake] = [one for one in lab.tasks["train"].misconceptions if one.name == "tests_by_their_own_mean"]
    assert [bool(message) for message in visible("train", train=mistake.function)] == [False, False, False, True]


def test_shapes_have_other_labels_each_time():
    """Templates of the digits, which never look at the labels, get nothing."""
    templates = torch.tensor(TRAIN.glyphs(np.random.default_rng(0), np.arange(10), TRAIN.CENTRE)).float()

    def train(images, labels, tests, seed):
        return torch.cdist(tests.flatten(1).float(), templates.flatten(1)).argmin(1)

    result = lab.tasks["train"].run(SimpleNamespace(**vars(solution) | {"train": train}), solution, draws(0))
    assert result.score == 0


@pytest.mark.parametrize(("form", "message"), [
    (lambda answer: answer.tolist(), "it is a list, and a tensor was expected"),
    (lambda answer: answer[:, None], "its shape is ({n}, 1), and ({n},) was expected"),
    (lambda answer: answer.float(), "its numbers are floats, and integers were expected"),
])  # fmt: skip
def test_predictions_of_other_forms_are_rejected_in_the_same_words(form, message):
    def train(images, labels, tests, seed):
        return form(torch.zeros(len(tests), dtype=torch.int64))

    result = lab.tasks["train"].run(SimpleNamespace(**vars(solution) | {"train": train}), solution, draws(0))
    assert result.score == 0 and result.checks[2].message == message.format(n=400)
    assert visible("train", train=train)[0] == message.format(n=400)


def test_the_way_back_of_pytorch_gets_little():
    """It gives ties to the first."""

    def plain(x, g, size, stride, padding=0):
        image = torch.tensor(x, requires_grad=True)
        F.max_pool2d(image, size, stride, padding).backward(torch.tensor(g))
        return image.grad.numpy()

    task = lab.tasks["maxpool_backward"]
    for seed in range(3):
        namespace = SimpleNamespace(**vars(solution) | {"maxpool_backward": plain})
        assert 0 < task.run(namespace, solution, draws(seed)).score <= 3


class Hidden(solution.PartialConv):
    """Its weights are those of a full layer behind it, and state_dict does not say so."""

    def __init__(self, table, size):
        super().__init__(table, size)
        self.full = nn.Conv2d(table.shape[1], len(table), size)
        self.held = {"weight": self.weight.detach().clone(), "bias": self.bias.detach().clone()}
        del self.weight, self.bias

    def state_dict(self):
        return self.held


class Buffered(solution.PartialConv):
    def __init__(self, table, size):
        super().__init__(table, size)
        self.register_buffer("places", table.nonzero())


@pytest.mark.parametrize(("layer", "seen"), [
    (Hidden, "its keys are not ['bias', 'weight']"), (Buffered, "it also holds 'places', and should not")
])  # fmt: skip
def test_the_layer_holds_its_two_parameters_and_nothing_else(layer, seen):
    assert seen in visible("PartialConv", PartialConv=layer)[:2]
    result = lab.tasks["PartialConv"].run(
        substitute(solution, SimpleNamespace(of="PartialConv", function=layer)), solution, draws(0)
    )
    assert result.checks[0].score == 0
