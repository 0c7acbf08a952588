"""Feedback for students: nbgrader's page, with our findings in it, and nothing from another host."""

import html
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from traitlets.config import Config

from cnnlib._files import write
from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.notebooks import cells
from cnnlib.grading.results import CRASHED, GRADED, NOT_GRADED, PARTLY_EXECUTED, TIMED_OUT, UNREADABLE, SubmissionResult

WORDS = {
    GRADED: "Everything in your notebook ran.",
    PARTLY_EXECUTED: "Some cells raised an error. Everything else was run and checked.",
    TIMED_OUT: "Something in your notebook did not end in time. Everything else was run and checked.",
    CRASHED: "Something in your notebook ended Python or used up its memory. Everything else was run and checked.",
    UNREADABLE: "Your notebook could not be read, so there is no score.",
    NOT_GRADED: "Your notebook has not been graded yet, so there is no score: the grader failed on it. Your instructor "
    "has been told.",
}
BY_HAND = "This answer is graded by hand, and does not count in the sum above."


def page(result: SubmissionResult, lab: Lab, notebook: NotebookNode | None) -> str:
    """Feedback on one submission as HTML; ``notebook`` is the one with the findings, or None where there is none."""
    checks = {task.check_cell: task for task in result.tasks}
    shown = [cells.markdown(_opening(result, lab), "opening")]
    for number, cell in enumerate(notebook.cells if notebook else ()):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") in checks:
            task = checks[marks["grade_id"]]
            marks = {**marks, "score": task.score, "points": task.points}
            verdict = cell.outputs[:1]  # without the score after it, which is nbgrader's to read
            shown.append(cells.code(f"# {task.title}: the hidden checks", f"checks-{number}", marks, verdict))
        elif not marks.get("locked") and (cell.cell_type == "code" or marks):
            # The student's own, as it was written: to render a stranger's text can take for ever, and run scripts.
            by_hand = {"grade": False, "comment": BY_HAND} if marks.get("grade") else {}
            source = result.answers.get(marks.get("grade_id"), cell.source)
            shown.append(cells.code(source, cell.id, marks and {**marks, **by_hand}, cell.get("outputs", ())))
    grades = {"notebook": html.escape(f"{lab.title} · {result.student}"), "late_penalty": 0}
    grades |= {"score": result.score or 0, "max_score": lab.points}
    body, _ = exporter().from_notebook_node(cells.notebook(shown), resources={"nbgrader": grades})
    if result.score is None:  # nbgrader's heading has a number always
        body = body.replace(f"(Score: 0.0 / {float(lab.points)})", "(no score)", 1)
    return body


def write_page(out: Path, result: SubmissionResult, lab: Lab, notebook: NotebookNode | None = None) -> None:
    """Write a student's ``page`` into the folder ``out``."""
    write(out / "feedback" / result.student / f"{lab.name}.html", page(result, lab, notebook))


class Exporter(HTMLExporter):
    """nbconvert's, without its last step: it parses the page again, for images without a description."""

    def from_notebook_node(self, nb, resources=None, **options):
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)


@cache
def exporter() -> Exporter:
    """nbconvert's exporter with nbgrader's feedback template; made once, for that takes longer than its pages."""
    found = find_spec("nbgrader")  # not imported: that takes a second
    assert found is not None and found.origin is not None
    nbgrader = Path(found.origin).parent
    theirs = nbgrader / "server_extensions" / "formgrader"
    styles = theirs / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    config = Config()
    config.HTMLExporter.template_name = "lab_feedback"
    config.HTMLExporter.extra_template_basedirs = [str(Path(__file__).parent / "templates"), str(theirs / "templates")]
    # Colours for code would make each page ten times as many elements, and take longer than all the rest of grading.
    config.HTMLExporter.filters = {"highlight_code": lambda source, **_: f"<pre>{html.escape(source)}</pre>"}
    config.HTMLExporter.extra_template_paths = [str(theirs / "templates"), str(styles)]
    return Exporter(config=config)


def _opening(result: SubmissionResult, lab: Lab) -> str:
    lines = [WORDS[result.status]]
    if result.detail and result.status != NOT_GRADED:  # what the grader failed at may tell of the hidden checks
        lines.append(f"<pre>{html.escape(result.detail)}</pre>")
    if result.tasks:
        rows = [f"| [{task.title}](#{task.check_cell}) | {task.score:g} of {task.points:g} |" for task in result.tasks]
        by_hand = lab.by_hand.items()
        rows += [f"| {name} question | graded by hand: {cell.marks['points']} |" for name, cell in by_hand]
        lines.append("\n".join(["| task | points |", "| --- | --- |", *rows]))
        lines.append("Hidden checks use inputs drawn for you alone.")
    return "\n\n".join(lines)
