"""One warm sandbox a lab, for all that a process grades.

Workers that are forked from a process inherit its sandboxes. A process that shares nothing with ours finds none here,
and makes its own at its first job of the lab.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import Lab, load
from cnnlib.grading.runs.job import Job
from cnnlib.grading.sandbox.sandbox import Sandbox

_Key = tuple[str, str, str, bool]  # folder of solutions, lab, its version, confined
_sandboxes: dict[_Key, Sandbox] = {}
_lock = threading.Lock()  # where the jobs are done by threads of one process


def sandbox_of(job: Job) -> Sandbox:
    """The sandbox that the job is done in; ``CourseError`` where the lab has another version than the job names."""
    key = (job.solutions, job.lab, job.version, job.confined)
    with _lock:
        if key not in _sandboxes:
            lab = load(job.lab, Path(job.solutions))
            if lab.version != job.version:
                raise CourseError(f"{job.lab} has changed since this run of the grader began; grade again")
            sandbox = _sandboxes[key] = Sandbox(lab, confined=job.confined)
            Finalize(sandbox, sandbox.close, exitpriority=1)  # atexit is not heard of in multiprocessing's processes
        _sandboxes[key].await_ready()  # within the lock, for a sandbox says so but once
        return _sandboxes[key]


def await_ready() -> None:
    """Wait until all sandboxes of this process are warm; to be done before a fork, for each says so but once."""
    for sandbox in _sandboxes.values():
        sandbox.await_ready()


@contextmanager
def sandboxes(labs: Iterable[Lab], *, confined: bool = True) -> Iterator[list[Sandbox]]:
    """Begin a sandbox for each lab, for this process and those that are forked from it; they end with the block."""
    with ExitStack() as stack:
        begun = {}
        for lab in labs:
            key = (str(lab.folder.parent), lab.name, lab.version, confined)
            begun[key] = stack.enter_context(Sandbox(lab, confined=confined))
        _sandboxes.update(begun)
        try:
            yield list(begun.values())
        finally:
            for key in begun:
                del _sandboxes[key]
