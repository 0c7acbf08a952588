"""The bank against each lab's checks in this process, where more draws can be tried than in the sandbox."""

import pytest

from cnnlib.grading.checks.task import replaced
from tests.labs.bank import FOLDER, LABS, MISTAKES, STYLES, defined, draws, style

# More are tried where a check is changed; every run of the grader draws its own.
DRAWS = 3
FEWER = {("lab02_pooling", "train"): 1}  # each of its calls trains a net
TASKS = [(lab, task) for lab in LABS.values() for task in lab.tasks.values()]
EVERY_TASK = pytest.mark.parametrize(("lab", "task"), TASKS, ids=[f"{lab.name}-{task.name}" for lab, task in TASKS])


def runs(lab, task, implementation):
    """What the checks find in an implementation, draw by draw."""
    for seed in range(FEWER.get((lab.name, task.name), DRAWS)):
        yield task.run(implementation, lab.solution, draws(seed))


@EVERY_TASK
def test_the_solution_gets_everything(lab, task):
    assert all(result.score == task.points for result in runs(lab, task, lab.solution))


@pytest.mark.parametrize(
    ("lab", "task", "mistake"),
    MISTAKES,
    ids=[f"{lab.name}-{task.name}-{m.name}" for lab, task, m in MISTAKES],
)
def test_mistakes_lose_points_and_are_named(lab, task, mistake):
    for result in runs(lab, task, replaced(lab.solution, mistake)):
        assert result.score < task.points
        assert result.misconceptions == (mistake.says,)  # and no other


@EVERY_TASK
def test_mistakes_are_told_in_a_sentence_or_two(lab, task):
    assert len(task.misconceptions) >= 6
    for mistake in task.misconceptions:
        assert mistake.says.endswith((".", "?")) and len(mistake.says) < 240 and "np." not in mistake.says


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_styles_get_everything(path):
    """With what the set-up cell defines and nothing else: no answer needs that of another task."""
    lab, names = LABS[path.parents[1].name], {}
    exec(lab.setup, names)
    assert list(style(path)) == list(lab.tasks)
    answers = defined(path, names)
    for task in lab.tasks.values():
        for result in runs(lab, task, answers):
            assert result.score == task.points, [check for check in result.checks if check.message]


@pytest.mark.parametrize("name", LABS)
def test_there_are_four_styles(name):
    assert sum(path.parents[1].name == name for path in STYLES) >= 4
