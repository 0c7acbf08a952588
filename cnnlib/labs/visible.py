"""Tasks and their visible checks. Whatever the student's code does, the notebook runs on."""

import sys
from collections.abc import Callable
from numbers import Number
from types import TracebackType
from typing import Any, NoReturn

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.labs.compare import difference
from cnnlib.labs.failure import in_words, shorten
from cnnlib.labs.summary import Outcome, ProgressSummary, TaskSummary, show


class RejectedAnswer(Exception):
    """An answer that was rejected; the message says why, in words for the student."""


_tasks: dict[int, "VisibleTask"] = {}  # by number, of this kernel: the last run of each task's cell


def task(number: int, title: str) -> "VisibleTask":
    """The checks of one task, to be made in a ``with`` block; at its end a summary is shown.

    Nothing that the student's code or the block raises goes further than the block, but for the interruption of the
    kernel, after which the task counts as not run. Running the cell again replaces the task's results.
    """
    return VisibleTask(arguments.integer("number", number, 1), _text("title", title))


def progress() -> None:
    """Show task by task how many visible checks pass."""
    show(ProgressSummary(results()))


def results() -> list[TaskSummary]:
    """The ``TaskSummary`` of each task run so far, by number."""
    return [_tasks[number].summary() for number in sorted(_tasks)]


class VisibleTask:
    """What a ``with labs.task(…)`` block works with."""

    def __init__(self, number: int, title: str):
        self.number, self.title = number, title
        self._outcomes: list[Outcome] = []

    def equal(
        self, name: str, call: Callable[[], Any], expected: Any, *, rtol: float = 1e-7, atol: float = 1e-9
    ) -> None:
        """``call()`` must give ``expected``: see ``compare.difference``. Lists of numbers stand for arrays."""
        expected = _with_arrays(expected)
        rtol, atol = _tolerance("rtol", rtol), _tolerance("atol", atol)
        self._check(name, call, lambda answer: difference(answer, expected, rtol=rtol, atol=atol))

    def true(self, name: str, call: Callable[[], Any], otherwise: str) -> None:
        """``call()`` must give something true; ``otherwise`` is what to say where it does not."""
        otherwise = _text("otherwise", otherwise)
        self._check(name, call, lambda answer: None if answer else otherwise)

    @staticmethod
    def wrong(message: str) -> NoReturn:
        """Within the ``call`` of a check: reject the answer, and say why."""
        raise RejectedAnswer(_text("message", message))

    def summary(self) -> TaskSummary:
        """What to show of this task."""
        return TaskSummary(self.number, self.title, tuple(self._outcomes))

    def _check(self, name: str, call: Callable[[], Any], differs: Callable[[Any], str | None]) -> None:
        name = _text("name", name)
        if not callable(call):
            arguments.fail("call", call, "a function without arguments, such as lambda: …")
        self._outcomes.append(Outcome(name, _message(call, differs)))

    def __enter__(self) -> "VisibleTask":
        _tasks.pop(self.number, None)
        self._outcomes.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if isinstance(error, KeyboardInterrupt):
            self._outcomes.append(Outcome("the rest of this cell", "it was interrupted"))
            show(self.summary())
            return False
        if error is not None:  # of the block itself, between its checks
            message = in_words(error, traceback.tb_frame.f_globals if traceback else {})
            self._outcomes.append(Outcome("the rest of this cell", message))
        _tasks[self.number] = self
        show(self.summary())
        return True


def _message(call: Callable[[], Any], differs: Callable[[Any], str | None]) -> str:
    """What is wrong with what ``call`` gives, in words; empty where nothing is."""
    stdout, stderr = sys.stdout, sys.stderr
    try:
        answer = call()
    except KeyboardInterrupt:
        raise
    except RejectedAnswer as error:
        return str(error)
    except BaseException as error:  # sys.exit() too
        return in_words(error, getattr(call, "__globals__", {}), getattr(call, "__code__", None))
    finally:
        sys.stdout, sys.stderr = stdout, stderr  # a student may have turned them elsewhere
    try:
        with np.errstate(all="ignore"):
            return differs(answer) or ""
    except Exception as error:  # an object that cannot be compared, or has no truth
        return f"the answer cannot be compared: {shorten(error)}"


def _with_arrays(expected: Any) -> Any:
    """``expected`` with arrays for nested lists of numbers; everything else stays what it is."""
    if _is_numbers(expected):
        try:
            return np.asarray(expected)
        except ValueError:  # rows of different lengths
            pass
    if type(expected) in (list, tuple):
        return type(expected)(map(_with_arrays, expected))
    if isinstance(expected, dict):
        return {key: _with_arrays(value) for key, value in expected.items()}
    return expected


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Number) or _is_numbers(v) for v in value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        arguments.fail(name, value, "a few words")
    return value


def _tolerance(name: str, value: Any) -> float:
    if arguments.real(name, value) < 0:
        arguments.fail(name, value, "0 or more")
    return float(value)
