"""Points that a person gives, in nbgrader's gradebook and in the grades."""

import shutil
from contextlib import contextmanager

import pytest
from nbgrader.api import Gradebook


@pytest.fixture
def grades(course):
    """Look at a student's grades as nbgrader has them, by the name of their cell; a person's points can be given."""

    @contextmanager
    def opened(student="ada"):
        with Gradebook(f"sqlite:///{course.out / 'gradebook.db'}") as book:
            [notebook] = book.find_submission("lab00_small", student).notebooks
            yield {grade.name: grade for grade in notebook.grades}
            book.db.commit()

    return opened


def by_hand(grade, points):
    """Give points as nbgrader's Formgrader does."""
    grade.manual_score, grade.needs_manual_grade = points, False


def test_points_given_by_hand_stay_and_are_added(course, graded, grades):
    course.submit("ada")
    course.submit("bob", {"open": "Another answer."})
    course.submit("eve", raw="")
    _, _, rows = graded()
    assert {(row["by_hand"], row["total"]) for row in rows.values()} == {("", "")}
    with grades() as mine:
        assert mine["open"].needs_manual_grade and mine["open"].auto_score is None
        by_hand(mine["open"], 3)
    _, _, rows = graded()
    assert (rows["ada"]["score"], rows["ada"]["by_hand"], rows["ada"]["total"]) == ("7", "3", "10")
    assert {rows[name]["total"] for name in ("bob", "eve")} == {""}
    with grades() as mine, grades("bob") as others:
        assert not mine["open"].needs_manual_grade and others["open"].needs_manual_grade


def test_an_answer_that_was_left_empty_waits_for_nobody(course, graded, grades):
    course.submit("ada", {"open": "YOUR ANSWER HERE\n"})
    course.submit("bob", change=lambda notebook: notebook.cells.pop())  # it may stand in another cell
    _, _, rows = graded()
    assert (rows["ada"]["by_hand"], rows["ada"]["total"]) == ("0", "7") and rows["bob"]["total"] == ""
    with grades() as mine, grades("bob") as others:
        assert not mine["open"].needs_manual_grade and others["open"].needs_manual_grade
        by_hand(mine["open"], 1)  # all the same: she asked for it in person
    _, _, rows = graded()
    assert (rows["ada"]["by_hand"], rows["ada"]["total"]) == ("1", "8")


def test_a_person_looks_again_only_at_what_changed(course, graded, grades):
    """An answer that she has read does not wait for her, though the code beside it changed; another answer does."""
    course.submit("ada", {"open": "I think so.", "double": "def double(x):\n    return 2 * abs(x)"})
    graded()
    with grades() as mine:
        by_hand(mine["open"], 2)
        by_hand(mine["counter-checks"], 1)
    shutil.rmtree(course.folder / "ada")
    course.submit("ada", {"open": "I think so."})
    assert graded()[2]["ada"]["total"] == "7"  # 4 for double, 1 for counter as she said, and 2
    with grades() as mine:
        assert not any(grade.needs_manual_grade for grade in mine.values())
    shutil.rmtree(course.folder / "ada")
    course.submit("ada", {"open": "I think not.", "counter": "Counter = list"})
    graded()
    with grades() as mine:
        assert mine["open"].needs_manual_grade and mine["open"].manual_score == 2
        assert mine["counter-checks"].needs_manual_grade and not mine["double-checks"].needs_manual_grade
    (course.out / "grades.json").write_text("[1]")  # without it nobody knows what she read
    with grades() as mine:
        by_hand(mine["open"], 2)
    graded()
    with grades() as mine:
        assert mine["open"].needs_manual_grade
