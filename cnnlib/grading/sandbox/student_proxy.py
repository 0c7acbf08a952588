"""What a check sees of a submission: the functions and classes that its task declares, as if they were here."""

from collections.abc import Callable
from typing import Any

from cnnlib.errors import CourseError
from cnnlib.grading.checks.task import Task
from cnnlib.grading.sandbox.replies import TimedOut
from cnnlib.grading.sandbox.session import Kept, Session

HUNG_CALLS = 2  # of one task; after that, its other checks are not tried


class StudentProxy:
    """What a check gets as ``student``: the functions and classes that its task declares, and nothing else."""

    def __init__(self, session: Session, task: Task):
        self._session, self._task, self._hung = session, task, 0

    def __getattr__(self, name: str) -> Any:
        if name in self._task.functions:
            return lambda *args, **options: self._call(self._session.call, name, args, options)
        if name in self._task.classes:
            return lambda *args, **options: self._make(name, args, options)
        raise CourseError(f"task {self._task.name} declares no function or class {name}")

    def _make(self, name, args, options):
        kept = self._call(self._session.call, name, args, options, keep=True)
        return ObjectProxy(self, kept, self._task.classes[name])

    def _call(self, function: Callable, *args: Any, **options: Any) -> Any:
        if self._hung >= HUNG_CALLS:
            raise TimedOut("not tried, as calls before it did not end")
        try:
            return function(*args, **options, tensors=self._task.tensors)
        except TimedOut:
            self._hung += 1
            raise


class ObjectProxy:
    """An object that stays with the student's code; only the declared methods can be called."""

    def __init__(self, student: StudentProxy, kept: Kept, methods: tuple[str, ...]):
        self._student, self._kept, self._methods = student, kept, tuple(methods)

    def __getattr__(self, name: str) -> Any:
        if name not in self._methods:
            raise CourseError(f"the task declares no method {name}")
        call = self._student._session.method

        def method(*args, **options):
            value = self._student._call(call, self._kept, name, args, options)
            return self if value is self._kept else value

        return method
