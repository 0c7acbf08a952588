"""Whatever lies under a submission's name is read as a notebook, or said to be unreadable and why."""

import json
import os

import nbformat
import pytest
from nbformat import v4

from cnnlib.grading.notebooks import submission
from cnnlib.grading.notebooks.submission import Unreadable

CELL = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None, "id": "a"}


LAB = "lab00_small"


def write(tmp_path, text=None):
    """The folder of a submission, with this text as its notebook."""
    folder = tmp_path / "ada" / "lab00_small"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "lab00_small.ipynb").write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def document(cells, **more):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **more})


def test_only_source_type_and_name_are_kept(tmp_path):
    marks = {"grade_id": "double", "points": 100, "grade": True, "locked": False, "solution": True}
    cell = {**CELL, "source": ["a = 1\n", "b"], "metadata": {"tags": ["skip-execution"], "nbgrader": marks}}
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "10 points"}]
    notebook = submission.read(write(tmp_path, document([cell, {**CELL, "cell_type": "markdown"}])), LAB)
    first, second = notebook.cells
    assert first.source == "a = 1\nb" and first.metadata == {"nbgrader": {"grade_id": "double"}} and not first.outputs
    assert second.cell_type == "markdown" and notebook.metadata.keys() == {"kernelspec"}
    nbformat.validate(notebook)


def test_old_notebooks_are_upgraded(tmp_path):
    old = {
        "cell_type": "code",
        "input": "x = 1",
        "outputs": [],
        "language": "python",
        "collapsed": False,
        "metadata": {},
    }
    text = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": [old], "metadata": {}}],
    }
    assert submission.read(write(tmp_path, json.dumps(text)), LAB).cells[0].source == "x = 1"


@pytest.mark.parametrize(("text", "why"), [
    ("", "the file is empty"),
    (" \n", "the file is empty"),
    ('{"cells": [', r"no notebook \(no JSON\)"),
    ("[" * 100_000, r"no notebook \(no JSON\)"),
    (b"\x80\x04\x95 a pickle", r"no notebook \(no JSON\)"),
    ("[]", "names no format"),
    ("{}", "names no format"),
    ('{"nbformat": "4"}', "names no format"),
    ('{"nbformat": true, "cells": []}', "names no format"),
    ('{"nbformat": 99, "cells": []}', "names no format"),
    ('{"nbformat": 4}', "no notebook"),
    ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}', "no notebook"),
    ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}', "no notebook"),
    ('{"nbformat": 3, "nbformat_minor": 0, "worksheets": 3}', "no notebook"),
    (document([{**CELL, "source": 3}]), "no notebook"),
    (document([{**CELL, "source": "x" * (submission.MAX_SOURCE + 1)}]), "a cell of more than"),
])  # fmt: skip
def test_what_is_no_notebook_is_said(tmp_path, text, why):
    with pytest.raises(Unreadable, match=why):
        submission.read(write(tmp_path, text), LAB)


def test_odd_metadata_does_no_harm(tmp_path):
    odd = [{**CELL, "metadata": m} for m in ({"nbgrader": 3}, {"nbgrader": {"grade_id": ["x"]}}, 5, {"nbgrader": None})]
    notebook = submission.read(write(tmp_path, document(odd)), LAB)
    assert [submission.grade_id(cell) for cell in notebook.cells] == [None] * 4


def test_a_renamed_notebook_is_found_and_two_are_not_guessed_between(tmp_path):
    folder = write(tmp_path)
    (folder / ".DS_Store").write_bytes(b"")
    with pytest.raises(Unreadable, match=r"there is no lab00_small\.ipynb; in its folder is nothing$"):
        submission.read(folder, LAB)
    (folder / "lab00_small (1).ipynb").write_text(document([CELL]))
    assert len(submission.read(folder, LAB).cells) == 1
    (folder / "other.ipynb").write_text(document([]))
    with pytest.raises(Unreadable, match=r"in its folder is lab00_small \(1\)\.ipynb, other\.ipynb$"):
        submission.read(folder, LAB)


def test_what_lies_in_the_place_of_a_notebook_is_named(tmp_path):
    folder = write(tmp_path)
    for number in range(9):
        (folder / f"{number}.zip").write_bytes(b"")
    os.mkdir(os.fsencode(folder) + b"/\x2bbad\xff")  # a name that no text holds
    with pytest.raises(Unreadable, match=r"in its folder is \+bad\?, 0\.zip, 1\.zip$") as raised:
        submission.read(folder, LAB)
    str(raised.value).encode()


def test_links_pipes_and_folders_are_not_followed(tmp_path):
    folder = write(tmp_path)
    path = folder / "lab00_small.ipynb"
    secret = tmp_path / "secret.ipynb"
    secret.write_text(document([CELL]))
    path.symlink_to(secret)
    with pytest.raises(Unreadable, match="cannot be opened"):
        submission.read(folder, LAB)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="is no file"):
        submission.read(folder, LAB)
    path.unlink()
    path.mkdir()
    with pytest.raises(Unreadable, match=r"is no file|cannot be opened"):
        submission.read(folder, LAB)


def test_a_huge_file_is_not_read(tmp_path):
    folder = write(tmp_path)
    with open(folder / "lab00_small.ipynb", "wb") as file:
        file.truncate(submission.MAX_BYTES + 1)
    with pytest.raises(Unreadable, match="larger than 32 MiB"):
        submission.read(folder, LAB)


def test_the_labs_own_cells_are_ours(lab):
    """The set-up is the source's whatever the student made of it; visible checks are not run; all else is."""
    notebook = v4.new_notebook(cells=[
        v4.new_code_cell("raise SystemExit", metadata={"nbgrader": {"grade_id": "setup"}}),
        v4.new_code_cell("mine = 1"),
        v4.new_code_cell("double = 2", metadata={"nbgrader": {"grade_id": "double"}}),
        v4.new_code_cell("points = 100", metadata={"nbgrader": {"grade_id": "double-checks"}}),
        v4.new_markdown_cell("text"),
        v4.new_code_cell("again = 3", metadata={"nbgrader": {"grade_id": "double"}}),
    ])  # fmt: skip
    setup = "import numpy as np\nfrom cnnlib import labs"
    assert submission.cells_to_run(notebook, lab) == [(0, setup), (2, "mine = 1"), (3, "double = 2"), (5, "again = 3")]
