"""nbgrader's gradebook: an SQLite file with one writer, which any nbgrader tool can open."""

import warnings
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import nbformat
from alembic.script import ScriptDirectory
from nbgrader import api
from nbgrader.preprocessors import ComputeChecksums, LockCells, SaveCells
from sqlalchemy.exc import SAWarning

from cnnlib.grading.lab import SOLUTIONS
from cnnlib.grading.results import UNREADABLE

COURSE = "cnn-lab-course"


# With it, nbgrader's own tools find everything: `jupyter lab` in the folder of grades, then its Formgrader.
CONFIGURATION = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = {course!r}
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.submitted_directory = {submitted!r}
"""


def configuration(out, submissions):
    """Text of the nbgrader_config.py that belongs beside the gradebook in the folder ``out``."""
    places = {"root": out, "source": SOLUTIONS, "submitted": submissions}
    return CONFIGURATION.format(course=COURSE, **{name: str(Path(path).resolve()) for name, path in places.items()})


@contextmanager
def opened(path):
    """The gradebook in the file ``path``, made where there is none."""
    # For a new file nbgrader asks the command `alembic` for the version of its schema, which takes three seconds.
    with patch.object(api, "get_alembic_version", _schema_version):
        gradebook = api.Gradebook(f"sqlite:///{path}", COURSE)
    with gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of how nbgrader makes its rows; nothing we could mend
        yield gradebook


def _schema_version():
    """The newest version of nbgrader's schema."""
    return ScriptDirectory(str(Path(api.__file__).parent / "alembic")).get_current_head()


def add_lab(gradebook, lab):
    """Enter a lab's graded cells, as nbgrader does when it generates an assignment."""
    resources = {"nbgrader": {"assignment": lab.name, "notebook": lab.name, "student": ".", "db_url": _url(gradebook)}}
    notebook = nbformat.read(lab.source, as_version=4)
    gradebook.update_or_create_assignment(lab.name)
    for step in (LockCells(), ComputeChecksums(), SaveCells()):
        notebook, resources = step.preprocess(notebook, resources)
    gradebook.db.expire_all()  # the last step wrote through a connection of its own


def enter(gradebook, result):
    """Enter one submission's automatic points. What a person has given by hand stays.

    An unreadable one is left out: nbgrader would count it as 0.
    """
    if result.status == UNREADABLE:
        return
    gradebook.update_or_create_student(result.student)
    submitted = gradebook.update_or_create_submission(result.lab, result.student)
    [entry] = submitted.notebooks
    scores = {task.check_cell: task.score for task in result.tasks}
    for grade in entry.grades:
        grade.auto_score = scores.get(grade.name)  # None: a person gives the points
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
    gradebook.db.commit()


def _url(gradebook):
    return gradebook.engine.url.render_as_string(hide_password=False)
