"""Grading a part of the course changes the grades of that part: all others stay, and so do points given by hand."""

import csv
import json
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.grading.small_lab import write_lab


@pytest.fixture
def rows(course):
    """Read what the grades hold: (student, lab) → line of grades.csv; grades.json must have the same lines."""

    def read():
        with (course.out / "grades.csv").open(encoding="utf-8") as file:
            lines = {(line["student"], line["lab"]): line for line in csv.DictReader(file)}
        found = json.loads((course.out / "grades.json").read_text(encoding="utf-8"))
        assert [(row["student"], row["lab"]) for row in found] == list(lines)
        assert [row["status"] for row in found] == [line["status"] for line in lines.values()]
        return lines

    return read


def give(course, student, points):
    """Give points for the open answer, as a person does in the Formgrader."""
    with Gradebook(f"sqlite:///{course.out / 'gradebook.db'}") as book:
        grade = book.find_grade("open", "lab00_small", "lab00_small", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


def waits(course, student):
    with Gradebook(f"sqlite:///{course.out / 'gradebook.db'}") as book:
        return book.find_grade("open", "lab00_small", "lab00_small", student).needs_manual_grade


@pytest.fixture
def three(course, graded):
    """Three students, all graded: one whole, one with a mistake, one unreadable; then the folder is empty."""
    course.submit("ada")
    course.submit("bob", {"double": "def double(x):\n    return 2 * abs(x)"})
    course.submit("eve", raw="")
    graded()
    shutil.rmtree(course.folder)


def test_the_rows_of_others_stay(course, graded, rows, three):
    before = rows()
    course.submit("bob")
    course.submit("carl")
    graded()
    after = rows()
    assert [student for student, _ in after] == ["ada", "bob", "carl", "eve"]
    for student in ("ada", "eve"):
        assert after[student, "lab00_small"] == before[student, "lab00_small"]
    assert (before["bob", "lab00_small"]["score"], after["bob", "lab00_small"]["score"]) == ("6", "7")


def test_a_part_graded_again_changes_nothing(course, graded):
    for student in ("ada", "bob"):
        course.submit(student, {"double": "def double(x):\n    return 2 * abs(x)"})
    graded()
    first = {name: (course.out / name).read_bytes() for name in ("grades.csv", "grades.json")}
    shutil.rmtree(course.folder / "ada")
    graded()
    assert {name: (course.out / name).read_bytes() for name in first} == first


def test_points_by_hand_stay_in_the_rows_of_others(course, graded, rows, three):
    """Those that were given before, and those that were given since; where there is no gradebook any more, as told."""
    give(course, "ada", 3)
    course.submit("bob")
    graded()
    assert (rows()["ada", "lab00_small"]["by_hand"], rows()["ada", "lab00_small"]["total"]) == ("3", "10")
    give(course, "bob", 1)
    (course.out / "gradebook.db").unlink()
    graded()
    assert (rows()["ada", "lab00_small"]["by_hand"], rows()["ada", "lab00_small"]["total"]) == ("3", "10")
    assert rows()["bob", "lab00_small"]["total"] == ""
    shutil.rmtree(course.folder)
    course.submit("ada")
    graded()
    give(course, "ada", 2)
    shutil.rmtree(course.folder)
    course.submit("bob")
    graded()
    assert rows()["ada", "lab00_small"]["total"] == "9" and not waits(course, "ada")
    shutil.rmtree(course.folder)
    course.submit("ada")  # her answer was read, in a run before the last
    graded()
    assert rows()["ada", "lab00_small"]["total"] == "9" and not waits(course, "ada")


def test_an_answer_that_was_read_is_known_after_a_run_without_a_score(course, graded, rows, three):
    give(course, "ada", 3)
    path = course.submit("ada", raw="")
    graded()
    assert rows()["ada", "lab00_small"]["status"] == "unreadable" and rows()["ada", "lab00_small"]["total"] == ""
    shutil.rmtree(path.parent)
    course.submit("ada")
    graded()
    assert rows()["ada", "lab00_small"]["total"] == "10" and not waits(course, "ada")


def test_the_other_lab(course, graded, rows, three, minilab, monkeypatch, tmp_path):
    """A lab of which one task has the same name, and one another."""
    before = rows()
    give(course, "ada", 4)
    solutions = write_lab(tmp_path / "more")
    shutil.copytree(minilab / "lab00_small", solutions / "lab00_small", dirs_exist_ok=True)
    other = solutions / "lab01_other"
    shutil.copytree(solutions / "lab00_small", other)
    source = (other / "lab00_small.ipynb").read_text(encoding="utf-8").replace("counter", "tally")
    (other / "lab00_small.ipynb").unlink()
    (other / "lab01_other.ipynb").write_text(source, encoding="utf-8")
    checks = other / "checks" / "task2_counter.py"
    checks.write_text(checks.read_text().replace('lab.task("counter"', 'lab.task("tally"'))
    monkeypatch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", solutions)
    path = course.folder / "ada" / "lab01_other" / "lab01_other.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nbformat.read(other / "lab01_other.ipynb", as_version=4), path)
    assert graded()[0] == 0
    after = rows()
    new = after.pop(("ada", "lab01_other"))
    assert (new["double"], new["counter"], new["tally"], new["score"]) == ("4", "", "3", "7")
    assert list(new)[2:5] == ["double", "counter", "tally"]
    before["ada", "lab00_small"] |= {"by_hand": "4", "total": "11"}
    assert after == {key: {**line, "tally": ""} for key, line in before.items()}


@pytest.mark.parametrize("text", [
    "", "[1]", "{}", "7", '[{"student": "ada"}]', '[{"student": "ada", "lab": "lab00_small", "status": "graded", '
    '"tasks": [7], "answers": {}, "score": 7, "max_score": 7}]', '[{"student": "ada", "lab": "lab00_small", '
    '"status": "graded", "tasks": [], "answers": {}, "score": 7, "max_score": 7, "total": "9"}]', b"\xff", None,
])  # fmt: skip
def test_grades_that_cannot_be_read_are_kept_aside(course, graded, rows, three, text):
    path = course.out / "grades.json"
    path.unlink() if text is None else path.write_bytes(text if isinstance(text, bytes) else text.encode())
    table = (course.out / "grades.csv").read_bytes()
    course.submit("bob")
    code, output, _ = graded()
    assert code == 0 and [student for student, _ in rows()] == ["bob"]
    assert "no grades.json that could be read" in output and "grades.old.csv" in output
    assert (course.out / "grades.old.csv").read_bytes() == table
    if text is not None:
        kept = course.out / "grades.old.json"
        assert kept.read_bytes() == (text if isinstance(text, bytes) else text.encode())
        path.write_text("again")
        graded()
        assert (course.out / "grades.old-2.json").read_text() == "again" and kept.exists()


def test_the_first_run_keeps_nothing_aside(course, graded):
    course.submit("ada")
    _, output, _ = graded()
    assert "grades.old" not in output and not list(course.out.glob("*.old*"))
