"""Whatever happens while one submission is judged costs that submission alone: it has no score, and is named."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from cnnlib import cli
from cnnlib.errors import CourseError
from cnnlib.grading.checks.task import Task
from cnnlib.grading.nbgrader import gradebook
from cnnlib.grading.notebooks import submission
from cnnlib.grading.runs import work
from cnnlib.grading.sandbox.bubblewrap import no_sandbox

FULL = {"double": "4", "counter": "3", "score": "7", "status": "graded"}
NOBODY = 65534  # a user without rights


class Odd(Exception):
    """It goes into another process, but cannot be made there again."""

    def __init__(self, one, two):
        super().__init__(one)


def end(*_):
    os._exit(1)


def raises(error):
    def act(*_, **__):
        raise error

    return act


def only_ada_fails(rows, course):
    """Whether she has no score and all others theirs, in the grades, in the gradebook, and in what she is told."""
    assert rows["ada"]["status"] == "not graded", rows["ada"]
    assert {rows["ada"][name] for name in ("double", "counter", "score", "by_hand", "total")} == {""}
    assert all(row | FULL == row for name, row in rows.items() if name != "ada") and len(rows) == 3
    with Gradebook(f"sqlite:///{course.out / 'gradebook.db'}") as book:
        assert {entry.student.id for entry in book.assignment_submissions("lab00_small")} == {"bob", "eve"}
    return True


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """A terminal in which the table breaks no line."""
    monkeypatch.setattr(cli.grading, "console", Console(width=400))


@pytest.fixture
def three(course):
    for student in ("ada", "bob", "eve"):
        course.submit(student)


@pytest.mark.parametrize("fault", [
    raises(KeyError("a fault")),
    raises(CourseError("the task declares no method shape")),
    raises(MemoryError()),
    raises(PermissionError(13, "Permission denied")),
    raises(SystemExit(0)),
    raises(KeyboardInterrupt()),
    raises(Odd("one", "two")),
    raises(ValueError("\udcff")),
    end,
    lambda *_: (lambda: "no result that another process could get", None),
])  # fmt: skip
def test_a_fault_while_one_is_graded(course, three, graded, monkeypatch, fault):
    real = work.grade
    monkeypatch.setattr(work, "grade", lambda *args: (fault if args[1] == "ada" else real)(*args))
    code, output, rows = graded()
    assert code == 3 and only_ada_fails(rows, course) and "not graded" in output
    page = (course.out / "feedback" / "ada" / "lab00_small.html").read_text()
    assert "has not been graded yet" in page and "declares" not in page and "Score" not in page


@pytest.mark.parametrize(("folder", "error"), [("autograded", "NotADirectoryError"), ("feedback", "FileExistsError")])
def test_a_folder_that_cannot_be_written(course, three, graded, folder, error):
    (course.out / folder).mkdir(parents=True)
    (course.out / folder / "ada").write_text("a file in the place of a folder")
    code, output, rows = graded()
    assert code == 3 and only_ada_fails(rows, course) and error in output


def test_a_grade_that_cannot_be_entered(course, three, graded, monkeypatch):
    real = gradebook.enter

    def enter(book, result, *rest):
        if result.student == "ada":
            book.update_or_create_student("half done")
            raise ValueError("no such notebook")
        real(book, result, *rest)

    monkeypatch.setattr(gradebook, "enter", enter)
    code, output, rows = graded()
    assert code == 3 and only_ada_fails(rows, course) and "no such notebook" in output


@pytest.fixture
def checks(minilab):
    """Change the text of the first task's checks, or of the second's, for one test."""
    texts = {}

    def change(name, old, new):
        path = minilab / "lab00_small" / "checks" / f"{name}.py"
        texts.setdefault(path, path.read_text())
        assert old in texts[path]
        path.write_text(texts[path].replace(old, new))

    yield change
    for path, text in texts.items():
        path.write_text(text)


def test_a_check_that_asks_for_what_its_task_does_not_declare(course, graded, checks):
    """It does so for ada's answer alone: the batch went on without it, and ended at it."""
    checks("task2_counter", "    return counter.total()\n", "    return counter.total() or counter.sum\n")
    course.submit("ada", {"counter": "class Counter:\n    def __init__(self, change): pass\n"
                                     "    def add(self, number): pass\n    def total(self): return 0"})  # fmt: skip
    course.submit("bob")
    course.submit("eve")
    code, output, rows = graded()
    assert code == 3 and only_ada_fails(rows, course) and "declares no method sum" in output


