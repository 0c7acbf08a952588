"""The draws of hidden checks: the same for the same student, other ones for anybody else."""

import stat

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.checks import draws


def numbers(*words, secret=bytes(32)):
    return draws.generator(secret, *words).random(4).tolist()


def test_draws_repeat_and_differ_in_every_word():
    words = ("ada", "lab01", "task", "check")
    first = numbers(*words)
    assert numbers(*words) == first
    others = [numbers(*words[:place], "other", *words[place + 1 :]) for place in range(4)]
    others += [
        numbers(*words, secret=b"x" * 32),
        numbers("adalab01", "", "task", "check"),
        numbers("ada", "lab01ta", "sk", "check"),
    ]
    assert len({tuple(other) for other in [first, *others]}) == len(others) + 1


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path):
    path = tmp_path / "secret"
    secret = draws.course_secret(path)
    assert len(secret) == 32 and draws.course_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert draws.course_secret(tmp_path / "another") != secret


@pytest.mark.parametrize("content", ["", "short", "zz" * 32, "ab" * 16])
def test_a_broken_secret_is_not_used(tmp_path, content):
    path = tmp_path / "secret"
    path.write_text(content)
    with pytest.raises(CourseError, match="does not hold the course's secret"):
        draws.course_secret(path)
    assert path.read_text() == content


def test_a_secret_that_cannot_be_kept_is_said(tmp_path):
    with pytest.raises(CourseError, match="cannot be written to"):
        draws.course_secret(tmp_path / "no folder" / "secret")
