"""What a task came to, for people: as HTML, and the same as plain text."""

import re
from html import escape

from cnnlib.grading.results import TaskResult


def html(task: TaskResult) -> str:
    """A task's checks and explanations as a table, for people; no formula in it is set, for it may be a stranger's."""
    rows = []
    for check in task.checks:
        word = "✓ right" if not check.message else ("partly right" if check.score else "✗ not right")
        cells = (check.says, f"{check.score:g} of {check.points:g}", f"{word}: {check.message}".rstrip(": "))
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{title}</th>" for title in ("what was checked", "points", "found"))
    page = f'<table class="tex2jax_ignore"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    if task.misconceptions:
        items = "".join(f"<li>{_with_code(sentence)}</li>" for sentence in task.misconceptions)
        page += f"<p>Your answers are those that this mistake gives:</p><ul>{items}</ul>"
    return page


def _with_code(sentence: str) -> str:
    """A sentence as HTML, in which backticks stand around code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))


def text(task: TaskResult) -> str:
    """The same as plain text."""
    lines = [f"{check.score:g} of {check.points:g}  {check.says} {check.message}".rstrip() for check in task.checks]
    return "\n".join(lines + [f"A known mistake: {sentence}" for sentence in task.misconceptions])
