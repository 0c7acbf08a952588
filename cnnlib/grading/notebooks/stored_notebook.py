"""The submission as a notebook with the grader's findings in it: what nbgrader's gradebook and feedback work on."""

import re

from nbformat import NotebookNode

from cnnlib.grading.checks.lab import Cell, Lab
from cnnlib.grading.notebooks import cells, verdict
from cnnlib.grading.notebooks.submission import grade_id
from cnnlib.grading.results import CellResult, SubmissionResult, TaskResult


def add_findings(notebook: NotebookNode, lab: Lab, result: SubmissionResult) -> NotebookNode:
    """A cleaned submission with its outputs, and each task's verdict as the output of that task's check cell.

    The course's own marks (what is graded, for how many points) come from the lab's source. A check cell that was
    deleted comes back at the end; of cells with the same name, the first one counts. Text that the course did not
    write is stored ``verbatim``, for nbgrader's pages render it with the rights of whoever looks at them.
    """
    source = lab.named
    ours = {cell.source for cell in lab.cells if cell.kind == "markdown"}
    verdicts = {task.check_cell: task for task in result.tasks}
    ran = {cell.id: cell for cell in result.cells}
    kept: list[NotebookNode] = []
    seen: set[str | None] = set()
    number = 0  # of the code cell, as Jupyter counts them
    for cell in notebook.cells:
        name = grade_id(cell)
        number += cell.cell_type == "code"
        if name not in verdicts:
            known = source.get(name or "")
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


def verbatim(text: str) -> str:
    """Markdown that shows ``text`` letter by letter: a block of code, whose fence is longer than any within."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _verdict_cell(cell: Cell, task: TaskResult) -> NotebookNode:
    """A check cell whose outputs say what was found, and, as nbgrader reads it, the score."""
    outputs = [
        cells.display_data(html=verdict.html(task), text=verdict.text(task)),
        cells.execute_result(f"{task.score:g}"),
    ]
    return cells.code(cell.source, task.check_cell, cell.marks, outputs)


def _outputs(cell: CellResult) -> list[dict]:
    """What a cell of the submission printed, and the error that ended it."""
    outputs = [cells.stream(cell.output)] if cell.output else []
    return [*outputs, cells.error(cell.error)] if cell.error else outputs
