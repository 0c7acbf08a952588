"""How a lab's checks judge: any implementation, in this process."""

from types import SimpleNamespace

import numpy as np
import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.checks import task as checks
from cnnlib.grading.checks import wrong


def rng_of(name):
    return np.random.default_rng([*name.encode()])


def judged(lab, task, **implementation):
    student = SimpleNamespace(**{**vars(lab.solution), **implementation})
    return lab.tasks[task].run(student, lab.solution, rng_of)


def test_the_solution_has_every_point(lab):
    for task in lab.tasks.values():
        result = task.run(lab.solution, lab.solution, rng_of)
        assert result.score == result.points == task.points
        assert result.misconceptions == () and not any(check.message for check in result.checks)


def test_points_are_given_part_by_part(lab):
    result = judged(lab, "double", double=lambda x: 2 * abs(np.asarray(x)))
    assert [check.score for check in result.checks] == [2, 1]
    assert "entries differ" in result.checks[1].message
    assert result.misconceptions == ("The sign of the number is lost on the way.",)


def test_a_misconception_is_named_only_where_it_is_the_answer(lab):
    assert judged(lab, "double", double=lambda x: x * x).misconceptions == (
        "The number is multiplied by itself, not by two.",
    )
    assert judged(lab, "double", double=lambda x: 3 * x).misconceptions == ()
    assert judged(lab, "double", double=lambda x: None).misconceptions == ()


def test_two_mistakes_at_once_are_both_named(lab):
    def both(x):
        x = np.asarray(x)
        return x * x if x.ndim == 1 and (x > 0).all() else 2 * np.abs(x)

    assert len(judged(lab, "double", double=both).misconceptions) == 2


@pytest.mark.parametrize(("answer", "message"), [
    (lambda x: x[:-1], r"its shape is \(2,\), and \(3,\) was expected"),
    (lambda x: None, "it is None; was a return forgotten"),
    (lambda x: "text", "it is no array of numbers"),
    (lambda x: 1 / 0, r"the answer has another form than the task asks for \(ZeroDivisionError\)"),
    (lambda x: wrong("so it is"), "so it is"),
])  # fmt: skip
def test_what_is_wrong_is_said(lab, answer, message):
    import re

    result = judged(lab, "double", double=answer)
    assert result.score == 0 and re.match(message, result.checks[0].message)


def test_a_check_that_fails_on_the_solution_is_the_authors_mistake(lab):
    broken = SimpleNamespace(double=lambda x: 1 / 0)
    with pytest.raises(CourseError, match="check positive of task double fails on the solution"):
        lab.tasks["double"].run(lab.solution, broken, rng_of)


def test_more_or_fewer_answers_than_the_solution_gives_count_nothing(lab):
    task = checks.Task("count", "Count", functions=["count"])

    @task.check(points=3)
    def each(student, rng):
        """One by one."""
        yield from student.count()

    right = SimpleNamespace(count=lambda: [1, 2, 3])
    for given in ([1, 2], [1, 2, 3, 4], []):
        result = task.run(SimpleNamespace(count=lambda given=given: given), right, rng_of)
        assert result.score == 0 and result.checks[0].message == "it gave another number of answers"


def test_a_rejection_is_explained_by_its_evidence(lab):
    """Which a student does not see: the same words may come from different mistakes."""
    task = checks.Task("half", "Half", functions=["half"])

    @task.check(points=1)
    def eight(student, rng):
        """Half of 8."""
        if student.half(8) != 4:
            wrong("it is not half of it", evidence=student.half(8))
        return 4

    for name, factor in (("third", 3), ("quarter", 4)):
        task.misconceptions.append(checks.Misconception(lambda x, factor=factor: x / factor, "half"))
        task.misconceptions[-1].function.__name__ = name
        task.misconceptions[-1].function.__doc__ = f"It is a {name}."
    right = SimpleNamespace(half=lambda x: x / 2)
    result = task.run(SimpleNamespace(half=lambda x: x / 4), right, rng_of)
    assert (result.checks[0].message, result.misconceptions) == ("it is not half of it", ("It is a quarter.",))
    assert task.run(SimpleNamespace(half=lambda x: 1), right, rng_of).misconceptions == ()
