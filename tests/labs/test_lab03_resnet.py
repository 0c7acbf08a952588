"""Lab 3: its solution against independent oracles, and its checks against the bank of mistakes and several styles."""

import math
import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from bank import defined, files, style
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnlib.complexity import profile
from cnnlib.grading.checks import load, replaced
from cnnlib.grading.release import released
from cnnlib.labs.visible import results

lab = load("lab03_resnet")
solution = lab.solution
NOTEBOOK = nbformat.read(lab.source, as_version=4)
STYLES = sorted((Path(__file__).parent / "styles" / lab.name).glob("*.py"))
SEEDS = range(3)  # more are tried where a check is changed; every run of the grader draws its own
TASKS = pytest.mark.parametrize("task", lab.tasks.values(), ids=list(lab.tasks))
CHECKS = files(lab)
MISPRINT, LEDGER, DEEPEN = CHECKS.task1_misprint, CHECKS.task2_ledger, CHECKS.task3_deepen
BANK = [(task, mistake) for task in lab.tasks.values() for mistake in task.misconceptions]
TRAITS = {
    "rate too high": ["NaN", "jump", "worse in eval mode", "worse on others"],
    "rate too low": [""],
    "vanishing gradient": [""],
    "wrong labels": [""],
    "stale statistics": ["", "chance"],
    "overfitting": ["", "far on", "spike"],
    "healthy": ["", "spike", "plateau", "far on", "augmented", "gap"],
}


def draws(seed):
    """Generators for the checks of one run, each with draws of its own."""
    return lambda name: np.random.default_rng([seed, *name.encode()])


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def source(name):
    return next(cell.source for cell in NOTEBOOK.cells if marks(cell).get("grade_id") == name)


# The solution


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
    padding = min(padding, kernel // 2)
    kernel = min(kernel, n)
    node = {"name": "b", "op": "pool", "reads": ["a"], "kernel": kernel, "stride": stride, "padding": padding}
    rows = solution.ledger([{"name": "a", "op": "input", "reads": []}, {**node, "ceil": ceil}], (1, n, n + 1))
    out = F.max_pool2d(torch.zeros(1, n, n + 1), kernel, stride, min(padding, kernel // 2), ceil_mode=ceil)
    assert padding > kernel // 2 or rows["b"]["shape"] == tuple(out.shape)


def space(*, solved=True):
    """What the cells of the notebook define, up to the last one."""
    names = {}
    for cell in (NOTEBOOK if solved else released(NOTEBOOK)).cells:
        if cell.cell_type == "code" and not marks(cell)["grade"] and marks(cell)["grade_id"] not in SHOWN:
            exec(cell.source, names)
    return names


SHOWN = ("logs-picture", "progress")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2), st.lists(st.integers(1, 6), min_size=3, max_size=4))
def test_deepen_by_modules(seed, after, widths):
    """In eval mode for any images, in train mode for the batch, by the notebook's own module; then one step."""
    names = space()
    torch.manual_seed(seed % 2**31)
    net = names["Plain"](widths)
    for _ in range(3):  # its statistics become some of real images
        net.train()(torch.randn(8, 3, 6, 6, dtype=torch.float64))
    x, others = torch.randn(2, 8, 3, 6, 6, dtype=torch.float64)
    state = {name: value.clone() for name, value in net.state_dict().items()}
    deeper = names["Plain"].of(solution.deepen(state, after, x))
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in state.items())
    assert deeper.depth == len(widths) + 1
    torch.testing.assert_close(deeper.eval()(others), net.eval()(others))
    torch.testing.assert_close(deeper.train()(x), net.train()(x))


def test_both_nets_of_the_third_task_are_one():
    """The notebook's module, and the functions that the hidden checks compute with."""
    rng, names = np.random.default_rng(0), space()
    state, x = DEEPEN.plain_net(rng, [4, 6, 5]), torch.tensor(DEEPEN.batch(rng))
    net, held = names["Plain"].of(DEEPEN.tensors(state)), DEEPEN.tensors(state)
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
        K, loss, (accuracy, again, test) = (
            log["classes"],
            log["loss"],
            (log[k][-1] for k in ("accuracy", "again", "test")),
        )
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


# The visible checks


def visible(name, answer):
    """Messages of a task's visible checks, where the student wrote ``answer``."""
    names = space() | {name: answer}
    exec(source(f"{name}-checks"), names)
    return [outcome.message for outcome in results()[0].outcomes] if len(results()) == 1 else shown(name)


