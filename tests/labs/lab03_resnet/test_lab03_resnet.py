"""Lab 3: its solution against independent oracles."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib.complexity import profile
from tests.labs import bank
from tests.labs.bank import files

lab = bank.load_lab("lab03_resnet")
solution = lab.solution
CHECKS = files(lab)
MISPRINT, LEDGER, DEEPEN = CHECKS.task1_misprint, CHECKS.task2_ledger, CHECKS.task3_deepen
TRAITS = {
    "rate too high": ["NaN", "jump", "worse in eval mode", "worse on others"],
    "rate too low": [""],
    "vanishing gradient": [""],
    "wrong labels": [""],
    "stale statistics": ["", "chance"],
    "overfitting": ["", "far on", "spike"],
    "healthy": ["", "spike", "plateau", "far on", "augmented", "gap"],
}


def modules(layers, shape):
    """The layers as PyTorch's modules; ``RuntimeError`` or ``ValueError`` where they do not fit."""
    x, parts = torch.zeros(2, *shape), []
    for layer in layers:
        kind, C = layer["type"], x.shape[1]
        if kind == "conv":
            sizes = layer["kernel"], layer["stride"], layer["padding"]
            module = nn.Conv2d(C, layer["out"], *sizes, groups=layer["groups"], bias=layer["bias"])
        elif kind == "pool":
            module = nn.MaxPool2d(layer["kernel"], layer["stride"], layer["padding"])
        elif kind == "norm":
            module = nn.BatchNorm2d(C)
        elif kind == "average":
            module = nn.AdaptiveAvgPool2d(1)
        else:
            linear = nn.Linear(x[0].numel(), layer["out"], bias=layer["bias"])
            module = nn.Sequential(nn.Flatten(), linear, nn.Unflatten(1, (layer["out"], 1, 1)))
        with torch.no_grad():
            x = module.eval()(x)
        parts.append(module)
    return nn.Sequential(*parts)


def by_profile(layers, shape):
    found = profile(modules(layers, shape), shape)
    return found.params, 2 * found.macs


@pytest.mark.parametrize("ending", ["flat", "average"])
@pytest.mark.parametrize(("change", "kind"), [
    ("left out", "conv"), ("left out", "pool"), ("left out", "norm"), ("left out", "linear"),
    ("no bias", "conv"), ("no groups", "conv"), ("stride 1", "conv"), ("stride 1", "pool"),
])  # fmt: skip
def test_misprint_against_pytorch(change, kind, ending):
    """Its totals are the profile's, before and after the change that it names."""
    layers, shape, *published = MISPRINT.slip(np.random.default_rng(7), change, (kind,), ending)
    *own, number, how = solution.misprint(layers, shape, *published)
    assert tuple(own) == by_profile(layers, shape)
    assert how == change and layers[number]["type"] == kind
    edited = {
        "left out": [],
        "no bias": [{**layers[number], "bias": False}],
        "no groups": [{**layers[number], "groups": 1}],
        "stride 1": [{**layers[number], "stride": 1}],
    }[change]
    assert tuple(published) == by_profile([*layers[:number], *edited, *layers[number + 1 :]], shape)


def test_one_answer_explains_a_slip():
    for seed in range(10):
        layers, shape, *totals = MISPRINT.slip(np.random.default_rng(seed), "left out", ("conv",))
        counted = [MISPRINT.published(edited, shape) for _, _, edited in MISPRINT.edits(layers)]
        assert counted.count(tuple(totals)) == 1 and MISPRINT.published(layers, shape) != tuple(totals)


def test_something_impossible_comes_before_the_answer():
    """In the order of the layers, and among those left out; the solution is not led astray."""
    for seed in range(10):
        layers, shape, *totals = MISPRINT.slip(np.random.default_rng(seed), "left out", ("conv",), "flat", True)
        _, _, answer, _ = solution.misprint(layers, shape, *totals)
        with pytest.raises((RuntimeError, ValueError)):
            modules(layers[:1] + layers[2:], shape)
        assert answer > 1


def responses(nodes, shape):
    """{name: (output, parameters, multiply-adds)} of a graph, run by PyTorch."""
    rows = {}
    for node in nodes:
        read = [rows[name][0] for name in node["reads"]]
        op = node["op"]
        if op == "conv":
            names = ("stride", "padding", "dilation", "groups", "bias")
            options = {name: node[name] for name in names}
            module = nn.Conv2d(read[0].shape[1], node["out"], node["kernel"], **options)
        elif op == "pool":
            module = nn.MaxPool2d(node["kernel"], node["stride"], node["padding"], ceil_mode=node["ceil"])
        elif op == "linear":
            module = nn.Sequential(nn.Flatten(), nn.Linear(read[0][0].numel(), node["out"], bias=node["bias"]))
        else:
            module = {"norm": nn.BatchNorm2d(read[0].shape[1] if read else 1), "average": nn.AdaptiveAvgPool2d(1)}.get(
                op, nn.Identity()
            )
        with torch.no_grad():
            if op in ("concat", "add"):
                out = torch.cat(read, 1) if op == "concat" else sum(read)
            else:
                out = module.eval()(read[0]) if read else torch.zeros(1, *shape)
        out = out[:, :, None, None] if op == "linear" else out
        cost = profile(module, tuple(read[0].shape[1:])) if read and op in ("conv", "linear", "norm") else None
        rows[node["name"]] = (out, *((cost.params, cost.macs) if cost else (0, 0)))
    return rows


