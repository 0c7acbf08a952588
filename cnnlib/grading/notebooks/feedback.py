"""Feedback for students: nbgrader's page, with our findings in it, and nothing from another host."""

import html
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from nbconvert.exporters import HTMLExporter, TemplateExporter
from traitlets.config import Config

from cnnlib.grading.notebooks import cells
from cnnlib.grading.notebooks.autograded import verdict_html
from cnnlib.grading.results import GRADED, NOT_GRADED, UNREADABLE

WORDS = {
    GRADED: "Everything in your notebook ran.",
    "partly executed": "Some cells raised an error. Everything else was run and checked.",
    "timed out": "Something in your notebook did not end in time. Everything else was run and checked.",
    "crashed": "Something in your notebook ended Python or used up its memory. Everything else was run and checked.",
    UNREADABLE: "Your notebook could not be read, so there is no score.",
    NOT_GRADED: "Your notebook has not been graded yet, so there is no score: the grader failed on it. Your instructor "
    "has been told.",
}
BY_HAND = "This answer is graded by hand, and does not count in the sum above."


def page(result, lab, notebook):
    """Feedback on one submission as HTML; ``notebook`` is the ``marked`` one, or None where there is none."""
    checks = {task.check_cell: task for task in result.tasks}
    shown = [cells.markdown(_opening(result, lab), "opening")]
    for number, cell in enumerate(notebook.cells if notebook else ()):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") in checks:
            task = checks[marks["grade_id"]]
            marks = {**marks, "score": task.score, "points": task.points}
            verdict = cells.shown(html=verdict_html(task))
            shown.append(cells.code(f"# {task.title}: the hidden checks", f"checks-{number}", marks, [verdict]))
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


class Exporter(HTMLExporter):
    """nbconvert's, without its last step: it parses the page again, for images without a description."""

    def from_notebook_node(self, nb, resources=None, **options):
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **options)


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
    return Exporter(config=config)


def _opening(result, lab):
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
