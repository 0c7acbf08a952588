"""The grader, graded: a lab's bank of right and wrong solutions, each as a whole submission in the sandbox."""

import platform

import pytest

from cnnlib.grading import results
from cnnlib.grading.notebooks import feedback
from cnnlib.grading.notebooks.stored_notebook import add_findings
from cnnlib.grading.runs.grade import grade_notebook
from cnnlib.grading.sandbox.sandbox import Sandbox
from tests.labs.bank import answers_of, filled, mistaken, solutions


@pytest.fixture(scope="module")
def grader():
    """A function (lab, notebook) that grades the notebook; one warm sandbox per lab and test process."""
    if platform.system() != "Linux":
        pytest.skip("the sandbox needs Linux")
    sandboxes = {}

    def run(lab, notebook):
        if lab.name not in sandboxes:
            sandboxes[lab.name] = Sandbox(lab)
        return grade_notebook(notebook, "ada", sandboxes[lab.name], bytes(32))

    yield run
    for sandbox in sandboxes.values():
        sandbox.close()


def full(lab):
    return {task.name: task.points for task in lab.tasks.values()}


def scores(result):
    return {task.name: task.score for task in result.tasks}


def test_the_reference_has_full_marks(lab, grader):
    result = grader(lab, filled(lab, solutions(lab)))
    assert result.status == results.GRADED and scores(result) == full(lab)


def test_the_released_notebook_has_none(lab, grader):
    result = grader(lab, filled(lab, {}))
    assert set(scores(result).values()) == {0}
    messages = {check.message for task in result.tasks for check in task.checks}
    assert all(message.endswith("is not written yet") for message in messages), messages


def test_right_answers_of_any_style_have_full_marks(lab, style, grader):
    result = grader(lab, filled(lab, solutions(lab) | answers_of(style)))
    assert (result.detail, scores(result)) == ("", full(lab))


def test_a_mistake_costs_points_in_its_task_alone_and_is_named(lab, task, mistake, grader):
    notebook = filled(lab, solutions(lab) | {task.name: mistaken(lab, mistake)})
    result = grader(lab, notebook)
    found = scores(result)
    assert found[task.name] < task.points
    assert {**found, task.name: task.points} == full(lab)
    told = {task.name: task.misconceptions for task in result.tasks}
    assert mistake.says in told.pop(task.name)
    assert not any(told.values())
    # The words of the page may be broken by markup only where a character is special.
    page = feedback.page(result, lab, add_findings(notebook, lab, result))
    longest = max(mistake.says.replace("'", "<").replace("&", "<").split("<"), key=len)
    assert longest in page
