"""What a lab's checks are written with: a task, its checks, and the misconceptions that they recognise.

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

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from cnnlib.errors import CourseError
from cnnlib.grading.checks.solution_proxy import SolutionProxy
from cnnlib.grading.rejection import Rejection
from cnnlib.grading.results import CheckResult, TaskResult, check_cell_of
from cnnlib.labs.compare import difference

__all__ = ["Check", "Misconception", "Task"]

Draws = Callable[[str], np.random.Generator]  # name of a check → its generator, anew
Answers = tuple[list[Any], Exception | None]  # all of a run, and the exception that ended it early, if one did


@dataclass(frozen=True)
class Check:
    """A function of (student, rng), the points that it is worth, and what it looks at, in a sentence."""

    function: Callable[[Any, np.random.Generator], Any]
    points: float

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def says(self) -> str:
        return inspect.cleandoc(self.function.__doc__ or "")

    def answers(self, implementation: Any, rng: np.random.Generator) -> Answers:
        """All answers of ``implementation`` in order, and the exception that ended them early, if one did."""
        found: list[Any] = []
        try:
            if inspect.isgeneratorfunction(self.function):
                for answer in self.function(implementation, rng):
                    found.append(answer)
            else:
                found.append(self.function(implementation, rng))
        except (CourseError, MemoryError):  # ours: a sandbox that is gone, a name that the task does not declare, …
            raise
        except Exception as error:  # of the student's code, or of ours when it met an answer of some other form
            return found, error
        return found, None


@dataclass(frozen=True)
class Misconception:
    """A wrong solution that students really write, and what to tell them; ``of`` names what it stands in for."""

    function: Callable[..., Any]
    of: str

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def says(self) -> str:
        return " ".join(inspect.cleandoc(self.function.__doc__ or "").split())


class Task:
    """One task of a lab.

    ``functions`` are the names that checks may call, ``classes`` the names they may make objects of, with the methods
    that may be called on them: {"Layer": ["forward"]}. Answers are compared to relative ``rtol`` and absolute ``atol``.
    With ``tensors``, they are PyTorch code: for the arrays of a check they get tensors, and their tensors come as
    arrays. A method that returns its own object, as ``eval`` does, gives that object to the check, too.
    """

    def __init__(
        self,
        name: str,
        title: str,
        functions: Iterable[str] = (),
        classes: Mapping[str, Iterable[str]] | None = None,
        rtol: float = 1e-7,
        atol: float = 1e-9,
        tensors: bool = False,
    ):
        self.name, self.title, self.tensors = name, title, tensors
        self.functions = tuple(functions)
        self.classes = {owner: tuple(methods) for owner, methods in (classes or {}).items()}
        self.rtol, self.atol = rtol, atol
        self.checks: list[Check] = []
        self.misconceptions: list[Misconception] = []

    @property
    def check_cell(self) -> str:
        return check_cell_of(self.name)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    def check(self, points: float) -> Callable[[Callable], Callable]:
        """Decorator: the function is a check of this task; its docstring is what feedback calls it."""

        def register(function: Callable) -> Callable:
            self.checks.append(Check(function, points))
            return function

        return register

    def misconception(self, of: str) -> Callable[[Callable], Callable]:
        """Decorator: the function or class is a wrong solution; its docstring is what feedback says then.

        It may use NumPy as ``np``, ``solution``, and plain functions of its lab's checks.
        """

        def register(function: Callable) -> Callable:
            self.misconceptions.append(Misconception(function, of))
            return function

        return register

    def run(self, student: Any, solution: SimpleNamespace, rng_of: Draws) -> TaskResult:
        """The ``TaskResult`` of an implementation; ``rng_of(check name)`` gives each check its generator, anew.

        The implementation is a proxy of a submission, or a namespace of this process, as the solution is.
        """
        results: list[CheckResult] = []
        answers: dict[Check, Answers] = {}
        student = self._with_arrays(student)
        for check in self.checks:
            expected, error = check.answers(self._with_arrays(solution), rng_of(check.name))
            if error is not None:
                raise CourseError(f"check {check.name} of task {self.name} fails on the solution") from error
            given, error = check.answers(student, rng_of(check.name))
            found = [self._difference(answer, right) for answer, right in zip(given, expected, strict=False)]
            right_parts = sum(line is None for line in found[: len(expected)])
            message = next((line for line in found if line), "") or (_say(error) if error else "")
            if error is None and len(given) != len(expected):
                message, right_parts = "it gave another number of answers", 0
            score = round(check.points * right_parts / len(expected), 2)
            results.append(CheckResult(check.name, check.says, check.points, score, message))
            answers[check] = given, error
        failed = [check for check, result in zip(self.checks, results, strict=True) if result.message]
        sentences = self._explain(failed, answers, solution, rng_of)
        return TaskResult(self.name, self.title, tuple(results), sentences)

    def _with_arrays(self, implementation: Any) -> Any:
        """An implementation as checks use it: with arrays for the tensors of one of this process."""
        inside = self.tensors and isinstance(implementation, SimpleNamespace)
        return SolutionProxy(implementation, self) if inside else implementation

    def _difference(self, answer: Any, expected: Any) -> str | None:
        try:
            return difference(answer, expected, rtol=self.rtol, atol=self.atol)
        except MemoryError:  # the grader's own: nothing is known of the answer
            raise
        except Exception as error:  # answers are a stranger's
            return _say(error)

    def _explain(
        self, failed: list[Check], answers: dict[Check, Answers], solution: SimpleNamespace, rng_of: Draws
    ) -> tuple[str, ...]:
        """Sentences of the misconceptions that answer as the student did: the best guess at what went wrong.

        Best is one that explains every failure at once, and better still if it succeeds where the student did. Where
        none explains them all, there may be several mistakes, and each that explains a failure is named.
        """

        def agrees(misconception, check):
            other = self._with_arrays(substitute(solution, misconception))
            return self._same(answers[check], check.answers(other, rng_of(check.name)))

        by_check = [{m for m in self.misconceptions if agrees(m, check)} for check in failed if _tells(*answers[check])]
        candidates: set[Misconception] = set.intersection(*by_check) if by_check else set()
        candidates = candidates or set().union(*by_check)
        passed = [check for check in self.checks if check not in failed]
        best = {m for m in candidates if all(agrees(m, check) for check in passed)} or candidates
        return tuple(m.says for m in self.misconceptions if m in best)

    def _same(self, one: Answers, other: Answers) -> bool:
        """Whether two runs of a check gave the same answers, or were rejected in the same words."""
        (answers, error), (others, other_error) = one, other
        if len(answers) != len(others) or not _tells(others, other_error) or _words(error) != _words(other_error):
            return False
        return not any(self._difference(a, b) for a, b in zip(answers, others, strict=True))


def substitute(solution: SimpleNamespace, misconception: Misconception) -> SimpleNamespace:
    """The solution with one misconception in the place of what that is a wrong solution of."""
    return SimpleNamespace(**{**vars(solution), misconception.of: misconception.function})


def _tells(answers: list[Any], error: Exception | None) -> bool:
    """Whether a run of a check tells of the idea behind the code: by answers, or by an answer that was rejected."""
    return bool(answers) if error is None else type(error) is Rejection


def _words(error: Exception | None) -> tuple[str, Any] | None:
    """What a rejection says, to the student and to us."""
    return None if error is None else (str(error), getattr(error, "evidence", None))


def _say(error: Exception) -> str:
    """An exception in words for the student; those of other types come from an answer of unexpected form."""
    if isinstance(error, Rejection):
        return str(error)
    return f"the answer has another form than the task asks for ({type(error).__name__})"
