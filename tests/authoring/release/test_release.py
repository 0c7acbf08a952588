"""The students' notebooks and copy of the course, made by nbgrader's steps from a course of one small lab."""

import os
import pkgutil
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import cnnlib
from cnnlib.authoring.release import notebooks as release
from cnnlib.authoring.release import student_copy
from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import TOOLS
from tests.labs import small_lab
from tests.labs.small_lab import read

BIN = Path(sys.executable).parent
# All of the package but the students' tools: what students must not find, whatever joins it.
ANSWERS = sorted({found.name for found in pkgutil.iter_modules(cnnlib.__path__)} - {*TOOLS, *student_copy.COMMANDS})


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one made lab."""
    monkeypatch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(release, "LABS", tmp_path / "labs")
    small_lab.write_lab(tmp_path / "solutions")
    return tmp_path


def test_what_holds_answers_is_no_tool():
    assert {"authoring", "claims", "cli", "complexity", "conv", "filters", "grading"} <= set(ANSWERS)
    assert {"landscape", "lecture", "models", "receptive_field", "training", "widgets"} <= set(ANSWERS)


# --- one notebook ---


def test_student_version():
    source = small_lab.source_notebook()
    result = release.student_version(source)
    assert source == small_lab.source_notebook() and result == release.student_version(source)
    assert [cell.id for cell in result.cells] == [cell.id for cell in source.cells]
    setup, text, double, visible, why, last = result.cells
    assert double.source.endswith('"""Twice x (n,)."""\n    # YOUR CODE HERE\n    raise NotImplementedError()')
    assert double.outputs == [] and double.execution_count is None
    assert "34" not in visible.source and "two numbers" in visible.source
    assert why.source == "YOUR ANSWER HERE"
    assert text.source == "A number × 2." and last.source == "labs.progress()"
    assert all(cell.metadata.nbgrader.checksum for cell in (setup, double, visible, why))
    assert visible.metadata.deletable is False and visible.metadata.editable is False


def test_release_writes_what_changed(course):
    path = course / "labs" / small_lab.NAME / f"{small_lab.NAME}.ipynb"
    assert release.out_of_step() == [path]
    assert release.release() == [path]
    assert release.release() == release.release([small_lab.NAME]) == release.out_of_step() == []
    text = path.read_text(encoding="utf-8")
    assert text.startswith('{\n "cells": [\n  {\n') and text.endswith("}\n") and "×" in text
    assert list(path.parent.iterdir()) == [path]
    source = course / "solutions" / small_lab.NAME / f"{small_lab.NAME}.ipynb"
    source.write_text(source.read_text().replace("Twice x", "Double x"))
    assert release.out_of_step() == [path]


def test_a_source_that_nbgrader_refuses(course):
    notebook = small_lab.source_notebook()
    notebook.cells[2].source = small_lab.DOUBLE.replace("### END SOLUTION", "")
    small_lab.write_notebook(course / "solutions" / small_lab.NAME / f"{small_lab.NAME}.ipynb", notebook)
    with pytest.raises(CourseError, match=r"lab09_made: nbgrader's ClearSolutions refuses .* no end solution"):
        release.release()
    assert not (course / "labs").exists()


def test_an_unknown_lab(course):
    with pytest.raises(CourseError, match="There is no lab lab99; there are lab09_made"):
        release.release(["lab99"])


@pytest.mark.skipif(os.name != "posix", reason="the course is graded on Linux")
def test_nbgrader_itself_releases_the_same(course):
    """Stock nbgrader with the repository's configuration, on the made lab and on all the real ones."""
    (course / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    (course / "solutions" / small_lab.NAME / "checks" / "table.csv").write_text("1,2")
    shutil.copytree(ROOT / "solutions", course / "solutions", dirs_exist_ok=True)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*"]
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}  # a new gradebook needs alembic
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    names = [small_lab.NAME, *(path.stem for path in (ROOT / "solutions").glob("*/*.ipynb"))]
    files = sorted((course / "labs").glob("*/**/*"))
    assert files == sorted(course / "labs" / name / f"{name}.ipynb" for name in names)
    for path in files:
        assert read(path) == release.student_version(read(course / "solutions" / path.parent.name / path.name))


# --- the students' copy ---


@pytest.fixture
def copy(course):
    release.release(to=course / "students")
    return course / "students"


def test_a_copy_holds_labs_and_tools_alone(copy):
    texts = {"LICENSE", "README.md", "pyproject.toml", ".gitignore"}
    assert {path.name for path in copy.iterdir()} == {*texts, "cnnlib", "labs"}
    assert [path.name for path in (copy / "labs").rglob("*") if path.is_file()] == [f"{small_lab.NAME}.ipynb"]
    held = {path.stem for path in (copy / "cnnlib").iterdir()}
    assert held == {*TOOLS, *student_copy.COMMANDS, "__init__"} and not held & set(ANSWERS)
    assert not list(copy.rglob("*.pyc")) and not (copy.parent / "labs").exists()


