"""Whoever does a job, the result is the same: workers that are forked, threads, and processes that share nothing."""

import multiprocessing
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from cnnlib.grading.runs import nets, warm
from cnnlib.grading.runs.executors import ForkedWorkers
from cnnlib.grading.runs.run import Run
from tests.grading.runs.jobs import DOUBLED_ABS, jobs_of


def spawned(workers):
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


def grade_by(make_executor, course, lab, out):
    """(results by student, the files that were written: name → content)."""
    with Run(jobs_of(course, lab, out), make_executor, 2) as run:
        results = {job.student: result for job, result in run.results()}
    return results, {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture
def forked(course, lab, tmp_path):
    """What forked workers, which share a warm sandbox, make of two submissions."""
    course.submit("ada")
    course.submit("bob", DOUBLED_ABS)
    with warm.sandboxes([lab]):
        found = grade_by(ForkedWorkers, course, lab, tmp_path / "forked")
    assert {student: result.score for student, result in found[0].items()} == {"ada": 7, "bob": 6}
    assert {name.partition("/")[0] for name in found[1]} == {"autograded", "feedback"}
    return found


@pytest.mark.parametrize("make_executor", [ThreadPoolExecutor, spawned])
def test_others_find_the_same(forked, course, lab, tmp_path, monkeypatch, make_executor):
    """The spawned processes know of the small lab by what stands in the job alone."""
    own = {}
    monkeypatch.setattr(warm, "_sandboxes", own)
    assert grade_by(make_executor, course, lab, tmp_path / "others") == forked
    for sandbox in own.values():
        sandbox.close()


def limits():
    return os.getpid(), resource.getrlimit(resource.RLIMIT_CPU)[0], resource.getrlimit(resource.RLIMIT_AS)[0]


def test_forked_workers_have_nets():
    with ForkedWorkers(1) as executor:
        worker, cpu_seconds, memory = executor.submit(limits).result()
    assert worker != os.getpid() and cpu_seconds <= nets.CPU_SECONDS + 60 and memory != resource.RLIM_INFINITY
    assert limits()[1] == resource.RLIM_INFINITY


def test_an_error_does_not_wait_for_the_jobs():
    began = time.monotonic()
    executor = ForkedWorkers(1)
    executor.submit(time.sleep, 30)
    executor.__exit__(KeyError, KeyError(), None)
    assert time.monotonic() - began < 20
