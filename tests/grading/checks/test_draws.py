"""The draws of hidden checks: the same for the same student, other ones for anybody else."""

import stat

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.checks import draws as inputs


def draws(*words, secret=bytes(32)):
    return inputs.generator(secret, *words).random(4).tolist()


def test_draws_repeat_and_differ_in_every_word():
    words = ("ada", "lab01", "task", "check")
    first = draws(*words)
    assert draws(*words) == first
    others = [draws(*words[:place], "other", *words[place + 1 :]) for place in range(4)]
    others += [
        draws(*words, secret=b"x" * 32),
        draws("adalab01", "", "task", "check"),
        draws("ada", "lab01ta", "sk", "check"),
    ]
    assert len({tuple(other) for other in [first, *others]}) == len(others) + 1


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path):
    path = tmp_path / "secret"
    secret = inputs.course_secret(path)
    assert len(secret) == 32 and inputs.course_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert inputs.course_secret(tmp_path / "another") != secret


@pytest.mark.parametrize("content", ["", "short", "zz" * 32, "ab" * 16])
def test_a_broken_secret_is_not_used(tmp_path, content):
    path = tmp_path / "secret"
    path.write_text(content)
    with pytest.raises(CourseError, match="does not hold the course's secret"):
        inputs.course_secret(path)
    assert path.read_text() == content


def test_a_secret_that_cannot_be_kept_is_said(tmp_path):
    with pytest.raises(CourseError, match="cannot be written to"):
        inputs.course_secret(tmp_path / "no folder" / "secret")
