"""nbgrader's gradebook: an SQLite file with one writer, which any nbgrader tool can open."""

import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ComputeChecksums, LockCells, SaveCells
from sqlalchemy.exc import SAWarning

from cnnlib.grading.checks import SOLUTIONS
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
    # For a new file nbgrader runs `alembic`, which lies beside this Python and perhaps not on the PATH.
    before = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        gradebook = Gradebook(f"sqlite:///{path}", COURSE)
    finally:
        os.environ["PATH"] = before
    with gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of how nbgrader makes its rows; nothing we could mend
        yield gradebook


def add_lab(gradebook, lab):
    """Enter a lab's graded cells, as nbgrader does when it generates an assignment."""
    resources = {"nbgrader": {"assignment": lab.name, "notebook": lab.name, "student": ".", "db_url": _url(gradebook)}}
    notebook = nbformat.read(lab.source, as_version=4)
    gradebook.update_or_create_assignment(lab.name)
    for step in (LockCells(), ComputeChecksums(), SaveCells()):
        notebook, resources = step.preprocess(notebook, resources)
    gradebook.db.expire_all()  # the last step wrote through a connection of its own


def enter(gradebook, result, notebook):
    """Enter one submission's automatic points. What a person has given by hand stays.

    An unreadable one is left out: nbgrader would count it as 0.
    """
    if result.status == UNREADABLE:
        return
    gradebook.update_or_create_student(result.student)
    submitted = gradebook.update_or_create_submission(result.lab, result.student)
    [entry] = submitted.notebooks
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if utils.is_grade(cell)}
    for grade in entry.grades:
        grade.auto_score = utils.determine_grade(graded[grade.name])[0] if grade.name in graded else 0
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
    gradebook.db.commit()


def _url(gradebook):
    return gradebook.engine.url.render_as_string(hide_password=False)
