"""Executing notebooks, keeping their outputs honest and quiet, and what is set once and repeated elsewhere."""

import copy
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat import v4

from cnnlib import checkout
from cnnlib.authoring import sync
from cnnlib.authoring.pages import provenance
from cnnlib.authoring.pages.execute import execute
from cnnlib.authoring.pages.tidy import tidy
from cnnlib.errors import CourseError


@pytest.fixture
def notebook_file(tmp_path):
    """Write a notebook of the given code cells; returns its path."""

    def write(*sources, **metadata):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources], metadata=metadata)
        path = tmp_path / "page.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


def read(path):
    return nbformat.read(path, as_version=4)


# --- execution ---


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


def test_text_printed_in_pieces_is_one_output():
    pieces = [v4.new_output("stream", name=name, text=text) for name, text in [("stdout", "a"), ("stdout", "b")]]
    pieces += [v4.new_output("stream", name="stderr", text="c"), v4.new_output("stream", name="stdout", text="d")]
    cell = tidy(v4.new_notebook(cells=[v4.new_code_cell("1", outputs=pieces)]))["cells"][0]
    assert [(output["name"], output["text"]) for output in cell["outputs"]] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


def test_only_addresses_are_masked():
    data = {"text/plain": "<A at 0x7f12>, 0xffffff", "text/html": "&lt;A at 0x7F12&gt; <b>0xffffff</b>"}
    cell = v4.new_code_cell("1", outputs=[v4.new_output("display_data", data)])
    [output] = tidy(v4.new_notebook(cells=[cell]))["cells"][0]["outputs"]
    assert output["data"] == {
        "text/plain": "<A at 0x…>, 0xffffff",
        "text/html": "&lt;A at 0x…&gt; <b>0xffffff</b>",
    }


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


# --- provenance ---


@pytest.fixture
def package(tmp_path):
    """A small package called cnnlib: a imports b, c stands alone, the widget has a script."""
    root = tmp_path / "root" / "cnnlib"
    (root / "widgets" / "w").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a.py": "from cnnlib.b import thing",
        "b.py": "thing = 1",
        "c.py": "",
        "widgets/__init__.py": "from cnnlib.widgets.w import W",
        "widgets/w/__init__.py": "W = 1",
        "widgets/w/w.js": "1",
    }.items():
        (root / name).write_text(text)
    return root


def stamped(code, root):
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
    run = {"code": provenance.code_hash(notebook), "modules": provenance.module_hashes(notebook, root.parent)}
    notebook.metadata["cnnlib"] = run
    return notebook


@pytest.mark.parametrize(("code", "edited", "stale"), [
    ("from cnnlib import a", "a.py", ["cnnlib.a changed"]),
    ("import cnnlib.a as a", "b.py", ["cnnlib.b changed"]),
    ("from cnnlib.b import thing", "b.py", ["cnnlib.b changed"]),
    ("from cnnlib import a", "c.py", []),
    ("from cnnlib import widgets", "widgets/w/w.js", ["cnnlib.widgets.w changed"]),
    ("if True:\n    %pip list\nimport numpy", "a.py", []),
    ("files = !ls\nx = 7 \\\n  % 4\nfrom cnnlib import a", "a.py", ["cnnlib.a changed"]),
])  # fmt: skip
def test_stale_where_an_imported_module_changed(package, code, edited, stale):
    notebook = stamped(code, package)
    assert provenance.differences(notebook, package.parent) == []
    (package / edited).write_text((package / edited).read_text() + "\n# edited")
    assert provenance.differences(notebook, package.parent) == stale


def test_stale_where_the_code_changed(package):
    notebook = stamped("from cnnlib import a", package)
    notebook.cells.append(v4.new_markdown_cell("Prose may change."))
    assert provenance.differences(notebook, package.parent) == []
    notebook.cells.append(v4.new_code_cell("a"))
    assert provenance.differences(notebook, package.parent) == ["its code cells changed"]
    notebook.metadata["cnnlib"] = {"scale": "full"}
    assert provenance.differences(notebook, package.parent)[0] == "its code cells changed"
    del notebook.metadata["cnnlib"]
    assert provenance.differences(notebook, package.parent) == ["it was never run by `cnnlab execute`"]


def test_the_colab_cell_is_no_part_of_the_code(package):
    notebook = stamped("from cnnlib import a", package)
    notebook.cells.insert(0, v4.new_code_cell(sync.colab_cell(), metadata={"tags": [provenance.COLAB]}))
    assert provenance.differences(notebook, package.parent) == []
    notebook.cells[0].metadata.tags = []
    assert provenance.differences(notebook, package.parent) == ["its code cells changed"]


@pytest.mark.parametrize("path", checkout.notebooks(), ids=lambda path: path.stem)
def test_the_books_outputs_belong_to_its_code(path):
    notebook = read(path)
    assert provenance.differences(notebook) == [], f"run: cnnlab execute {path.relative_to(checkout.ROOT)}"


@pytest.mark.parametrize("path", checkout.notebooks(), ids=lambda path: path.stem)
def test_the_books_notebooks_are_whole_and_tidy(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(nbformat.from_dict(notebook))
    whole = json.loads(json.dumps(read(path)))  # as plain dicts, each text in one piece
    assert tidy(copy.deepcopy(whole)) == whole
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and path.stem != "index":
            # JupyterLab, VS Code and Colab show such a directive as code, and the answer in it unfolded.
            assert not re.search(r"^(```|:::)+\{", "".join(cell["source"]), re.MULTILINE)
        if cell["cell_type"] == "code":
            assert cell["execution_count"], "a cell was not run"
            assert len(cell["source"]) <= 20, f"a cell of {len(cell['source'])} lines: {cell['source'][0]}"
            assert not [output for output in cell["outputs"] if output["output_type"] == "error"]
            assert not [output for output in cell["outputs"] if output.get("name") == "stderr"]


# --- what is set once ---


def test_derived_files_are_in_step():
    assert sync.out_of_step() == [], "run: cnnlab sync"


def test_sync_mends_what_is_out_of_step(monkeypatch, tmp_path):
    stale = tmp_path / "environment.yml"
    stale.write_text("old")
    monkeypatch.setattr(sync, "wanted", lambda: {stale: sync.environment_yml(), tmp_path / "new": "x"})
    assert sync.sync() == [stale, tmp_path / "new"]
    assert sync.out_of_step() == []


def test_environment_yml_asks_for_what_pyproject_does():
    environment = yaml.safe_load((checkout.ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, pip = environment["dependencies"]
    assert f"python{checkout.project()['requires-python']}" in packages
    assert "--editable .[full]" in pip["pip"] and "full" in checkout.project()["optional-dependencies"]


def test_constraints_pin_the_tested_pair():
    pins = (checkout.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for pin in (
        "torch==2.14.1",
        "torchvision==0.29.1",
        "jupyter-book==1.0.4.post1",
        "nbval==0.11.0",
        "nbgrader==0.9.6",
    ):
        assert pin in pins


def test_addresses_and_authors_stand_in_one_place():
    own = checkout.ROOT / "pyproject.toml"
    derived = set(sync.wanted())
    paths = []
    for folder, folders, files in os.walk(checkout.ROOT):
        # Pruned while walking: the environments hold a hundred thousand files.
        left_out = {"node_modules", "_build", ".git", "cnnlib.egg-info"}
        folders[:] = [name for name in folders if name not in left_out and not name.startswith(".venv")]
        paths += [Path(folder, name) for name in files]
    for path in paths:
        if path != own and path not in derived and path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert checkout.repository_url() not in text, path
            assert checkout.authors() not in text, path
