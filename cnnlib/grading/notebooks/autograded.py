"""The submission as a notebook with the grader's findings in it: what nbgrader's gradebook and feedback work on."""

import html
import re

from cnnlib.grading.notebooks import cells
from cnnlib.grading.notebooks.submission import grade_id


def marked(notebook, lab, result):
    """A cleaned submission with its outputs, and each task's verdict as the output of that task's check cell.

    The course's own marks (what is graded, for how many points) come from the lab's source. A check cell that was
    deleted comes back at the end; of cells with the same name, the first one counts. Text that the course did not
    write is stored ``verbatim``, for nbgrader's pages render it with the rights of whoever looks at them.
    """
    source = lab.named
    ours = {cell.source for cell in lab.cells if cell.kind == "markdown"}
    verdicts = {task.check_cell: task for task in result.tasks}
    ran = {cell.id: cell for cell in result.cells}
    kept, seen = [], set()
    number = 0  # of the code cell, as Jupyter counts them
    for cell in notebook.cells:
        name = grade_id(cell)
        number += cell.cell_type == "code"
        if name not in verdicts:
            known = source.get(name)
            marks = known.marks if known and known.kind == cell.cell_type and name not in seen else None
            if cell.cell_type == "code":
                kept.append(cells.code(cell.source, cell.id, marks, _outputs(ran[number]) if number in ran else ()))
            else:
                text = cell.source if cell.source in ours else verbatim(cell.source)
                kept.append(cells.markdown(text, cell.id, marks))
        elif name not in seen:
            kept.append(_verdict_cell(source[name], verdicts[name]))
        seen.add(name)
    kept += [_verdict_cell(source[name], task) for name, task in verdicts.items() if name not in seen]
    return cells.notebook(kept)


def verbatim(text):
    """Markdown that shows ``text`` letter by letter: a block of code, whose fence is longer than any within."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def verdict_html(task):
    """A task's checks and explanations as a table, for people; no formula in it is set, for it may be a stranger's."""
    rows = []
    for check in task.checks:
        word = "✓ right" if not check.message else ("partly right" if check.score else "✗ not right")
        cells = (check.says, f"{check.score:g} of {check.points:g}", f"{word}: {check.message}".rstrip(": "))
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "".join(f"<th>{title}</th>" for title in ("what was checked", "points", "found"))
    text = f'<table class="tex2jax_ignore"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    if task.misconceptions:
        items = "".join(f"<li>{_with_code(sentence)}</li>" for sentence in task.misconceptions)
        text += f"<p>Your answers are those that this mistake gives:</p><ul>{items}</ul>"
    return text


def _with_code(sentence):
    """A sentence as HTML, in which backticks stand around code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(sentence))


def verdict_text(task):
    """The same as plain text."""
    lines = [f"{check.score:g} of {check.points:g}  {check.says} {check.message}".rstrip() for check in task.checks]
    return "\n".join(lines + [f"A known mistake: {sentence}" for sentence in task.misconceptions])


def _verdict_cell(cell, task):
    """A check cell whose outputs say what was found, and, as nbgrader reads it, the score."""
    outputs = [cells.shown(html=verdict_html(task), text=verdict_text(task)), cells.result(f"{task.score:g}")]
    return cells.code(cell.source, task.check_cell, cell.marks, outputs)


def _outputs(cell):
    """What a cell of the submission printed, and the error that ended it."""
    outputs = [cells.printed(cell.output)] if cell.output else []
    return [*outputs, cells.raised(cell.error)] if cell.error else outputs