def test_a_draw_on_which_the_solution_fails(course, graded, checks, tmp_path):
    checks("task1_double", "return student.double(rng.random(3))", "return student.double(*range(rng.integers(1, 3)))")
    (tmp_path / "secret").write_text("00" * 32 + "\n")
    for student in "abcdefgh":
        course.submit(student)
    code, output, rows = graded()
    assert code == 3 and {row["status"] for row in rows.values()} == {"graded", "not graded"}
    assert "check positive of task double fails on the solution" in output
    assert {row["score"] for row in rows.values() if row["status"] == "not graded"} == {""}
    assert {row["score"] for row in rows.values() if row["status"] == "graded"} == {"7"}


@pytest.mark.parametrize("answer", ["in the check", "in the comparison"])
def test_memory_that_the_grader_lacks_is_no_wrong_answer(monkeypatch, answer):
    task = Task("f", "F", functions=["f"])

    @task.check(points=1)
    def one(student, rng):
        "One."
        return student.f()

    class Student:
        f = staticmethod(raises(MemoryError()) if answer == "in the check" else lambda: 1)

    class Solution:
        f = staticmethod(lambda: 1)

    if answer == "in the comparison":
        monkeypatch.setattr("cnnlib.grading.checks.task.difference", raises(MemoryError()))
    with pytest.raises(MemoryError):
        task.run(Student, Solution, lambda name: np.random.default_rng(0))


def test_without_a_sandbox_nobody_is_graded(course, three, graded, monkeypatch):
    """It works at first, and then no more."""
    monkeypatch.setattr(work, "grade", raises(no_sandbox("it is gone")))
    code, output, rows = graded()
    assert code == 1 and not rows and "it is gone" in output


# --- what cannot be read ---


@pytest.fixture
def without_rights(monkeypatch):
    """Do something as a user who may not read what is ours."""

    def act(function, *args):
        if os.geteuid():
            return function(*args)
        os.seteuid(NOBODY)
        try:
            return function(*args)
        finally:
            os.seteuid(0)

    return act


def test_a_folder_of_a_lab_that_may_not_be_read(without_rights, tmp_path):
    folder = tmp_path / "ada" / "lab00_small"
    folder.mkdir(parents=True)
    folder.chmod(0)
    try:
        with pytest.raises(submission.Unreadable, match=r"its folder cannot be read \(Permission denied\)"):
            without_rights(submission.read, folder, "lab00_small")
    finally:
        folder.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("which", ["ada", "ada/lab00_small"])
def test_a_folder_that_may_be_listed_and_no_more(course, graded, monkeypatch, which):
    course.submit("ada")
    course.submit("bob")
    real = Path.stat

    def stat_of(path, **options):
        if path == course.folder / which:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat_of)
    code, output, rows = graded()
    assert code == 3 and rows["bob"] | FULL == rows["bob"] and list(rows) == ["bob"]
    assert "PermissionError" in output


def test_a_name_of_another_system_does_not_end_the_batch(course, three, graded):
    """A renamed notebook, which is no file, in letters that no text holds: the table and the JSON tell of it."""
    (course.folder / "ada" / "lab00_small" / "lab00_small.ipynb").unlink()
    os.mkdir(os.fsencode(course.folder) + b"/ada/lab00_small/\xff.ipynb")
    code, _, rows = graded()
    assert code == 3 and {name: row["status"] for name, row in rows.items()} == {
        "ada": "unreadable", "bob": "graded", "eve": "graded",
    }  # fmt: skip
