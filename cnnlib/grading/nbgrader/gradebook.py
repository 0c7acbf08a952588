"""nbgrader's gradebook: an SQLite file with one writer, which any nbgrader tool can open."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import nbformat
from alembic.script import ScriptDirectory
from nbgrader import api
from nbgrader.preprocessors import ComputeChecksums, LockCells, SaveCells
from sqlalchemy.exc import SAWarning

from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.grades import Row
from cnnlib.grading.results import SubmissionResult, check_cell_of

COURSE = "cnn-lab-course"
UNANSWERED = ("", "YOUR ANSWER HERE")  # nbgrader's words, in the released notebook


# With it, nbgrader's own tools find everything: `jupyter lab` in the folder of grades, then its Formgrader. What the
# course sets holds there, too: its button for grading runs student code in the sandbox, and no check is ever copied.
CONFIGURATION = """\
c = get_config()
load_subconfig({course!r})
c.CourseDirectory.root = {root!r}
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = {submitted!r}
c.CourseDirectory.db_url = {gradebook!r}
"""


def configuration(out: Path, solutions: Path, submissions: Path) -> str:
    """Text of the nbgrader_config.py that belongs beside the gradebook in the folder ``out``."""
    course = ROOT / "nbgrader_config.py"
    places = {"course": course, "root": out, "source": solutions, "submitted": submissions}
    paths = {name: str(Path(path).resolve()) for name, path in places.items()}
    return CONFIGURATION.format(gradebook=f"sqlite:///{paths['root']}/gradebook.db", **paths)


@contextmanager
def open_gradebook(path: Path) -> Iterator[api.Gradebook]:
    """The gradebook in the file ``path``, made where there is none."""
    # For a new file nbgrader asks the command `alembic` for the version of its schema, which takes three seconds.
    with patch.object(api, "get_alembic_version", _schema_version):
        gradebook = api.Gradebook(f"sqlite:///{path}", COURSE)
    with gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of how nbgrader makes its rows; nothing we could mend
        yield gradebook


def _schema_version() -> str | None:
    """The newest version of nbgrader's schema."""
    return ScriptDirectory(str(Path(api.__file__).parent / "alembic")).get_current_head()


def add_lab(gradebook: api.Gradebook, lab: Lab) -> None:
    """Enter a lab's graded cells, as nbgrader does when it generates an assignment.

    ``CourseError`` where the gradebook has grades of that lab with other such cells.
    """
    resources = {"nbgrader": {"assignment": lab.name, "notebook": lab.name, "student": ".", "db_url": _url(gradebook)}}
    notebook = nbformat.read(lab.source, as_version=4)
    gradebook.update_or_create_assignment(lab.name)
    try:
        for step in (LockCells(), ComputeChecksums(), SaveCells()):
            notebook, resources = step.preprocess(notebook, resources)
    except RuntimeError:
        raise CourseError(
            f"{lab.name} has other graded cells than when its grades in {gradebook.engine.url.database} were entered. "
            "Put the new grades into another folder: --out, or with make OUT=folder."
        ) from None
    gradebook.db.expire_all()  # the last step wrote through a connection of its own


def enter(gradebook: api.Gradebook, result: SubmissionResult, read_before: Mapping[str, str] | None) -> None:
    """Enter one submission's automatic points. What a person has given by hand stays.

    It waits for a person again only where the answers are not those of ``read_before``, grade_id → text, or where
    automatic points that a person overruled have changed. An answer that was left empty gets 0, as from nbgrader; one
    that is missing altogether does not, for it may stand elsewhere in the notebook. A submission without a score is
    left out: nbgrader would count it as 0.
    """
    if result.score is None:
        return
    gradebook.update_or_create_student(result.student)
    submitted = gradebook.update_or_create_submission(result.lab, result.student)
    [entry] = submitted.notebooks
    scores: dict[str, float] = {name: 0 for name, text in result.answers.items() if text.strip() in UNANSWERED}
    scores |= {task.check_cell: task.score for task in result.tasks}
    for grade in entry.grades:
        auto_score = scores.get(grade.name)  # None: a person gives the points
        if grade.manual_score is None:
            grade.needs_manual_grade = auto_score is None
        elif result.answers != read_before or auto_score != grade.auto_score:
            grade.needs_manual_grade = True
        grade.auto_score = auto_score
    gradebook.db.commit()


def add_points_by_hand(gradebook: api.Gradebook, row: Row) -> Row:
    """A row of the grades with its points by_hand, for the answers that a person grades, and its total of all points.

    Both are None as long as an answer waits; those that the row has stay where the gradebook has no such submission.
    """
    if row["score"] is None:
        return {**row, "by_hand": None, "total": None}
    try:
        submitted = gradebook.find_submission(row["lab"], row["student"])
    except api.MissingEntry:
        return row
    [entry] = submitted.notebooks
    checks = {check_cell_of(task["name"]) for task in row["tasks"]}
    grades = [grade for grade in entry.grades if grade.name not in checks]
    given = [grade.auto_score if grade.manual_score is None else grade.manual_score for grade in grades]
    waits = None in given
    return {**row, "by_hand": None if waits else sum(given), "total": None if waits else round(submitted.score, 2)}


def _url(gradebook: api.Gradebook) -> str:
    return gradebook.engine.url.render_as_string(hide_password=False)
