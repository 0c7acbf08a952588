"""A run: many jobs side by side, and a result for each, whatever becomes of its worker."""

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from contextlib import ExitStack

from cnnlib.grading.results import SubmissionResult, not_graded
from cnnlib.grading.runs import work
from cnnlib.grading.runs.executors import MakeExecutor
from cnnlib.grading.runs.job import Job
from cnnlib.grading.sandbox.bubblewrap import SandboxError


class Run:
    """Jobs that have begun: made with them, it submits them all. A context manager; at its end the workers end.

    ``make_executor(n)`` makes an executor of at most n workers; another one takes the place of one that broke.
    """

    def __init__(self, jobs: Sequence[Job], make_executor: MakeExecutor, workers: int):
        self._make_executor = make_executor
        self._stack = ExitStack()
        self._jobs = self._submit(jobs, workers)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *error) -> bool | None:
        return self._stack.__exit__(*error)

    def results(self) -> Iterator[tuple[Job, SubmissionResult]]:
        """Each job with its result, as they are done; ``SandboxError`` where nobody can be graded."""
        again = []
        for job, result in _results(self._jobs):
            if result is None:
                again.append(job)
            else:
                yield job, result
        for job in again:  # alone, so that it is clear of which one the worker died
            [(_, result)] = _results(self._submit([job], 1))
            yield job, result or not_graded(job.student, job.lab, "the grader's own process died of it")

    def _submit(self, jobs: Sequence[Job], workers: int) -> dict[Future, Job]:
        executor = self._stack.enter_context(self._make_executor(min(workers, len(jobs))))
        return {executor.submit(work.do, job): job for job in jobs}


def _results(jobs: dict[Future, Job]) -> Iterator[tuple[Job, SubmissionResult | None]]:
    """(job, result) of each as it is done; the result is None where a worker died."""
    for future in as_completed(jobs):
        job = jobs[future]
        try:
            yield job, future.result()
        except BrokenExecutor:
            yield job, None
        except SandboxError:  # nobody can be graded
            raise
        except Exception as error:  # of the result's way here; it must not cost anybody else a grade
            yield job, not_graded(job.student, job.lab, error)