def shown(name):
    """Messages of the task among those that ran."""
    title = lab.tasks[name].title
    return [outcome.message for task in results() if task.title == title for outcome in task.outcomes]


def short_rows(nodes, shape):
    return {node["name"]: {"shape": (1, 1, 1)} for node in nodes}


def tiny_kernel(state, after, x):
    """The norm blows up again what the kernel makes tiny; the scores are right."""
    deeper, tiny, new = solution.deepen(state, after, x), 1e-7, after + 1
    deeper[f"conv{new}.weight"] *= tiny
    mean, variance = deeper[f"norm{new}.running_mean"] * tiny, deeper[f"norm{new}.running_var"] * tiny**2
    scale = torch.sqrt(variance + 0.001) / tiny
    return deeper | {
        f"norm{new}.weight": scale,
        f"norm{new}.running_mean": mean,
        f"norm{new}.running_var": variance,
    }


def one_block_less(state, after, x):
    return dict(state)


def other_place(state, after, x):
    deeper = solution.deepen(state, after, x)
    name = f"conv{after + 1}.weight"
    return {**deeper, name: deeper[name][:, :-1]}


FORMS = [
    ("misprint", lambda *_: None, "it is None; was a return forgotten?"),
    ("misprint", lambda *_: (1, 2, 3), "misprint must give four things"),
    ("ledger", lambda *_: None, "it is None; was a return forgotten?"),
    ("deepen", lambda *_: None, "it is None; was a return forgotten?"),
    ("deepen", lambda *_: [], "deepen must give a state dict"),
    ("ledger", short_rows, "each row must be a dictionary with exactly the keys shape, parameters, macs, held"),
    ("deepen", one_block_less, "its keys are not those of a net with one block more"),
    ("deepen", tiny_kernel, "the new kernel is not of ordinary size: entries beyond 10, or all below 0.01"),
    ("diagnose", lambda _: None, "it is None; was a return forgotten?"),
]


@pytest.mark.parametrize(("name", "answer", "message"), FORMS)
def test_visible_and_hidden_checks_speak_alike(name, answer, message):
    assert message in visible(name, answer)
    hidden = lab.tasks[name].run(SimpleNamespace(**{name: answer}), solution, draws(0))
    assert hidden.score == 0
    assert all(message in check.message for check in hidden.checks)


def test_a_tensor_of_another_place():
    assert visible("deepen", other_place)[0] == "conv2.weight has the shape of another place: (6, 5, 3, 3)"
    hidden = lab.tasks["deepen"].run(SimpleNamespace(deepen=other_place), solution, draws(0))
    assert "has the shape of another place" in hidden.checks[0].message


def test_a_text_of_ones_own():
    """Feedback on hidden checks never repeats it: it could hold anything."""
    assert visible("diagnose", lambda log: "Healthy")[0] == "'Healthy' is none of the seven texts"
    hidden = lab.tasks["diagnose"].run(SimpleNamespace(diagnose=lambda log: "Healthy"), solution, draws(0))
    assert {check.message for check in hidden.checks} == {"it is none of the seven texts"}


def test_messages_name_what_they_speak_of():
    from_one = CHECKS.task1_misconceptions.counted_from_one
    assert visible("misprint", from_one)[1] == "'layer': the number is not right"
    hidden = lab.tasks["misprint"].run(SimpleNamespace(misprint=from_one), solution, draws(0))
    assert hidden.checks[1].message == "'network 1': 'layer': the number is not right"
    hidden = lab.tasks["diagnose"].run(SimpleNamespace(diagnose=lambda log: "healthy"), solution, draws(0))
    assert re.fullmatch(r"'log \d': it is not the right text", hidden.checks[0].message)


def changes_its_input(state, after, x):
    deeper = solution.deepen(state, after, x)
    next(iter(state.values())).zero_()
    return deeper


def test_a_state_that_was_changed():
    *others, message = visible("deepen", changes_its_input)
    assert message == "deepen changed the state that it was given; work on copies" and not any(others)


def raising(layers, shape, parameters, flops):
    """The solution of somebody who does not expect that a change is impossible."""
    totals = MISPRINT.published
    for number, change, edited in MISPRINT.edits(layers):
        found = totals(edited, shape)
        if found is None:
            raise ValueError("no such network")
        if found == (parameters, flops):
            return *totals(layers, shape), number, change


