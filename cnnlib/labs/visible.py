"""Tasks and their visible checks. Whatever the student's code does, the notebook runs on."""

import sys
from numbers import Number

import numpy as np

from cnnlib import _arguments as arguments
from cnnlib.labs import summary
from cnnlib.labs.compare import difference
from cnnlib.labs.failure import in_words, shortened


class Wrong(Exception):
    """An answer that was rejected; the message says why, in words for the student."""


_tasks = {}  # number → Task, of this kernel: the last run of each task's cell


def task(number, title):
    """The checks of one task, to be made in a ``with`` block; at its end a summary is shown.

    Nothing that the student's code or the block raises goes further than the block, but for the interruption of the
    kernel, after which the task counts as not run. Running the cell again replaces the task's results.
    """
    return Task(arguments.integer("number", number, 1), _text("title", title))


def progress():
    """Show task by task how many visible checks pass."""
    summary.show(summary.ProgressSummary(results()))


def results():
    """The ``TaskSummary`` of each task run so far, by number."""
    return [_tasks[number].summary() for number in sorted(_tasks)]


class Task:
    """What a ``with labs.task(…)`` block works with."""

    def __init__(self, number, title):
        self.number, self.title = number, title
        self._outcomes = []

    def equal(self, name, call, expected, *, rtol=1e-7, atol=1e-9):
        """``call()`` must give ``expected``: see ``compare.difference``. Lists of numbers stand for arrays."""
        expected = _with_arrays(expected)
        rtol, atol = _tolerance("rtol", rtol), _tolerance("atol", atol)
        self._check(name, call, lambda answer: difference(answer, expected, rtol=rtol, atol=atol))

    def true(self, name, call, otherwise):
        """``call()`` must give something true; ``otherwise`` is what to say where it does not."""
        otherwise = _text("otherwise", otherwise)
        self._check(name, call, lambda answer: None if answer else otherwise)

    @staticmethod
    def wrong(message):
        """Within the ``call`` of a check: reject the answer, and say why."""
        raise Wrong(_text("message", message))

    def summary(self):
        """What to show of this task."""
        return summary.TaskSummary(self.number, self.title, tuple(self._outcomes))

    def _check(self, name, call, differs):
        name = _text("name", name)
        if not callable(call):
            arguments.fail("call", call, "a function without arguments, such as lambda: …")
        self._outcomes.append(summary.Outcome(name, _message(call, differs)))

    def __enter__(self):
        _tasks.pop(self.number, None)
        self._outcomes.clear()
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, KeyboardInterrupt):
            self._outcomes.append(summary.Outcome("the rest of this cell", "it was interrupted"))
            summary.show(self.summary())
            return False
        if error is not None:  # of the block itself, between its checks
            message = in_words(error, traceback.tb_frame.f_globals)
            self._outcomes.append(summary.Outcome("the rest of this cell", message))
        _tasks[self.number] = self
        summary.show(self.summary())
        return True


def _message(call, differs):
    """What is wrong with what ``call`` gives, in words; empty where nothing is."""
    stdout, stderr = sys.stdout, sys.stderr
    try:
        answer = call()
    except KeyboardInterrupt:
        raise
    except Wrong as error:
        return str(error)
    except BaseException as error:  # sys.exit() too
        return in_words(error, getattr(call, "__globals__", {}), getattr(call, "__code__", None))
    finally:
        sys.stdout, sys.stderr = stdout, stderr  # a student may have turned them elsewhere
    try:
        with np.errstate(all="ignore"):
            return differs(answer) or ""
    except Exception as error:  # an object that cannot be compared, or has no truth
        return f"the answer cannot be compared: {shortened(error)}"


def _with_arrays(expected):
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


def _is_numbers(value):
    return isinstance(value, list) and bool(value) and all(isinstance(v, Number) or _is_numbers(v) for v in value)


def _text(name, value):
    if not isinstance(value, str) or not value.strip():
        arguments.fail(name, value, "a few words")
    return value


def _tolerance(name, value):
    if arguments.real(name, value) < 0:
        arguments.fail(name, value, "0 or more")
    return float(value)
