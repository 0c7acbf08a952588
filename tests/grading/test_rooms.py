"""Data pass one way through the grader: no room imports one that comes after it."""

import ast
from pathlib import Path

import pytest

from cnnlib import grading

FOLDER = Path(grading.__file__).parent
# What may be imported by all that follows it. ``inside`` lies in the sandbox's folder, and imports nothing of cnnlib.
ORDER = [
    "sandbox.inside",
    "results",
    "rejection",
    "checks",
    "sandbox",
    "notebooks",
    "runs",
    "grades",
    "exports",
    "nbgrader",
    "writer",
    "grade_folder",
]


def room_of(module):
    """The room of a module, named without ``cnnlib.grading.``."""
    return max((room for room in ORDER if f"{module}.".startswith(f"{room}.")), key=len)


def imports(path):
    """Modules of the grader that a file imports, anywhere in it, named without ``cnnlib.grading.``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("cnnlib.grading.") for name in names if name.startswith("cnnlib.grading."))


MODULES = [path for path in sorted(FOLDER.rglob("*.py")) if path.parent != FOLDER or path.stem != "__init__"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_module_imports_a_later_room(path):
    module = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
    place = ORDER.index(room_of(module))
    later = [name for name in imports(path) if ORDER.index(room_of(name)) > place]
    assert later == []


def test_what_runs_within_the_sandbox_imports_nothing_of_cnnlib():
    for path in (FOLDER / "sandbox" / "inside").glob("*.py"):
        assert "cnnlib" not in {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
            + ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350