@pytest.mark.parametrize(("name", "answer", "most"), [
    ("misprint", raising, 6),
    ("misprint", CHECKS.task1_misconceptions.flops_alone, 6),
    ("misprint", CHECKS.task1_misconceptions.parameters_alone, 5),
    ("diagnose", CHECKS.task4_misconceptions.accuracies_first, 6),
    ("diagnose", CHECKS.task4_misconceptions.small_gap_is_overfitting, 6),
])  # fmt: skip
def test_what_visible_checks_see_costs_points(name, answer, most):
    """Whatever is drawn."""
    for seed in SEEDS:
        hidden = lab.tasks[name].run(SimpleNamespace(**{name: answer}), solution, draws(seed))
        assert 1 <= hidden.score <= most
    assert any(visible(name, answer))


@pytest.mark.parametrize(("name", "mistake"), [
    ("misprint", CHECKS.task1_misconceptions.groups_ignored),
    ("misprint", CHECKS.task1_misconceptions.rest_kept),
    ("misprint", CHECKS.task1_misconceptions.parameters_alone),
    ("ledger", CHECKS.task2_misconceptions.windows_of_padding),
    ("ledger", CHECKS.task2_misconceptions.axes_swapped),
    ("ledger", CHECKS.task2_misconceptions.freed_too_early),
    ("deepen", CHECKS.task3_misconceptions.only_in_eval_mode),
    ("deepen", CHECKS.task3_misconceptions.eps_forgotten),
    ("misprint", CHECKS.task1_misconceptions.ended_by_the_impossible),
    ("ledger", CHECKS.task2_misconceptions.padding_before_forgotten),
    ("ledger", CHECKS.task2_misconceptions.one_window_more),
    ("ledger", CHECKS.task2_misconceptions.a_number_per_channel),
    ("deepen", CHECKS.task3_misconceptions.running_variance_unbiased),
    ("diagnose", CHECKS.task4_misconceptions.nan_unseen),
    ("diagnose", CHECKS.task4_misconceptions.accuracies_first),
    ("diagnose", CHECKS.task4_misconceptions.small_gap_is_overfitting),
    ("diagnose", CHECKS.task4_misconceptions.chance_is_a_tenth),
])  # fmt: skip
def test_visible_checks_see(name, mistake):
    assert any(visible(name, mistake))


@TASKS
@pytest.mark.parametrize("seed", SEEDS)
def test_the_solution_gets_everything(task, seed):
    assert task.run(solution, solution, draws(seed)).score == task.points


STUBS = {
    "None": lambda *_: None,
    "0": lambda *_: 0,
    "zeros": lambda *_: np.zeros((3, 3)),
    "first argument": lambda first, *_: first,
    "four": lambda layers, shape, parameters, flops: (parameters, flops, 1, "left out"),
    "rows": lambda nodes, *_: {n["name"]: dict.fromkeys(("shape", "parameters", "macs", "held"), 0) for n in nodes},
    "healthy": lambda *_: "healthy",
    "overfitting": lambda *_: "overfitting",
    "empty": lambda *_: {},
}


@TASKS
@pytest.mark.parametrize("stub", STUBS)
def test_stubs_get_nothing(task, stub):
    for seed in SEEDS:
        names = dict.fromkeys(task.functions, STUBS[stub])
        result = task.run(SimpleNamespace(**names), solution, draws(seed))
        assert [check.score for check in result.checks] == [0] * len(task.checks)


@pytest.mark.parametrize(("task", "mistake"), BANK, ids=[f"{t.name}-{m.name}" for t, m in BANK])
def test_mistakes_lose_points_and_are_named(task, mistake):
    for seed in SEEDS:
        result = task.run(replaced(solution, mistake), solution, draws(seed))
        assert result.score < task.points
        assert result.misconceptions == (mistake.says,)  # and no other


def test_mistakes_are_told_in_a_sentence_or_two():
    for task, mistake in BANK:
        assert len(task.misconceptions) >= 6
        assert mistake.says.endswith((".", "?")) and len(mistake.says) < 240 and "np." not in mistake.says


# Styles


def written(path):
    """What a file of solution cells defines; none needs another one."""
    assert list(style(path)) == list(lab.tasks)
    return defined(path, space(solved=False))


@TASKS
@pytest.mark.parametrize("path", STYLES, ids=[path.stem for path in STYLES])
def test_styles_get_everything(task, path):
    answers = written(path)
    for seed in SEEDS:
        result = task.run(answers, solution, draws(seed))
        assert result.score == task.points, [check for check in result.checks if check.message]


def test_there_are_four_styles():
    assert len(STYLES) == 4
