"""Implementations of this process, seen as a check sees a student's: through arrays in place of tensors.

A check of a PyTorch lab passes arrays and gets arrays. Between them and the student's code stands the sandbox, between
them and the solution this.
"""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cnnlib.errors import CourseError
from cnnlib.grading.sandbox.inside import wire

if TYPE_CHECKING:
    from cnnlib.grading.checks.task import Task


class SolutionProxy:
    """The functions and classes that ``task`` declares, of a namespace ``implementation`` whose code uses tensors."""

    def __init__(self, implementation: SimpleNamespace, task: "Task"):
        self._implementation, self._task = implementation, task

    def __getattr__(self, name: str) -> Any:
        task = self._task
        if name in task.functions:
            return lambda *args, **options: _call(getattr(self._implementation, name), args, options)
        if name in task.classes:
            return lambda *args, **options: SolutionObject(
                getattr(self._implementation, name)(*_to_tensors(args), **_to_tensors(options)), task.classes[name]
            )
        raise CourseError(f"task {task.name} declares no function or class {name}")


class SolutionObject:
    """An object of such a class; only the declared methods can be called."""

    def __init__(self, held: Any, methods: tuple[str, ...]):
        self._held, self._methods = held, tuple(methods)

    def __getattr__(self, name: str) -> Any:
        if name not in self._methods:
            raise CourseError(f"the task declares no method {name}")

        def method(*args, **options):
            result = getattr(self._held, name)(*_to_tensors(args), **_to_tensors(options))
            return self if result is self._held else _to_arrays(result)

        return method


def _call(function, args, options):
    return _to_arrays(function(*_to_tensors(args), **_to_tensors(options)))


def _to_tensors(value):
    """Arguments as the student's code would get them: with tensors, also in what functions of ours answer."""
    from cnnlib.grading.sandbox.inside.tensors import to_tensors

    if callable(value):
        return lambda *args: _to_tensors(value(*_to_arrays(args)))
    if isinstance(value, (list, tuple)):
        return type(value)(_to_tensors(item) for item in value)
    if isinstance(value, dict):
        return {key: _to_tensors(item) for key, item in value.items()}
    return to_tensors(value)


def _to_arrays(value):
    """Answers as they would come from the sandbox: arrays, and their own, which nothing changes afterwards."""
    from cnnlib.grading.sandbox.inside.tensors import to_arrays

    return wire.copy(to_arrays(value))
