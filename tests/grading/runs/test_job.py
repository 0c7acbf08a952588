"""A job is plain data."""

import json
import pickle

import pytest

from cnnlib.grading.checks.lab import load
from cnnlib.grading.runs.job import Job
from tests.grading.runs.jobs import SECRET, jobs_of


@pytest.fixture
def job(course, lab):
    course.submit("ada")
    [job] = jobs_of(course, lab)
    return job


def test_it_goes_through_json_and_pickle(job):
    assert Job(**json.loads(json.dumps(job.plain()))) == job == pickle.loads(pickle.dumps(job))
    assert {type(value) for value in job.plain().values()} == {str, bool}


def test_it_does_not_show_the_secret(job):
    assert job.secret == SECRET.hex() and SECRET.hex() not in repr(job) + str([job])


def test_it_names_the_version_of_the_lab(job, lab, minilab):
    assert job.version == load(lab.name).version
    for path in (lab.source, lab.folder / "checks" / "task1_double.py"):
        text = path.read_text(encoding="utf-8")
        try:
            path.write_text(text + "\n", encoding="utf-8")
            assert load(lab.name).version != job.version
        finally:
            path.write_text(text, encoding="utf-8")
