"""Implementations of this process, seen as a check sees a student's: through arrays in place of tensors.

A check of a PyTorch lab passes arrays and gets arrays. Between them and the student's code stands the wall, between
them and the solution this.
"""

from cnnlib.errors import CourseError
from cnnlib.grading.sandbox.inside import wire


class Crossing:
    """The functions and classes that ``task`` declares, of a namespace ``implementation`` whose code uses tensors."""

    def __init__(self, implementation, task):
        self._implementation, self._task = implementation, task

    def __getattr__(self, name):
        task = self._task
        if name in task.functions:
            return lambda *args, **options: _called(getattr(self._implementation, name), args, options)
        if name in task.classes:
            return lambda *args, **options: CrossingObject(
                getattr(self._implementation, name)(*_tensors(args), **_tensors(options)), task.classes[name]
            )
        raise CourseError(f"task {task.name} declares no function or class {name}")


class CrossingObject:
    """An object of such a class; only the declared methods can be called."""

    def __init__(self, held, methods):
        self._held, self._methods = held, tuple(methods)

    def __getattr__(self, name):
        if name not in self._methods:
            raise CourseError(f"the task declares no method {name}")

        def method(*args, **options):
            result = getattr(self._held, name)(*_tensors(args), **_tensors(options))
            return self if result is self._held else _arrays(result)

        return method


def _called(function, args, options):
    return _arrays(function(*_tensors(args), **_tensors(options)))


def _tensors(value):
    """Arguments as the student's code would get them: with tensors, also in what functions of ours answer."""
    from cnnlib.grading.sandbox.inside.tensors import to_tensors

    if callable(value):
        return lambda *args: _tensors(value(*_arrays(args)))
    if isinstance(value, (list, tuple)):
        return type(value)(_tensors(item) for item in value)
    if isinstance(value, dict):
        return {key: _tensors(item) for key, item in value.items()}
    return to_tensors(value)


def _arrays(value):
    """Answers as they would come through the wall: arrays, and their own, which nothing changes afterwards."""
    from cnnlib.grading.sandbox.inside.tensors import to_arrays

    return wire.copied(to_arrays(value))
