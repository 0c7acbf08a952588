"""What a clever student might write into a notebook beside answers: none of it gains a point or runs in feedback."""

import time

import nbformat
import pytest

from cnnlib.grading.notebooks import feedback
from cnnlib.grading.notebooks.stored_notebook import add_findings
from cnnlib.grading.runs.grade import grade
from tests.grading.attacks.score_of_attack import FULL, WRONG, gains_nothing

# --- the notebook's metadata ---


def test_tags_and_points_are_the_courses_to_say(graded):
    def tamper(notebook):
        for cell in notebook.cells:
            cell.metadata.tags = ["skip-execution", "raises-exception"]
            cell.metadata.nbgrader.update(points=1000, locked=False, solution=False, grade=cell.cell_type == "code")
        notebook.metadata.celltoolbar = notebook.metadata.kernelspec.name = "none"

    result = graded(WRONG, change=tamper)
    assert gains_nothing(result) and sum(task.points for task in result.tasks) == FULL
    assert graded("def double(x):\n    return 2 * x", "honest", change=tamper).score == FULL


def test_checks_of_ones_own_are_not_ours(graded):
    def tamper(notebook):
        for cell in notebook.cells:
            if cell.metadata.nbgrader.grade and cell.cell_type == "code":
                cell.source = "double = np.array; 100"

    assert gains_nothing(graded(WRONG, change=tamper))


# --- its texts ---


def feedback_on(course, sandbox, lab, change):
    """Feedback on a submission that ``change`` was made to."""
    path = course.submit("mallory", {"double": WRONG}, change=change)
    result, notebook = grade(path.parent, "mallory", sandbox, bytes(32))
    return result, feedback.page(result, lab, add_findings(notebook, lab, result))


def test_feedback_runs_nothing_that_a_student_wrote(course, sandbox, lab):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"

    def write(notebook):
        notebook.cells[-1].source = evil
        notebook.cells.append(nbformat.v4.new_markdown_cell(evil))
        notebook.cells.append(nbformat.v4.new_code_cell(f"print({evil!r}); raise ValueError({evil!r})"))

    path = course.submit(evil.replace("/", "⁄"), {"double": f"# {evil}\n{WRONG}"}, change=write)
    result, notebook = grade(path.parent, path.parent.parent.name, sandbox, bytes(32))
    page = feedback.page(result, lab, add_findings(notebook, lab, result))
    assert "alert(1)" in page and "<script" not in page.split("<body>")[1] and "onerror=alert(1)>" not in page
    assert 'src="http' not in page and 'href="http' not in page  # nothing is loaded from another host


@pytest.mark.parametrize(
    "text", ["[" * 10**6, "<a " * 300_000, "*a_ `" * 200_000, "\x1b[1ma" * 60_000, "$\\" * 200_000]
)
def test_a_text_that_is_slow_to_render_is_not_rendered(course, sandbox, lab, text):
    def write(notebook):
        notebook.cells[-1].source = text
        notebook.cells.append(nbformat.v4.new_code_cell(f"print({text!r})"))

    began = time.monotonic()
    _, page = feedback_on(course, sandbox, lab, write)
    assert len(page) < 6 * len(text) + 10**6 and time.monotonic() - began < 20


def test_a_text_cell_under_a_code_cells_name_is_no_answer(course, sandbox, lab):
    evil = "<script>alert(1)</script>"

    def swap(notebook):
        notebook.cells[2] = nbformat.v4.new_markdown_cell(evil, metadata=dict(notebook.cells[2].metadata))

    result, page = feedback_on(course, sandbox, lab, swap)
    assert evil not in page and gains_nothing(result)
