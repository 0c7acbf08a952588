"""A small lab of its own for the grader's tests, made anew for each, and real submissions of the real labs."""

import csv
import platform
from types import SimpleNamespace

import nbformat
import pytest
from typer.testing import CliRunner

from cnnlib import cli
from cnnlib.grading.checks import draws
from cnnlib.grading.checks.lab import load
from cnnlib.grading.sandbox.sandbox import Sandbox
from tests.grading.small_lab import write_lab


def pytest_collection_modifyitems(items):
    if platform.system() != "Linux":
        for item in items:
            if "grading" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="the sandbox needs Linux"))


@pytest.fixture(scope="session")
def minilab(tmp_path_factory):
    """The folder of solutions that holds the small lab, ``lab00_small``."""
    return write_lab(tmp_path_factory.mktemp("course") / "solutions")


@pytest.fixture
def lab(minilab, monkeypatch):
    """The small lab, as the only one that there is."""
    monkeypatch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", minilab)
    return load("lab00_small")


@pytest.fixture(scope="session")
def sandbox(minilab):
    """A warm sandbox of the small lab, one per test process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", minilab)
        small = load("lab00_small")
    with Sandbox(small) as warm:
        yield warm


@pytest.fixture
def course(lab, tmp_path):
    """Write submissions of the small lab: ``course.submit(student, {cell name: source})``; then ``course.folder``."""
    folder = tmp_path / "submitted"

    def submit(student, cells=None, change=None, raw=None):
        notebook = nbformat.read(lab.source, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.nbgrader.grade_id
            cell.source = (cells or {}).get(name, cell.source)
        if change:
            change(notebook)
        path = folder / student / lab.name / f"{lab.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(nbformat.writes(notebook) if raw is None else raw, encoding="utf-8")
        return path

    return SimpleNamespace(folder=folder, submit=submit, out=tmp_path / "graded")


@pytest.fixture
def graded(course, monkeypatch, tmp_path):
    """Grade what ``course`` holds; returns (exit code, output, rows of grades.csv by student)."""
    monkeypatch.setattr(draws, "SECRET_FILE", tmp_path / "secret")

    def run(*options):
        arguments = ["grade", str(course.folder), "--out", str(course.out), *options]
        done = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
        path = course.out / "grades.csv"
        rows = list(csv.DictReader(path.open(encoding="utf-8"))) if path.is_file() else []
        return done.exit_code, done.output, {row["student"]: row for row in rows}

    return run