def python(*arguments, path=(), cwd):
    """Run Python, which finds modules in the folders ``path``; returns its exit code and what it said."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "200"}
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


IMPORTS = """
import importlib, pkgutil, cnnlib
for found in pkgutil.walk_packages(cnnlib.__path__, "cnnlib."):
    print(importlib.import_module(found.name).__file__)
for name in ANSWERS:
    try:
        importlib.import_module("cnnlib." + name)
    except ModuleNotFoundError as error:
        assert error.name == "cnnlib." + name, error
    else:
        raise SystemExit(name + " is there")
"""


def test_links_to_the_book_lead_to_the_site_where_there_is_no_book(copy, course, monkeypatch):
    source = course / "solutions" / small_lab.NAME / f"{small_lab.NAME}.ipynb"
    notebook = small_lab.source_notebook()
    notebook.cells[1].source = "See [it](../../book/chapters/01_convolution/layer.ipynb#sizes) and [so](x.ipynb)."
    small_lab.write_notebook(source, notebook)
    lab = Path("labs", small_lab.NAME, f"{small_lab.NAME}.ipynb")
    release.release(to=copy)
    monkeypatch.setattr("cnnlib.checkout.repository_url", lambda: "https://example.org/course")
    release.release(to=course / "elsewhere")
    release.release()
    assert (
        "[it](../../book/chapters/01_convolution/layer.ipynb#sizes) and [so](x.ipynb)"
        in read(course / lab).cells[1].source
    )
    assert read(course / lab).cells[1] == read(course / "elsewhere" / lab).cells[1]
    linked = read(copy / lab).cells[1].source
    assert re.search(
        r"\[it\]\(https://[\w.-]+/[\w.-]+/chapters/01_convolution/layer\.html#sizes\) and \[so\]\(x\.ipynb\)", linked
    )


def test_a_copy_installs_and_works_with_nothing_but_its_files(copy, tmp_path):
    target = tmp_path / "installed"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-compile"]
    code, said = python("-m", "pip", "install", *quiet, "--target", str(target), str(copy), cwd=tmp_path)
    assert code == 0, said
    assert (target / "bin" / "cnnlab").is_file()
    # Without -S, the course's own package would answer for what the copy lacks, where it is installed for editing.
    packages = sysconfig.get_path("purelib")
    code, said = python("-S", "-c", IMPORTS.replace("ANSWERS", str(ANSWERS)), path=[target, packages], cwd=tmp_path)
    assert code == 0, said
    files = said.split()
    assert str(target / "cnnlib" / "labs" / "run_notebook.py") in files
    assert all(file.startswith(str(target)) for file in files)
    code, said = python("-S", "-m", "cnnlib.labs", "check", path=[copy, packages], cwd=copy)
    assert code == 1 and re.search(r"Task 1 · Double +│ ✗ 0 of 1 +│ two numbers: not written yet", said), said


def test_a_copy_asks_for_what_the_labs_need(copy):
    text = (copy / "pyproject.toml").read_text(encoding="utf-8")
    assert "torch" not in text and '"numpy>=' in text and '"jupyterlab>=' in text
    assert '"torch>=' in student_copy.pyproject({"torch"}) and '"dask"' in student_copy.pyproject({"dask"})
    assert student_copy.pyproject({"numpy"}) == text


def test_a_copy_is_renewed_and_what_stands_beside_it_stays(copy):
    (copy / ".git").mkdir()
    (copy / "cnnlib" / "left_over.py").write_text("")
    (copy / "README.md").write_text("changed")
    release.release(to=copy)
    assert (copy / ".git").is_dir() and not (copy / "cnnlib" / "left_over.py").exists()
    assert (copy / "README.md").read_text().startswith("# Labs")
    assert not list(copy.parent.glob(".students-*"))


def test_a_copy_that_fails_leaves_the_old_one(copy, monkeypatch):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    monkeypatch.setattr(student_copy, "readme", lambda example: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        release.release(to=copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
    assert not list(copy.parent.glob(".students-*"))


@pytest.mark.parametrize("name", ["thesis.tex", "pyproject.toml"])
def test_a_copy_never_replaces_anything_else(course, name):
    (course / "mine").mkdir()
    (course / "mine" / name).write_text("[project]\n")
    for folder in (course / "mine", course / "mine" / name):
        with pytest.raises(CourseError, match=r"holds something other than a students' copy; name an empty or a new"):
            release.release(to=folder)
    assert [path.name for path in (course / "mine").iterdir()] == [name]
