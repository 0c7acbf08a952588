"""One sandbox a lab, for all that a process grades."""

from dataclasses import replace

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.runs import warm
from tests.grading.runs.jobs import jobs_of


@pytest.fixture
def job(course, lab):
    course.submit("ada")
    [job] = jobs_of(course, lab)
    return job


@pytest.fixture(autouse=True)
def own_sandboxes(monkeypatch):
    """None is there at first; those that a test leaves are closed."""
    found = {}
    monkeypatch.setattr(warm, "_sandboxes", found)
    yield
    for sandbox in found.values():
        sandbox.close()


def test_a_process_makes_one_and_keeps_it(job):
    assert warm.sandbox_of(job) is warm.sandbox_of(replace(job, student="bob"))


def test_those_that_are_there_are_used_and_end_with_the_block(job, lab):
    with warm.sandboxes([lab]) as [sandbox]:
        assert warm.sandbox_of(job) is sandbox
    assert sandbox.process.poll() is not None and not warm._sandboxes


def test_another_version_of_the_lab_is_refused(job):
    with pytest.raises(CourseError, match="lab00_small has changed since this run of the grader began"):
        warm.sandbox_of(replace(job, version="another"))
    assert not warm._sandboxes
