"""Feedback for students: nbgrader's page, with our findings in it, and nothing from another host."""

import html
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from traitlets.config import Config

from cnnlib.grading import cells
from cnnlib.grading.marked import verdict_html
from cnnlib.grading.results import GRADED, UNREADABLE

WORDS = {
    GRADED: "Everything in your notebook ran.",
    "partly executed": "Some cells raised an error. Everything else was run and checked.",
    "timed out": "Something in your notebook did not end in time. Everything else was run and checked.",
    "crashed": "Something in your notebook ended Python or used up its memory. Everything else was run and checked.",
    UNREADABLE: "Your notebook could not be read, so there is no score.",
}
BY_HAND = "This answer is graded by hand, and does not count in the sum above."


def page(result, lab, notebook):
    """Feedback on one submission as HTML; ``notebook`` is the ``marked`` one, or None where it was unreadable."""
    checks = {f"{task.name}-checks": task for task in result.tasks}
    shown = [cells.markdown(_opening(result), "opening")]
    for number, cell in enumerate(notebook.cells if notebook else ()):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") in checks:
            task = checks[marks["grade_id"]]
            marks = {**marks, "score": task.score, "points": task.points}
            verdict = cells.shown(html=verdict_html(task))
            shown.append(cells.code(f"# {task.title}: the hidden checks", f"checks-{number}", marks, [verdict]))
        elif marks.get("grade") and marks.get("solution"):
            marks = {**marks, "score": 0, "comment": BY_HAND}
            shown.append(_harmless(cells.markdown(cell.source, cell.id, marks)))
        elif not marks.get("locked") and (cell.cell_type == "code" or marks):
            shown.append(cell)  # the student's own; the lab's own text they have already
    grades = {"notebook": html.escape(f"{lab.title} · {result.student}"), "late_penalty": 0}
    grades |= {"score": result.score or 0, "max_score": sum(task.points for task in lab.tasks.values())}
    body, _ = exporter().from_notebook_node(cells.notebook(shown), resources={"nbgrader": grades})
    return body


@cache
def exporter():
    """nbconvert's exporter with nbgrader's feedback template; made once, for that takes longer than its pages."""
    nbgrader = Path(find_spec("nbgrader").origin).parent  # found, not imported: that takes a second
    theirs = nbgrader / "server_extensions" / "formgrader"
    styles = theirs / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    config = Config()
    config.HTMLExporter.template_name = "lab_feedback"
    config.HTMLExporter.extra_template_basedirs = [str(Path(__file__).parent / "templates"), str(theirs / "templates")]
    # Colours for code would make each page ten times as many elements, and take longer than all the rest of grading.
    config.HTMLExporter.filters = {"highlight_code": lambda source, **_: f"<pre>{html.escape(source)}</pre>"}
    config.HTMLExporter.extra_template_paths = [str(theirs / "templates"), str(styles)]
    return HTMLExporter(config=config)


def _opening(result):
    lines = [WORDS[result.status]]
    if result.detail:
        lines.append(f"<pre>{html.escape(result.detail)}</pre>")
    if result.tasks:
        rows = [f"| [{task.title}](#{task.name}-checks) | {task.score:g} of {task.points:g} |" for task in result.tasks]
        lines.append("\n".join(["| task | points |", "| --- | --- |", *rows]))
        lines.append("Hidden checks use inputs drawn for you alone, and what they say never shows those inputs.")
    return "\n\n".join(lines)


def _harmless(cell):
    """The cell without scripts and the like: whoever opens the page must not run what a student wrote."""
    cleaned, _ = SanitizeHTML().preprocess_cell(cell, {}, 0)
    return cleaned
