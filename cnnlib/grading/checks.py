"""What a lab's checks are written with: tasks, their checks, and the misconceptions that they recognise.

They are a folder, ``checks``, beside the lab's source notebook. Its ``__init__.py`` makes the lab, and files called
``task….py`` add a task each, or misconceptions to one, in the order of their names:

    lab = Lab(__file__, packages=["numpy"])
    solution = lab.solution                       # the functions of the source notebook

    from . import lab, solution                   # begins the next file, task1_double.py

    double = lab.task("double", "Twice a number", functions=["double"])

    @double.check(points=2)
    def negative(student, rng):
        "Numbers below 0."
        return student.double(-rng.random(3))

    @double.misconception(of="double")
    def squared(x):
        "The number was squared, not doubled."
        return x * x

A check is a function of an implementation and a random generator. It asks the implementation something and returns
the answer, or yields several answers, each worth an equal part of its points; where it ends early, in an exception, the
answers before still count. It says nothing about what is right: the same check is run on the student's code, on the
solution and, where the two differ, on each misconception, with the same draws. So it must draw everything from ``rng``
and do the same for every implementation, and whatever an answer may look like, it may only raise (use ``wrong`` to say
why).
"""

import importlib.util
import inspect
import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from cnnlib.authoring.checkout import ROOT
from cnnlib.errors import CourseError
from cnnlib.grading.crossing import Crossing
from cnnlib.grading.results import CheckResult, TaskResult
from cnnlib.labs.compare import difference

__all__ = ["Check", "Lab", "Task", "Wrong", "lab_names", "load", "wrong"]

SOLUTIONS = ROOT / "solutions"
# What of cnnlib a lab may import: nothing that holds answers. It alone goes into the sandbox and to the students.
TOOLS = ("_arguments", "data", "errors", "labs", "plots", "scale")


class Wrong(Exception):
    """An answer that cannot be compared; the message says why, in words for the student."""

    def __init__(self, message, evidence=None):
        super().__init__(message)
        self.evidence = evidence


def wrong(message, evidence=None):
    """Reject an answer within a check.

    ``evidence`` is told to nobody: a misconception is recognised by the same message with the same evidence.
    """
    raise Wrong(message, evidence)


@dataclass(frozen=True)
class Check:
    """A function of (student, rng), the points that it is worth, and what it looks at, in a sentence."""

    function: object
    points: float

    @property
    def name(self):
        return self.function.__name__

    @property
    def says(self):
        return inspect.cleandoc(self.function.__doc__)

    def answers(self, implementation, rng):
        """All answers of ``implementation`` in order, and the exception that ended them early, if one did."""
        found = []
        try:
            if inspect.isgeneratorfunction(self.function):
                for answer in self.function(implementation, rng):
                    found.append(answer)
            else:
                found.append(self.function(implementation, rng))
        except CourseError:  # ours: a sandbox that is gone, a name that the task does not declare
            raise
        except Exception as error:  # of the student's code, or of ours when it met an answer of some other form
            return found, error
        return found, None


@dataclass(frozen=True)
class Misconception:
    """A wrong solution that students really write, and what to tell them; ``of`` names what it stands in for."""

    function: object
    of: str

    @property
    def name(self):
        return self.function.__name__

    @property
    def says(self):
        return " ".join(inspect.cleandoc(self.function.__doc__).split())


