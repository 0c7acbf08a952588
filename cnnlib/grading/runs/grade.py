"""Grade one submission: read it, run it in the sandbox, and put each task's checks to it."""

from functools import partial

from cnnlib.grading.checks import draws as inputs
from cnnlib.grading.notebooks import submission
from cnnlib.grading.results import LONGEST_DETAIL, UNREADABLE, SubmissionResult
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy


def grade(handed, sandbox, secret):
    """(``SubmissionResult``, cleaned notebook or None) of what a student handed in (``results.Handed``)."""
    try:
        notebook = submission.read(handed)
    except submission.Unreadable as why:
        return SubmissionResult(handed.student, sandbox.lab.name, UNREADABLE, str(why)), None
    return grade_notebook(notebook, handed.student, sandbox, secret), notebook


def grade_notebook(notebook, student, sandbox, secret):
    """The ``SubmissionResult`` of a notebook that ``submission`` has cleaned."""
    lab, tasks = sandbox.lab, []
    with Session(sandbox, submission.cells_to_run(notebook, lab)) as session:
        session.run_cells()
        for task in lab.tasks.values():
            draws = partial(inputs.generator, secret, student, lab.name, task.name)
            tasks.append(task.run(StudentProxy(session, task), lab.solution, draws))
    cells = tuple(session.results[number] for number in sorted(session.results) if number > 0)
    detail = "; ".join(dict.fromkeys(session.incidents))[:LONGEST_DETAIL]
    answers = submission.answers(notebook, lab)
    return SubmissionResult(student, lab.name, session.status, detail, tuple(tasks), cells, answers)
