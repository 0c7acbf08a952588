"""Lab 3: what its checks say, and what they see."""

import re
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.labs import bank
from tests.labs.bank import draws, files

lab = bank.load_lab("lab03_resnet")
solution = lab.solution
visible = partial(bank.visible, lab, given=["logs"])
CHECKS = files(lab)
MISPRINT = CHECKS.task1_misprint


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
    assert message in visible(name, **{name: answer})
    hidden = lab.tasks[name].run(SimpleNamespace(**{name: answer}), solution, draws(0))
    assert hidden.score == 0
    assert all(message in check.message for check in hidden.checks)


def test_a_tensor_of_another_place():
    assert visible("deepen", deepen=other_place)[0] == "conv2.weight has the shape of another place: (6, 5, 3, 3)"
    hidden = lab.tasks["deepen"].run(SimpleNamespace(deepen=other_place), solution, draws(0))
    assert "has the shape of another place" in hidden.checks[0].message


def test_a_text_of_ones_own():
    """Feedback on hidden checks never repeats it: it could hold anything."""
    assert visible("diagnose", diagnose=lambda log: "Healthy")[0] == "'Healthy' is none of the seven texts"
    hidden = lab.tasks["diagnose"].run(SimpleNamespace(diagnose=lambda log: "Healthy"), solution, draws(0))
    assert {check.message for check in hidden.checks} == {"it is none of the seven texts"}


def test_messages_name_what_they_speak_of():
    from_one = CHECKS.task1_misconceptions.counted_from_one
    assert visible("misprint", misprint=from_one)[1] == "'layer': the number is not right"
    hidden = lab.tasks["misprint"].run(SimpleNamespace(misprint=from_one), solution, draws(0))
    assert hidden.checks[1].message == "'network 1': 'layer': the number is not right"
    hidden = lab.tasks["diagnose"].run(SimpleNamespace(diagnose=lambda log: "healthy"), solution, draws(0))
    assert re.fullmatch(r"'log \d': it is not the right text", hidden.checks[0].message)


def changes_its_input(state, after, x):
    deeper = solution.deepen(state, after, x)
    next(iter(state.values())).zero_()
    return deeper


def test_a_state_that_was_changed():
    *others, message = visible("deepen", deepen=changes_its_input)
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
    for seed in range(3):
        hidden = lab.tasks[name].run(SimpleNamespace(**{name: answer}), solution, draws(seed))
        assert 1 <= hidden.score <= most
    assert any(visible(name, **{name: answer}))


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
    assert any(visible(name, **{name: mistake}))


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


@pytest.mark.parametrize("task", lab.tasks.values(), ids=list(lab.tasks))
@pytest.mark.parametrize("stub", STUBS)
def test_stubs_get_nothing(task, stub):
    for seed in range(3):
        names = dict.fromkeys(task.functions, STUBS[stub])
        result = task.run(SimpleNamespace(**names), solution, draws(seed))
        assert [check.score for check in result.checks] == [0] * len(task.checks)