@pytest.mark.parametrize(("drawn", "rest"), [
    ("grouped_chain", 0), ("pooled", 2), ("overlapping", 2), ("oblong", 0), ("branching", 0),
])  # fmt: skip
@pytest.mark.parametrize("seed", range(5))
def test_ledger_against_pytorch(drawn, rest, seed):
    rng = np.random.default_rng(seed)
    nodes, shape = getattr(LEDGER, drawn)(rng), LEDGER.image(rng, rest)
    rows, oracle = solution.ledger(nodes, shape), responses(nodes, shape)
    assert rows.keys() == oracle.keys()
    for name, (out, parameters, macs) in oracle.items():
        assert (rows[name]["shape"], rows[name]["parameters"], rows[name]["macs"]) == (out.shape[1:], parameters, macs)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_held_by_a_memory_that_frees(seed):
    """A memory from which an output goes as soon as its last reader has run."""
    rng = np.random.default_rng(seed)
    nodes, shape = LEDGER.branching(rng), LEDGER.image(rng)
    rows, memory = solution.ledger(nodes, shape), {}
    assert all(any(node["name"] in reader["reads"] for reader in nodes) for node in nodes[:-1])
    for number, node in enumerate(nodes):
        memory[node["name"]] = math.prod(rows[node["name"]]["shape"])
        assert rows[node["name"]]["held"] == sum(memory.values())
        for name in node["reads"]:
            if not any(name in later["reads"] for later in nodes[number + 1 :]):
                memory.pop(name, None)


@given(st.integers(3, 40), st.integers(1, 5), st.integers(1, 4), st.integers(0, 2), st.booleans())
def test_sizes_of_pooling(n, kernel, stride, padding, ceil):
    kernel = min(kernel, n)
    padding = min(padding, kernel // 2)  # as far as PyTorch goes
    node = {"name": "b", "op": "pool", "reads": ["a"], "kernel": kernel, "stride": stride, "padding": padding}
    rows = solution.ledger([{"name": "a", "op": "input", "reads": []}, {**node, "ceil": ceil}], (1, n, n + 1))
    out = F.max_pool2d(torch.zeros(1, n, n + 1), kernel, stride, padding, ceil_mode=ceil)
    assert rows["b"]["shape"] == tuple(out.shape)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2), st.lists(st.integers(1, 6), min_size=3, max_size=4))
def test_deepen_by_modules(seed, after, widths):
    """In eval mode for any images, in train mode for the batch, by the notebook's own module."""
    torch.manual_seed(seed % 2**31)
    net = solution.Plain(widths)
    for _ in range(3):  # its statistics become some of real images
        net.train()(torch.randn(8, 3, 6, 6, dtype=torch.float64))
    x, others = torch.randn(2, 8, 3, 6, 6, dtype=torch.float64)
    state = {name: value.clone() for name, value in net.state_dict().items()}
    deeper = solution.Plain.of(solution.deepen(state, after, x))
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in state.items())
    assert deeper.depth == len(widths) + 1
    torch.testing.assert_close(deeper.eval()(others), net.eval()(others))
    torch.testing.assert_close(deeper.train()(x), net.train()(x))


def test_both_nets_of_the_third_task_are_one():
    """The notebook's module, and the functions that the hidden checks compute with."""
    rng = np.random.default_rng(0)
    state, x = DEEPEN.plain_net(rng, [4, 6, 5]), torch.tensor(DEEPEN.batch(rng))
    net, held = solution.Plain.of(DEEPEN.tensors(state)), DEEPEN.tensors(state)
    for training in (False, True, False):
        torch.testing.assert_close(net.train(training)(x), DEEPEN.scores(held, x, training))
    for training in (True, False):
        mean, variance, n = CHECKS.task3_misconceptions.leaving(state, 1, x, training)
        maps = DEEPEN.scores(DEEPEN.tensors(state), x, training, blocks=2)
        np.testing.assert_allclose(mean, maps.mean((0, 2, 3)))
        np.testing.assert_allclose(variance, maps.var((0, 2, 3), correction=0))
        assert n == maps[:, 0].numel()


def cases():
    return [(cause, trait) for cause, traits in TRAITS.items() for trait in traits] + [("healthy", "hard", 100)]


@pytest.mark.parametrize("case", cases(), ids=lambda case: "-".join(map(str, case[:2])))
def test_every_run_is_diagnosed(case):
    for seed in range(150):
        for classes in case[2:] or (2, 5, 10, 100):
            log = CHECKS.task4_diagnose.run_log(np.random.default_rng(seed), *case[:2], classes)
            assert solution.diagnose(log) == CHECKS.task4_misconceptions.verdict(log) == case[0]


@pytest.mark.parametrize("case", cases(), ids=lambda case: "-".join(map(str, case[:2])))
def test_runs_keep_what_the_task_promises(case):
    cause = case[0]
    for seed in range(100):
        log = CHECKS.task4_diagnose.run_log(np.random.default_rng(seed), *case)
        K, loss = log["classes"], log["loss"]
        accuracy, again, test = (log[k][-1] for k in ("accuracy", "again", "test"))
        assert 12 <= len(loss) <= 30 and 2 <= K <= 100 and {len(log[k]) for k in log if k != "classes"} == {len(loss)}
        lost = not loss[-1] < 1.1 * loss[0]
        assert lost == (cause == "rate too high")
        if lost:
            continue
        ratios = np.array(log["first"]) / log["last"]
        assert (ratios < 1 / 1000).all() if cause == "vanishing gradient" else (ratios > 1 / 100).all()
        if cause in ("vanishing gradient", "rate too low"):
            assert loss[-1] > 0.7 * loss[0]
            continue
        assert loss[-1] < 0.4 * loss[0]
        assert (accuracy - again >= 0.2) == (cause == "stale statistics")
        if cause == "wrong labels":
            assert abs(test - 1 / K) <= 0.02 and min(accuracy, again) > 0.8
        if cause == "overfitting":
            assert test >= 1 / K + 0.1 and again - test >= 0.1
        if cause == "healthy":
            assert abs(again - test) < 0.06