class Task:
    """One task of a lab.

    ``functions`` are the names that checks may call, ``classes`` the names they may make objects of, with the methods
    that may be called on them: {"Layer": ["forward"]}. Answers are compared to relative ``rtol`` and absolute ``atol``.
    With ``tensors``, they are PyTorch code: for the arrays of a check they get tensors, and their tensors come as
    arrays. A method that returns its own object, as ``eval`` does, gives that object to the check, too.
    """

    def __init__(self, name, title, functions=(), classes=None, rtol=1e-7, atol=1e-9, tensors=False):
        self.name, self.title, self.tensors = name, title, tensors
        self.functions, self.classes = tuple(functions), dict(classes or {})
        self.rtol, self.atol = rtol, atol
        self.checks, self.misconceptions = [], []

    @property
    def points(self):
        return sum(check.points for check in self.checks)

    def check(self, points):
        """Decorator: the function is a check of this task; its docstring is what feedback calls it."""

        def register(function):
            self.checks.append(Check(function, points))
            return function

        return register

    def misconception(self, of):
        """Decorator: the function or class is a wrong solution; its docstring is what feedback says then.

        It may use NumPy as ``np``, ``solution``, and plain functions of its lab's checks.
        """

        def register(function):
            self.misconceptions.append(Misconception(function, of))
            return function

        return register

    def run(self, student, solution, rng_of):
        """The ``TaskResult`` of an implementation; ``rng_of(check name)`` gives each check its generator, anew.

        The implementation is a proxy of a submission, or a namespace of this process, as the solution is.
        """
        results, answered = [], {}
        student = self._seen(student)
        for check in self.checks:
            expected, error = check.answers(self._seen(solution), rng_of(check.name))
            if error is not None:
                raise CourseError(f"check {check.name} of task {self.name} fails on the solution") from error
            given, error = check.answers(student, rng_of(check.name))
            found = [self._difference(answer, right) for answer, right in zip(given, expected, strict=False)]
            right_parts = sum(line is None for line in found[: len(expected)])
            message = next((line for line in found if line), "") or (_told(error) if error else "")
            if error is None and len(given) != len(expected):
                message, right_parts = "it gave another number of answers", 0
            score = round(check.points * right_parts / len(expected), 2)
            results.append(CheckResult(check.name, check.says, check.points, score, message))
            answered[check] = given, error
        failed = [check for check, result in zip(self.checks, results, strict=True) if result.message]
        sentences = self._explanations(failed, answered, solution, rng_of)
        return TaskResult(self.name, self.title, tuple(results), sentences)

    def _seen(self, implementation):
        """An implementation as checks see it: with arrays for the tensors of one of this process."""
        inside = self.tensors and isinstance(implementation, SimpleNamespace)
        return Crossing(implementation, self) if inside else implementation

    def _difference(self, answer, expected):
        try:
            return difference(answer, expected, rtol=self.rtol, atol=self.atol)
        except Exception as error:  # answers are a stranger's
            return _told(error)

    def _explanations(self, failed, answered, solution, rng_of):
        """Sentences of the misconceptions that answer as the student did: the best guess at what went wrong.

        Best is one that explains every failure at once, and better still if it succeeds where the student did. Where
        none explains them all, there may be several mistakes, and each that explains a failure is named.
        """

        def agrees(misconception, check):
            theirs = check.answers(self._seen(replaced(solution, misconception)), rng_of(check.name))
            return self._same(answered[check], theirs)

        by_check = [
            {m for m in self.misconceptions if agrees(m, check)} for check in failed if _judged(*answered[check])
        ]
        candidates = set.intersection(*by_check) if by_check else set()
        candidates = candidates or set().union(*by_check)
        passed = [check for check in self.checks if check not in failed]
        best = {m for m in candidates if all(agrees(m, check) for check in passed)} or candidates
        return tuple(m.says for m in self.misconceptions if m in best)

    def _same(self, one, other):
        """Whether two runs of a check gave the same answers, or were rejected in the same words."""
        (answers, error), (others, other_error) = one, other
        if len(answers) != len(others) or not _judged(others, other_error) or _words(error) != _words(other_error):
            return False
        return not any(self._difference(a, b) for a, b in zip(answers, others, strict=True))


class Cell(NamedTuple):
    """A cell of a source notebook: "code" or "markdown", its text, and nbgrader's marks, empty where there are none."""

    kind: str
    source: str
    marks: dict

    @classmethod
    def of(cls, cell):
        return cls(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("nbgrader", {}))


