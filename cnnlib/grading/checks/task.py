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
from dataclasses import dataclass
from types import SimpleNamespace

from cnnlib.errors import CourseError
from cnnlib.grading.checks.solution_proxy import Crossing
from cnnlib.grading.results import CheckResult, TaskResult, check_cell_of
from cnnlib.labs.compare import difference

__all__ = ["Check", "Task", "Wrong", "wrong"]


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
        except (CourseError, MemoryError):  # ours: a sandbox that is gone, a name that the task does not declare, …
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
    def check_cell(self):
        return check_cell_of(self.name)

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
        except MemoryError:  # the grader's own: nothing is known of the answer
            raise
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


def replaced(solution, misconception):
    """The solution with one misconception in it."""
    return SimpleNamespace(**{**vars(solution), misconception.of: misconception.function})


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
