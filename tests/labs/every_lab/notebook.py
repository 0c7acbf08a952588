"""What a lab's notebook must be: marked for nbgrader, its points those of the checks, its visible checks right."""

import re

import nbformat
import pytest

from cnnlib.authoring.release.notebooks import student_version
from cnnlib.labs import visible


@pytest.fixture
def notebook(lab):
    """The source of a lab, with its solutions."""
    return nbformat.read(lab.source, as_version=4)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def cell_of(notebook, grade_id):
    return next(cell for cell in notebook.cells if marks(cell).get("grade_id") == grade_id)


def test_points_stand_in_the_notebook(lab, task, notebook):
    assert marks(cell_of(notebook, task.check_cell))["points"] == task.points
    assert f"{task.points:g} points" in cell_of(notebook, f"{task.name}-text").source


def test_the_notebook_is_as_nbgrader_wants_it(lab, notebook, request):
    longest = getattr(request.module, "LONGEST_LINE", 88)  # characters, of a cell of code
    ids = [marks(cell).get("grade_id") for cell in notebook.cells]
    assert len(set(ids)) == len(ids) and None not in ids
    for cell in notebook.cells:
        assert marks(cell)["schema_version"] == 3 and not cell.get("outputs")
        assert marks(cell)["solution"] == ("### BEGIN SOLUTION" in cell.source) != marks(cell)["locked"]
        assert cell.cell_type == "markdown" or max(map(len, cell.source.splitlines())) <= longest
    opened = cell_of(notebook, "open")
    scheme = re.search("=== BEGIN MARK SCHEME ===(.*)=== END MARK SCHEME ===", opened.source, re.DOTALL)
    assert len(re.findall("^- ", scheme[1], re.MULTILINE)) == marks(opened)["points"] == 4


@pytest.mark.parametrize("solved", [True, False])
def test_visible_checks(lab, notebook, solved, monkeypatch):
    """All pass on the solution, none on the stubs, and the notebook runs to its end either way."""
    monkeypatch.setattr(visible, "_tasks", {})  # as in a new kernel: another lab may have more tasks
    space = {}
    for cell in (notebook if solved else student_version(notebook)).cells:
        if cell.cell_type == "code":
            exec(cell.source, space)
    shown = visible.results()
    assert [task.number for task in shown] == list(range(1, 1 + len(lab.tasks)))
    assert [task.title for task in shown] == [task.title for task in lab.tasks.values()]
    assert all(task.passed == (len(task.outcomes) if solved else 0) for task in shown), shown
