"""What every lab's notebook must be: marked for nbgrader, its points those of the checks, its visible checks right."""

import re

import nbformat
import pytest

from cnnlib.authoring.release.notebooks import released
from cnnlib.labs import visible
from tests.labs.bank import LABS

NOTEBOOKS = {name: nbformat.read(lab.source, as_version=4) for name, lab in LABS.items()}
TASKS = [(name, task) for name, lab in LABS.items() for task in lab.tasks.values()]
LINE = {"lab02_pooling": 92}  # characters; the table of a digit's bars is one line longer than the others' 88
EVERY = pytest.mark.parametrize("name", LABS)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def marked(name, grade_id):
    return next(cell for cell in NOTEBOOKS[name].cells if marks(cell).get("grade_id") == grade_id)


@pytest.mark.parametrize(("name", "task"), TASKS, ids=[f"{name}-{task.name}" for name, task in TASKS])
def test_points_stand_in_the_notebook(name, task):
    assert marks(marked(name, task.check_cell))["points"] == task.points
    assert f"{task.points:g} points" in marked(name, f"{task.name}-text").source


@EVERY
def test_the_notebook_is_as_nbgrader_wants_it(name):
    notebook = NOTEBOOKS[name]
    ids = [marks(cell).get("grade_id") for cell in notebook.cells]
    assert len(set(ids)) == len(ids) and None not in ids
    for cell in notebook.cells:
        assert marks(cell)["schema_version"] == 3 and not cell.get("outputs")
        assert marks(cell)["solution"] == ("### BEGIN SOLUTION" in cell.source) != marks(cell)["locked"]
        assert cell.cell_type == "markdown" or max(map(len, cell.source.splitlines())) <= LINE.get(name, 88)
    opened = marked(name, "open")
    scheme = re.search("=== BEGIN MARK SCHEME ===(.*)=== END MARK SCHEME ===", opened.source, re.DOTALL)
    assert len(re.findall("^- ", scheme[1], re.MULTILINE)) == marks(opened)["points"] == 4


@EVERY
@pytest.mark.parametrize("solved", [True, False])
def test_visible_checks(name, solved, monkeypatch):
    """All pass on the solution, none on the stubs, and the notebook runs to its end either way."""
    monkeypatch.setattr(visible, "_tasks", {})  # as in a new kernel: another lab may have more tasks
    space = {}
    for cell in (NOTEBOOKS[name] if solved else released(NOTEBOOKS[name])).cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
    shown = visible.results()
    assert [task.number for task in shown] == list(range(1, 1 + len(LABS[name].tasks)))
    assert [task.title for task in shown] == [task.title for task in LABS[name].tasks.values()]
    assert all(task.passed == (len(task.outcomes) if solved else 0) for task in shown), shown
