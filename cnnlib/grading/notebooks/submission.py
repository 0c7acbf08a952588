"""Read what was handed in, whatever it is: a notebook, an old one, a broken one, or something else under its name.

The notebook is a stranger's. Of it are kept, in a notebook of our own making, each cell's type, its source and its
grade_id. Points, tags, locks, outputs and attachments are dropped: they are the course's to say, or nobody's.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.notebooks import cells

MAX_BYTES = 32 << 20
MAX_CELLS = 2000
MOST_NAMES = 3  # of other files, for the message that the notebook is not there
MAX_SOURCE = 1 << 20  # characters of one cell


class Unreadable(Exception):
    """There is no notebook that could be read; the message says why."""


def read(folder: Path, lab: str) -> NotebookNode:
    """The notebook that the folder of a submission of ``lab`` holds, in nbformat 4, clean; raises ``Unreadable``."""
    text = _text(_notebook_path(folder, f"{lab}.ipynb"))
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("the file is empty" if not text.strip() else "the file is no notebook (no JSON)") from None
    return clean(raw)


def clean(raw: Any) -> NotebookNode:
    """The same from a notebook's JSON."""
    try:
        kept = [_clean_cell(cell, place) for place, cell in enumerate(_cells(raw))]
    except Unreadable:
        raise
    except Exception as error:  # nbformat stumbles in many ways over JSON that is no notebook
        raise Unreadable(f"the file is no notebook ({type(error).__name__})") from None
    return cells.notebook(kept)


def cells_to_run(notebook: NotebookNode, lab: Lab) -> list[tuple[int, str]]:
    """(number, source) of the code that grading runs: the lab's own set-up first, then all that is the student's.

    Numbers are those that Jupyter shows when all code cells were run from the top; our own set-up is 0.
    """
    found = [(0, lab.setup)]
    # Not to be run: the set-up, the visible checks and whatever else is the course's, in whatever state it came back.
    ours = {name for name, cell in lab.named.items() if cell.marks.get("locked")}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return found + [(number, cell.source) for number, cell in enumerate(code, start=1) if grade_id(cell) not in ours]


def answers(notebook: NotebookNode, lab: Lab) -> dict[str, str]:
    """grade_id → text, of the answers that a person grades; of cells with the same name, the first one counts."""
    texts = [(grade_id(cell), cell.source) for cell in notebook.cells]
    return {name: text for name, text in reversed(texts) if name in lab.by_hand}


def grade_id(cell: NotebookNode) -> str | None:
    """nbgrader's name of a cell, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _notebook_path(folder: Path, wanted: str) -> Path:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise Unreadable(f"its folder cannot be read ({error.strerror})") from None
    notebooks = [name for name in names if name.endswith(".ipynb")]
    if wanted in names:
        return folder / wanted
    if len(notebooks) == 1:
        return folder / notebooks[0]  # renamed, or given a number by a browser
    there = ", ".join([name for name in names if name[0] != "."][:MOST_NAMES]) or "nothing"
    raise Unreadable(f"there is no {wanted}; in its folder is {there.encode('utf-8', 'replace').decode()}")


def _text(path: Path) -> str:
    try:
        # A link could lead to anything, and a pipe would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be opened ({error.strerror})") from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise Unreadable(f"{path.name} is no file")
    with open(descriptor, "rb") as file:
        if about.st_size > MAX_BYTES:
            raise Unreadable(f"{path.name} is larger than {MAX_BYTES >> 20} MiB")
        return file.read(MAX_BYTES).decode("utf-8-sig", "replace")


def _cells(raw):
    """The cells of a notebook of any version, as version 4 has them."""
    version = raw.get("nbformat") if isinstance(raw, dict) else None
    if type(version) is not int or not 1 <= version <= 4:
        raise Unreadable("the file is no notebook (it names no format that is known)")
    if version < 4:
        raw = nbformat.convert(nbformat.from_dict(raw), 4)
    return raw["cells"][:MAX_CELLS]


def _clean_cell(cell, place):
    source = cell["source"]
    source = source if isinstance(source, str) else "".join(source)
    if len(source) > MAX_SOURCE:
        raise Unreadable(f"a cell of more than {MAX_SOURCE} characters")
    marks = cell["metadata"].get("nbgrader", {}) if isinstance(cell["metadata"], dict) else {}
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    make = cells.code if cell["cell_type"] == "code" else cells.markdown
    marks = {"grade_id": name} if isinstance(name, str) else None
    return make(source.encode("utf-8", "replace").decode(), f"cell-{place}", marks)
