"""Running a notebook stores its outputs and the run, or leaves the file as it was and says why."""

import nbformat
import pytest

from cnnlib.authoring.pages import provenance
from cnnlib.authoring.pages.execute import execute, read
from cnnlib.errors import CourseError


def test_execute_stores_outputs_and_the_run(notebook_file):
    path = notebook_file("import os\nfrom cnnlib import scale", "print(scale.current(), os.environ['OMP_NUM_THREADS'])")
    assert "quick scale" in execute(path, "quick")
    notebook = read(path)
    assert notebook.cells[1].outputs[0].text == "quick 2\n"
    run = notebook.metadata["cnnlib"]
    assert run["scale"] == "quick" and run["seconds"] > 0 and run["device"]
    assert set(run["modules"]) == {"cnnlib", "cnnlib.scale", "cnnlib._arguments"}
    assert provenance.differences(notebook) == []


def test_executing_twice_changes_nothing_but_the_time(notebook_file):
    path = notebook_file(
        "from ipywidgets import IntSlider, HBox", "HBox([IntSlider(1), IntSlider(2)])", "print(object())", "object()"
    )
    texts = []
    for _ in range(2):
        execute(path, "quick")
        notebook = read(path)
        notebook.metadata["cnnlib"]["seconds"] = 0
        texts.append(nbformat.writes(notebook))
    assert texts[0] == texts[1]
    assert "0x…" in texts[0] and f"{1:032x}" in texts[0]


def test_a_failing_cell_leaves_the_file_and_says_why(notebook_file):
    path = notebook_file("1 + 1", "assert 1 > 2, 'one is not more'")
    before = path.read_bytes()
    with pytest.raises(CourseError, match=r"page\.ipynb failed, and was left as it was(.|\n)*one is not more"):
        execute(path, "quick")
    assert path.read_bytes() == before


def test_a_dying_or_endless_kernel_is_reported(notebook_file, monkeypatch):
    with pytest.raises(CourseError, match="failed, and was left as it was"):
        execute(notebook_file("import os\nos._exit(1)"), "quick")
    monkeypatch.setattr("cnnlib.authoring.pages.execute.TIMEOUT", 1)
    with pytest.raises(CourseError, match="failed, and was left as it was"):
        execute(notebook_file("import time\ntime.sleep(60)"), "quick")


def test_an_unknown_scale_in_the_environment_is_reported(notebook_file, monkeypatch):
    monkeypatch.setenv("CNNLIB_SCALE", "huge")
    with pytest.raises(CourseError, match=r"CNNLIB_SCALE.*huge"):
        execute(notebook_file("1"))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 3}', '{"nbformat": 4, "nbformat_minor": 5}'])
def test_what_is_no_notebook_is_reported(tmp_path, text):
    path = tmp_path / "page.ipynb"
    path.write_text(text)
    with pytest.raises(CourseError, match=r"page\.ipynb is no notebook"):
        execute(path, "quick")


def test_a_quick_run_keeps_full_outputs_unless_the_code_changed(notebook_file):
    path = notebook_file("from cnnlib import scale\nscale.current()")
    execute(path, "full")
    assert read(path).cells[0].outputs[0].data["text/plain"] == "'full'"
    assert execute(path, "quick").startswith("kept")
    assert read(path).metadata["cnnlib"]["scale"] == "full"
    assert "ran" in execute(path, "quick", force=True)
    execute(path, "full")
    notebook = read(path)
    notebook.cells[0].source += "  # changed"
    nbformat.write(notebook, path)
    assert "ran at quick scale" in execute(path, "quick")
