"""What a worker of a batch does: grade one submission, and write what belongs to it alone."""

from pathlib import Path
from typing import NamedTuple

import nbformat

from cnnlib.grading import feedback
from cnnlib.grading.files import write
from cnnlib.grading.grade import grade
from cnnlib.grading.marked import marked


class Batch(NamedTuple):
    """What the workers need to know; they are forked with it."""

    labs: dict  # name → Lab
    sandboxes: dict  # name → Sandbox; all workers fork from the same
    out: Path
    secret: bytes


_batch = None


def start(batch):
    """Begin a worker."""
    global _batch
    _batch = batch


def work(handed):
    """Grade one submission (``results.Handed``); returns (result, marked notebook or None)."""
    lab = _batch.labs[handed.lab]
    result, notebook = grade(handed, _batch.sandboxes[lab.name], _batch.secret)
    if notebook is not None:
        notebook = marked(notebook, lab, result)
        folder = _batch.out / "autograded" / handed.student / lab.name
        write(folder / f"{lab.name}.ipynb", nbformat.writes(notebook))
    write(_batch.out / "feedback" / handed.student / f"{lab.name}.html", feedback.page(result, lab, notebook))
    return result, notebook
