"""Outputs belong to the code that made them: stale where a page's cells, or anything that it loaded, changed."""

import shutil

import pytest
from nbformat import v4

from cnnlib import checkout
from cnnlib.authoring import sync
from cnnlib.authoring.pages import provenance
from cnnlib.authoring.pages.execute import read, run
from cnnlib.errors import CourseError

LENET = "cnnlib/widgets/lenet_draw/lenet.js"


@pytest.fixture
def package(tmp_path):
    """A small package called cnnlib: a imports b, c stands alone, the widget has two scripts."""
    root = tmp_path / "root" / "cnnlib"
    (root / "widgets" / "w").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a.py": "from cnnlib.b import thing",
        "b.py": "thing = 1",
        "c.py": "",
        "late.py": "def thing():\n    from cnnlib.b import thing",
        "widgets/__init__.py": "from cnnlib.widgets.w import W",
        "widgets/w/__init__.py": "from pathlib import Path\nclass W:\n"
        "    SOURCES = tuple(Path(__file__).with_name(name) for name in ('net.js', 'w.js'))",
        "widgets/w/w.js": "1",
        "widgets/w/net.js": "2",
    }.items():
        (root / name).write_text(text)
    return root


@pytest.fixture
def stamped(package, monkeypatch):
    """Run a notebook of one cell, in a kernel that finds the small package; it carries the record of its run."""
    monkeypatch.setenv("PYTHONPATH", str(package.parent))

    def execute(code):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
        loaded = run(notebook, package.parents[1], "quick")
        notebook.metadata["cnnlib"] = provenance.record(notebook, loaded, package.parent)
        return notebook

    return execute


@pytest.mark.parametrize(("code", "edited", "stale"), [
    ("from cnnlib import a", "a.py", ["cnnlib.a changed"]),
    ("import cnnlib.a as a", "b.py", ["cnnlib.b changed"]),
    ("from cnnlib.b import thing", "b.py", ["cnnlib.b changed"]),
    ("from cnnlib import a", "c.py", []),
    ("from cnnlib import widgets", "widgets/w/w.js", ["cnnlib/widgets/w/w.js changed"]),
    ("from cnnlib import widgets", "widgets/w/net.js", ["cnnlib/widgets/w/net.js changed"]),
    ("from cnnlib import late", "b.py", []),
    ("from cnnlib import late\nlate.thing()", "b.py", ["cnnlib.b changed"]),
    ("from cnnlib import c\nvars = str = sorted = None", "c.py", ["cnnlib.c changed"]),
    ("if True:\n    %pip list\nimport numpy", "a.py", []),
    ("files = !ls\nx = 7 \\\n  % 4\nfrom cnnlib import a", "a.py", ["cnnlib.a changed"]),
])  # fmt: skip
def test_stale_where_a_loaded_file_changed(package, stamped, code, edited, stale):
    notebook = stamped(code)
    assert provenance.differences(notebook, package.parent) == []
    (package / edited).write_text((package / edited).read_text() + "\n# edited")
    assert provenance.differences(notebook, package.parent) == stale


def test_stale_where_a_loaded_file_is_gone(package, stamped):
    notebook = stamped("from cnnlib import c, widgets")
    (package / "c.py").unlink()
    (package / "widgets" / "w" / "net.js").unlink()
    assert provenance.differences(notebook, package.parent) == [
        "cnnlib.c is gone",
        "cnnlib/widgets/w/net.js is gone",
    ]


def test_a_run_that_did_not_record_what_it_loaded_is_stale(package):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1")])
    notebook.metadata["cnnlib"] = {"code": provenance.code_hash(notebook), "modules": {}}
    assert provenance.differences(notebook) == ["its run did not record what it loaded"]


def test_outputs_of_another_cnnlib_are_not_stored(package, stamped):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("from cnnlib import a")])
    loaded = run(notebook, package.parents[1], "quick")
    with pytest.raises(CourseError, match=r"kernel loaded .*root.cnnlib.* is not of the course in .*: make setup"):
        provenance.record(notebook, loaded)


def test_nothing_of_the_question_stays_in_the_page(stamped):
    notebook = stamped("1")
    assert notebook.cells[0].execution_count == 1 and len(notebook.cells) == 1 and "widgets" not in notebook.metadata
    assert notebook.metadata["cnnlib"]["modules"] == {} == notebook.metadata["cnnlib"]["sources"]


def test_a_page_with_lenet_is_stale_where_lenets_javascript_changed(tmp_path, monkeypatch):
    """On a copy of the package: with another softmax in the page's network, its numbers would be others."""
    shutil.copytree(checkout.ROOT / "cnnlib", tmp_path / "cnnlib", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    notebook = v4.new_notebook(cells=[v4.new_code_cell("from cnnlib.widgets import LeNetDraw")])
    notebook.metadata["cnnlib"] = provenance.record(notebook, run(notebook, tmp_path, "quick"), tmp_path)
    assert provenance.differences(notebook, tmp_path) == []
    script = tmp_path / LENET
    changed = script.read_text(encoding="utf-8").replace("Math.exp", "Math.abs")
    script.write_text(changed, encoding="utf-8")
    assert provenance.differences(notebook, tmp_path) == [f"{LENET} changed"]
    (tmp_path / "cnnlib" / "widgets" / "ball_chart" / "ball_chart.js").write_text("")  # of a figure not on this page
    assert provenance.differences(notebook, tmp_path) == [f"{LENET} changed"]


def test_the_books_page_with_lenet_records_its_javascript():
    [path] = [path for path in checkout.notebooks() if "LeNetDraw(" in path.read_text(encoding="utf-8")]
    assert LENET in read(path).metadata["cnnlib"]["sources"]


def test_stale_where_the_code_changed(package, stamped):
    notebook = stamped("from cnnlib import a")
    notebook.cells.append(v4.new_markdown_cell("Prose may change."))
    assert provenance.differences(notebook, package.parent) == []
    notebook.cells.append(v4.new_code_cell("a"))
    assert provenance.differences(notebook, package.parent) == ["its code cells changed"]
    notebook.metadata["cnnlib"] = {"scale": "full"}
    assert provenance.differences(notebook, package.parent)[0] == "its code cells changed"
    del notebook.metadata["cnnlib"]
    assert provenance.differences(notebook, package.parent) == ["it was never run by `cnnlab execute`"]


def test_the_colab_cell_is_no_part_of_the_code(package, stamped):
    notebook = stamped("from cnnlib import a")
    notebook.cells.insert(0, v4.new_code_cell(sync.colab_cell(), metadata={"tags": [provenance.COLAB]}))
    assert provenance.differences(notebook, package.parent) == []
    notebook.cells[0].metadata.tags = []
    assert provenance.differences(notebook, package.parent) == ["its code cells changed"]


@pytest.mark.parametrize("path", checkout.notebooks(), ids=lambda path: path.stem)
def test_the_books_outputs_belong_to_its_code(path):
    notebook = read(path)
    assert provenance.differences(notebook) == [], f"run: cnnlab execute {path.relative_to(checkout.ROOT)}"
