"""A lab: its source notebook, its tasks, and what the sandbox may hold for it.

Beside the notebook is the folder of its checks. Its ``__init__.py`` makes the lab, and files called ``task….py`` add a
task each, or misconceptions to one, in the order of their names:

    lab = Lab(__file__, packages=["numpy"])
    solution = lab.solution                       # the functions of the source notebook

    from . import lab, solution                   # begins the next file, task1_double.py

    double = lab.task("double", "Twice a number", functions=["double"])

How checks are written is told in ``task``.
"""

import hashlib
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError
from cnnlib.grading.checks.task import Task

__all__ = ["Lab", "lab_names", "load"]

SOLUTIONS = ROOT / "solutions"
# What of cnnlib a lab may import: nothing that holds answers. It alone goes into the sandbox and to the students.
TOOLS = ("_arguments", "data", "errors", "labs", "plots", "scale")


class Cell(NamedTuple):
    """A cell of a source notebook: "code" or "markdown", its text, and nbgrader's marks, empty where there are none."""

    kind: str
    source: str
    marks: dict[str, Any]

    @classmethod
    def of(cls, cell: dict[str, Any]) -> "Cell":
        return cls(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("nbgrader", {}))


class Lab:
    """A lab: its tasks, and what the sandbox may hold for it.

    ``file`` is the ``__init__.py`` of its checks. ``packages`` are the distributions that students may import, with
    whatever those need; ``tools`` the modules of cnnlib. A cell may run for ``cell_seconds``, a call of a check for
    ``call_seconds``, everything for ``total_seconds``; memory beyond the interpreter's own is ``memory_mib``. Its
    ``version`` changes with every change of its notebook or its checks.
    """

    def __init__(
        self,
        file: str | Path,
        packages: Iterable[str],
        tools: Iterable[str] = TOOLS,
        cell_seconds: float = 20.0,
        call_seconds: float = 5.0,
        total_seconds: float = 180.0,
        memory_mib: int = 1024,
    ):
        self.folder = Path(file).resolve().parents[1]
        self.packages, self.tools = tuple(packages), tuple(tools)
        self.cell_seconds, self.call_seconds, self.total_seconds = cell_seconds, call_seconds, total_seconds
        self.memory_mib = memory_mib
        self.tasks: dict[str, Task] = {}
        self.version = version_of(self.folder)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def title(self) -> str:
        """The first heading of the source notebook."""
        return next(
            (cell.source.splitlines()[0].lstrip("# ") for cell in self.cells if cell.source[:2] == "# "), self.name
        )

    @property
    def source(self) -> Path:
        """Path of the source notebook, with the solutions."""
        return self.folder / f"{self.name}.ipynb"

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the source notebook, as a list of ``Cell``."""
        return [Cell.of(cell) for cell in json.loads(self.source.read_text(encoding="utf-8"))["cells"]]

    @cached_property
    def named(self) -> dict[str, Cell]:
        """grade_id → ``Cell``, for the cells that have one."""
        return {cell.marks["grade_id"]: cell for cell in self.cells if cell.marks}

    @property
    def by_hand(self) -> dict[str, Cell]:
        """grade_id → ``Cell``, for the answers that a person grades."""
        return {name: cell for name, cell in self.named.items() if cell.marks["grade"] and cell.marks["solution"]}

    @property
    def setup(self) -> str:
        """The source of the set-up cell, which every submission begins with."""
        return self.named["setup"].source if "setup" in self.named else ""

    @property
    def points(self) -> float:
        """Automatic points; what is graded by hand stands apart."""
        return sum(task.points for task in self.tasks.values())

    def task(self, name: str, title: str, **options: Any) -> Task:
        """Add a ``Task``; ``name`` is the grade_id of its solution cell, ``options`` are those of ``Task``."""
        if name in self.tasks:
            raise CourseError(f"{self.name} has two tasks called {name}")
        self.tasks[name] = Task(name, title, **options)
        return self.tasks[name]

    @cached_property
    def solution(self) -> SimpleNamespace:
        """What the solution cells of the source notebook define, as attributes."""
        namespace: dict[str, Any] = {"__name__": f"{self.name}_solution"}
        for name, cell in self.named.items():
            if cell.kind == "code" and (name == "setup" or cell.marks["solution"]):
                exec(compile(cell.source, f"{self.source.name}, {name}", "exec"), namespace)
        return SimpleNamespace(**namespace)


def version_of(folder: Path) -> str:
    """A digest of a lab's notebook and of the files of its checks."""
    digest = hashlib.sha256()
    for path in [folder / f"{folder.name}.ipynb", *sorted((folder / "checks").rglob("*.py"))]:
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def lab_names(solutions: Path | None = None) -> list[str]:
    """Names of all labs in the folder ``solutions``, in order; ``CourseError`` where a lab's checks are no folder."""
    solutions = solutions or SOLUTIONS
    if single := next(solutions.glob("*/checks.py"), None):
        raise CourseError(f"A lab's checks are a folder: move {single} to {single.with_suffix('') / '__init__.py'}")
    return sorted(path.parents[1].name for path in solutions.glob("*/checks/__init__.py"))


def load(name: str, solutions: Path | None = None) -> Lab:
    """The lab of that name in the folder ``solutions``, which is the course's own unless another is given.

    ``CourseError`` where there is none, or where one of its files is no valid Python.

    The files of its checks are read anew, as modules of a package that only the grader's process knows. So they may
    import from each other, and files of two labs may have the same name.
    """
    if name not in (names := lab_names(solutions)):
        raise CourseError(f"There is no lab {name}; there are {', '.join(names) or 'none'}")
    package, folder = f"checks_of_{name}", (solutions or SOLUTIONS) / name / "checks"
    for earlier in [module for module in sys.modules if module.partition(".")[0] == package]:
        del sys.modules[earlier]
    spec = importlib.util.spec_from_file_location(package, folder / "__init__.py")
    assert spec is not None and spec.loader is not None  # of a file there always is one
    sys.modules[package] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules[package])
        for path in sorted(folder.glob("task*.py")):
            importlib.import_module(f"{package}.{path.stem}")
    except SyntaxError as error:
        raise CourseError(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    return sys.modules[package].lab
