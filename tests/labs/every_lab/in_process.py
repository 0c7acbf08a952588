"""The bank against a lab's checks in this process, where more draws can be tried than in the sandbox."""

import pytest

from cnnlib.grading.checks.task import substitute
from tests.labs.bank import answers_of, defined, draws, styles

FEW = range(3)
THIRTY = range(30)


@pytest.fixture(params=[
    pytest.param(FEW, id="few draws"),
    pytest.param(THIRTY[len(FEW):], id="thirty draws", marks=pytest.mark.thorough),
])  # fmt: skip
def runs(request):
    """A function (lab, task, implementation): what the checks find in the implementation, draw by draw.

    A lab's ``test_bank.py`` names its ``SLOW_TASKS``: of them, every third draw is tried.
    """
    slow = getattr(request.module, "SLOW_TASKS", ())

    def run(lab, task, implementation):
        for seed in request.param[:: 3 if task.name in slow else 1]:
            yield task.run(implementation, lab.solution, draws(seed))

    return run


def test_the_solution_gets_everything(lab, task, runs):
    assert all(result.score == task.points for result in runs(lab, task, lab.solution))


def test_mistakes_lose_points_and_are_named(lab, task, mistake, runs):
    for result in runs(lab, task, substitute(lab.solution, mistake)):
        assert result.score < task.points
        assert result.misconceptions == (mistake.says,)  # and no other


def test_mistakes_are_told_in_a_sentence_or_two(lab, task):
    assert len(task.misconceptions) >= 6
    for mistake in task.misconceptions:
        assert mistake.says.endswith((".", "?")) and len(mistake.says) < 240 and "np." not in mistake.says


def test_styles_get_everything(lab, style, runs):
    """With what the set-up cell defines and nothing else: no answer needs that of another task."""
    names = {}
    exec(lab.setup, names)
    assert list(answers_of(style)) == list(lab.tasks)
    answers = defined(style, names)
    for task in lab.tasks.values():
        for result in runs(lab, task, answers):
            assert result.score == task.points, [check for check in result.checks if check.message]


def test_there_are_four_styles(lab):
    assert len(styles(lab)) >= 4
