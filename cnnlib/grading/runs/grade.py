"""Grade one submission: read it, run it in the sandbox, and put each task's checks to it."""

from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from cnnlib.grading.checks import draws
from cnnlib.grading.notebooks import submission
from cnnlib.grading.results import LONGEST_DETAIL, UNREADABLE, SubmissionResult, TaskResult
from cnnlib.grading.sandbox.sandbox import Sandbox
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy


def grade(folder: Path, student: str, sandbox: Sandbox, secret: bytes) -> tuple[SubmissionResult, NotebookNode | None]:
    """The result of what a student handed in in ``folder``, and the clean notebook, or None where it is unreadable."""
    lab = sandbox.lab
    try:
        notebook = submission.read(folder, lab.name)
    except submission.Unreadable as why:
        return SubmissionResult(student, lab.name, UNREADABLE, str(why)), None
    return grade_notebook(notebook, student, sandbox, secret), notebook


def grade_notebook(notebook: NotebookNode, student: str, sandbox: Sandbox, secret: bytes) -> SubmissionResult:
    """The result of a notebook that ``submission`` has cleaned."""
    lab = sandbox.lab
    tasks: list[TaskResult] = []
    with Session(sandbox, submission.cells_to_run(notebook, lab)) as session:
        session.run_cells()
        for task in lab.tasks.values():
            rng_of = partial(draws.generator, secret, student, lab.name, task.name)
            tasks.append(task.run(StudentProxy(session, task), lab.solution, rng_of))
    cells = tuple(session.results[number] for number in sorted(session.results) if number > 0)
    detail = "; ".join(dict.fromkeys(session.incidents))[:LONGEST_DETAIL]
    answers = submission.answers(notebook, lab)
    return SubmissionResult(student, lab.name, session.status, detail, tuple(tasks), cells, answers)
