"""Find the submissions in a folder, and name what lies there and is none."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import lab_names

LAYOUT = "<student>/<lab>/<lab>.ipynb"
WORK = {".ipynb", ".zip"}  # endings of files that hold somebody's work
MARKUP = set('<>"\\')  # in a name, nbgrader's pages would take them for HTML or script


@dataclass(frozen=True)
class Submission:
    """Where one student's work on one lab lies."""

    student: str
    lab: str
    folder: Path


@dataclass(frozen=True)
class PassedOver:
    """What lies among the submissions and is none: where, and why it is not taken for one."""

    student: str
    what: str
    why: str


def find(folder: str | Path) -> tuple[list[Submission], list[PassedOver]]:
    """(submissions, what was passed over) in nbgrader's layout, as lists of ``Submission`` and ``PassedOver``.

    ``CourseError`` where there is no submission. Files and folders that systems leave behind, and files that are no
    work of a student, are passed over in silence.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. It should hold {LAYOUT}.")
    labs = lab_names()
    entries = [entry for student in _entries(folder) for entry in _works_of(student, labs)]
    found = [entry for entry in entries if isinstance(entry, Submission)]
    if not found:
        raise CourseError(
            f"{folder} holds no submission. They should lie there as {LAYOUT}, with labs {', '.join(labs)}."
        )
    return found, [entry for entry in entries if isinstance(entry, PassedOver)]


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, in order, but for what a system leaves there."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX")))


def _works_of(student: Path, labs: list[str]) -> Iterator[Submission | PassedOver]:
    """What one entry of the folder of submissions holds, as ``Submission`` and ``PassedOver``."""
    try:
        if not student.is_dir():
            if student.suffix in WORK:
                yield PassedOver("", student.name, f"it lies in no student's folder ({LAYOUT})")
            return
        if MARKUP & set(student.name):
            yield PassedOver(student.name, "", 'rename the folder: its name has one of < > " \\')
            return
        works = _entries(student)
        student.name.encode()
    except (OSError, UnicodeError) as error:
        yield PassedOver(student.name, "", f"the folder cannot be read ({type(error).__name__})")
        return
    if not works:
        yield PassedOver(student.name, "", "the folder is empty")
    for work in works:
        try:
            if why := _no_submission(work, labs):
                yield PassedOver(student.name, work.name, why)
            elif work.is_dir():
                yield Submission(student.name, work.name, work)
        except OSError as error:
            yield PassedOver(student.name, work.name, f"it cannot be read ({type(error).__name__})")


def _no_submission(work: Path, labs: list[str]) -> str:
    """Why this entry of a student's folder is no submission; empty where it is one, or no work at all."""
    if work.is_symlink() or work.parent.is_symlink():
        return "it is a link"
    if work.is_dir():
        return "" if work.name in labs else _no_lab(work.name, labs)
    return f"it lies in no lab's folder ({LAYOUT})" if work.suffix in WORK else ""


def _no_lab(name: str, labs: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), labs, 1)
    return "there is no such lab" + (f"; is it {near[0]}?" if near else "")
