"""From source to released: nbgrader's own steps take the solutions out of a lab's notebook, without its database."""

import copy
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from cnnlib import checkout
from cnnlib._files import write
from cnnlib.authoring.release import student_copy
from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError
from cnnlib.grading.checks import lab

LABS = ROOT / "labs"
BOOK_LINK = re.compile(r"\]\(\.\./\.\./book/([\w/-]+)\.ipynb")  # from a lab to a page
# As in nbgrader's GenerateAssignment, whose other steps save to the database or do nothing for these notebooks.
STEPS = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)


def student_version(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The students' notebook of a source ``notebook``, which stays as it is.

    ``CourseError`` where nbgrader refuses the source: a region that is not closed, cells of one name, ….
    """
    result, resources = copy.deepcopy(notebook), dict[str, Any]()
    for step in STEPS:
        try:
            result, resources = step().preprocess(result, resources)
        except Exception as error:  # nbgrader's steps raise many kinds
            raise CourseError(f"nbgrader's {step.__name__} refuses the notebook: {error}") from error
    return result


def release(names: Iterable[str] | None = None, *, to: Path | None = None) -> list[Path]:
    """Write the notebooks of the labs ``names``, or of all, to ``labs/`` where they changed; returns what was written.

    With ``to``, nothing is written to ``labs/``: the folder ``to`` becomes a copy for students, with these labs alone.
    """
    texts = expected_texts(names, site=checkout.site_url() if to is not None else None)
    if to is not None:
        packages = {package for name in texts for package in lab.load(name).packages}
        return student_copy.make(to, texts, lab.TOOLS, packages)
    stale = _stale(texts)
    for path, text in stale.items():
        write(path, text)
    return list(stale)


def out_of_step() -> list[Path]:
    """Paths of the released notebooks that are not what ``release`` would write, or are missing."""
    return list(_stale(expected_texts()))


def expected_texts(names: Iterable[str] | None = None, site: str | None = None) -> dict[str, str]:
    """Name → text of the released notebook, for the labs ``names`` or for all.

    With ``site``, an address, links to the book lead there: for notebooks that go where the book's do not.
    """
    return {name: _text(_make(name, site)) for name in names or lab.lab_names()}


def _make(name: str, site: str | None) -> nbformat.NotebookNode:
    path = lab.SOLUTIONS / name / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(f"There is no lab {name}; there are {', '.join(lab.lab_names()) or 'none'}")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if site and cell.cell_type == "markdown":
            cell.source = BOOK_LINK.sub(rf"]({site}/\1.html", cell.source)
    try:
        return student_version(notebook)
    except CourseError as error:
        raise CourseError(f"{name}: {error}") from error


def _text(notebook: nbformat.NotebookNode) -> str:
    return nbformat.writes(notebook, version=4, indent=1, ensure_ascii=False).rstrip("\n") + "\n"


def _stale(texts: dict[str, str]) -> dict[Path, str]:
    """Path → text, of what is not so."""
    files = {LABS / name / f"{name}.ipynb": text for name, text in texts.items()}
    return {
        path: text for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
