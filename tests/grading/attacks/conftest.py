"""How an attack is made: as a submission that is graded, or as code that looks around in the sandbox."""

import textwrap

import pytest

from cnnlib.grading.runs.grade import grade
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy


@pytest.fixture
def graded(course, sandbox, lab):
    """Grade a submission whose cell ``double`` is ``source`` (with imports of its own): the ``SubmissionResult``."""

    def run(source, student="mallory", **options):
        path = course.submit(student, {"double": textwrap.dedent(source)}, **options)
        return grade(path.parent, student, sandbox, bytes(32))[0]

    return run


@pytest.fixture
def asked(sandbox, lab):
    """Run a cell and call ``double`` with an argument: what student code finds when it looks around."""
    opened = []

    def run(source, *args):
        session = Session(sandbox, [(0, "import numpy as np"), (1, textwrap.dedent(source))])
        opened.append(session)
        return StudentProxy(session, lab.tasks["double"]).double(*args)

    yield run
    for session in opened:
        session.__exit__()


@pytest.fixture
def slowly(sandbox, monkeypatch):
    """Time enough to search the whole disk."""
    monkeypatch.setattr(sandbox.lab, "call_seconds", 120)
    monkeypatch.setattr(sandbox.lab, "cell_seconds", 120)