class Lab:
    """A lab: its tasks, and what the sandbox may hold for it.

    ``file`` is the ``__init__.py`` of its checks. ``packages`` are the distributions that students may import, with
    whatever those need; ``tools`` the modules of cnnlib. A cell may run for ``cell_seconds``, a call of a check for
    ``call_seconds``, everything for ``total_seconds``; memory beyond the interpreter's own is ``memory_mib``.
    """

    def __init__(
        self, file, packages, tools=TOOLS, cell_seconds=20.0, call_seconds=5.0, total_seconds=180.0, memory_mib=1024
    ):
        self.folder = Path(file).resolve().parents[1]
        self.packages, self.tools = tuple(packages), tuple(tools)
        self.cell_seconds, self.call_seconds, self.total_seconds = cell_seconds, call_seconds, total_seconds
        self.memory_mib = memory_mib
        self.tasks = {}

    @property
    def name(self):
        return self.folder.name

    @property
    def title(self):
        """The first heading of the source notebook."""
        return next(
            (cell.source.splitlines()[0].lstrip("# ") for cell in self.cells if cell.source[:2] == "# "), self.name
        )

    @property
    def source(self):
        """Path of the source notebook, with the solutions."""
        return self.folder / f"{self.name}.ipynb"

    @cached_property
    def cells(self):
        """The cells of the source notebook, as a list of ``Cell``."""
        return [Cell.of(cell) for cell in json.loads(self.source.read_text(encoding="utf-8"))["cells"]]

    @cached_property
    def named(self):
        """grade_id → ``Cell``, for the cells that have one."""
        return {cell.marks["grade_id"]: cell for cell in self.cells if cell.marks}

    @property
    def by_hand(self):
        """grade_id → ``Cell``, for the answers that a person grades."""
        return {name: cell for name, cell in self.named.items() if cell.marks["grade"] and cell.marks["solution"]}

    @property
    def setup(self):
        """The source of the set-up cell, which every submission begins with."""
        return self.named["setup"].source if "setup" in self.named else ""

    @property
    def points(self):
        """Automatic points; what is graded by hand stands apart."""
        return sum(task.points for task in self.tasks.values())

    def task(self, name, title, **options):
        """Add a ``Task``; ``name`` is the grade_id of its solution cell."""
        if name in self.tasks:
            raise CourseError(f"{self.name} has two tasks called {name}")
        self.tasks[name] = Task(name, title, **options)
        return self.tasks[name]

    @cached_property
    def solution(self):
        """What the solution cells of the source notebook define, as attributes."""
        namespace = {"__name__": f"{self.name}_solution"}
        for name, cell in self.named.items():
            if cell.kind == "code" and (name == "setup" or cell.marks["solution"]):
                exec(compile(cell.source, f"{self.source.name}, {name}", "exec"), namespace)
        return SimpleNamespace(**namespace)


def replaced(solution, misconception):
    """The solution with one misconception in it."""
    return SimpleNamespace(**{**vars(solution), misconception.of: misconception.function})


def lab_names():
    """Names of all labs, in order; ``CourseError`` where a lab's checks are no folder."""
    if single := next(SOLUTIONS.glob("*/checks.py"), None):
        raise CourseError(f"A lab's checks are a folder: move {single} to {single.with_suffix('') / '__init__.py'}")
    return sorted(path.parents[1].name for path in SOLUTIONS.glob("*/checks/__init__.py"))


def load(name):
    """The ``Lab`` of that name; ``CourseError`` where there is none, or where one of its files is no valid Python.

    The files of its checks are read anew, as modules of a package that only the grader's process knows. So they may
    import from each other, and files of two labs may have the same name.
    """
    if name not in (names := lab_names()):
        raise CourseError(f"There is no lab {name}; there are {', '.join(names) or 'none'}")
    package, folder = f"checks_of_{name}", SOLUTIONS / name / "checks"
    for earlier in [module for module in sys.modules if module.partition(".")[0] == package]:
        del sys.modules[earlier]
    spec = importlib.util.spec_from_file_location(package, folder / "__init__.py")
    sys.modules[package] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(sys.modules[package])
        for path in sorted(folder.glob("task*.py")):
            importlib.import_module(f"{package}.{path.stem}")
    except SyntaxError as error:
        raise CourseError(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    return sys.modules[package].lab


def _judged(answers, error):
    """Whether a run of a check tells of the idea behind the code: by answers, or by an answer that was rejected."""
    return bool(answers) if error is None else type(error) is Wrong


def _words(error):
    """What a rejection says, to the student and to us."""
    return error and (str(error), error.evidence)


def _told(error):
    """An exception in words for the student; those of other types come from an answer of unexpected form."""
    if isinstance(error, Wrong):
        return str(error)
    return f"the answer has another form than the task asks for ({type(error).__name__})"
