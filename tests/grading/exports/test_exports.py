"""Grades in the forms that others read; a new form is one new file."""

import json
import shutil

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading import exports
from cnnlib.grading.grades import Grades

TASK = {"name": "double", "score": 1.5, "points": 4}
ROW = {"student": "ada", "lab": "lab00_small", "status": "graded", "tasks": [TASK], "answers": {}, "score": 1.5}
ROW |= {"max_score": 7, "by_hand": None, "total": None}
NONE = {**ROW, "student": "=1+1", "status": "unreadable", "tasks": [], "score": None}
GRADES = Grades([ROW, NONE], {"lab00_small": {"double": 4, "counter": 3}})

MARKDOWN = r"""
class Markdown:
    name = "markdown"
    suffix = ".md"

    def text(self, grades):
        return "".join(f"- {row['student']}: {row['score']}\n" for row in grades.rows)
"""


@pytest.fixture
def markdown(tmp_path, monkeypatch):
    """A folder with one more export."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "grades_markdown.py").write_text(MARKDOWN)
    monkeypatch.setattr(exports, "__path__", [*exports.__path__, str(tmp_path / "more")])


def test_csv_and_json_are_there():
    assert list(exports.available()) == ["csv", "json"] == list(exports.DEFAULT)


def test_an_unknown_one_is_named():
    with pytest.raises(CourseError, match=r"There is no export xml; there are csv, json\.$"):
        exports.select(["csv", "xml"])


def test_each_is_made_once():
    assert [export.name for export in exports.select(iter(["json", "csv", "json"]))] == ["json", "csv"]


def test_csv_has_no_points_where_there_is_no_score_and_no_formula():
    [csv] = exports.select(["csv"])
    assert csv.text(GRADES) == (
        "student,lab,double,counter,score,max_score,by_hand,total,status\n"
        "ada,lab00_small,1.5,,1.5,7,,,graded\n"
        "'=1+1,lab00_small,,,,7,,,unreadable\n"
    )


def test_json_has_the_rows_as_they_are():
    [found] = exports.select(["json"])
    assert json.loads(found.text(GRADES)) == GRADES.rows and found.text(GRADES).startswith('[\n {\n  "student": "ada"')


def test_a_new_export_is_one_file(course, graded, markdown):
    course.submit("ada")
    assert graded("--export", "markdown")[0] == 0
    assert (course.out / "grades.md").read_text() == "- ada: 7.0\n"
    assert (course.out / "grades.json").is_file() and not (course.out / "grades.csv").exists()


def test_an_unknown_export_is_told_before_anybody_is_graded(course, graded):
    course.submit("ada")
    code, output, _ = graded("--export", "xml")
    assert code == 1 and "There is no export xml; there are csv, json." in output and not course.out.exists()


def test_the_record_of_a_run_is_written_whatever_is_asked_for(course, graded):
    """Or the next run would know nothing of those before it."""
    course.submit("ada")
    graded("--export", "csv")
    shutil.rmtree(course.folder)
    course.submit("bob")
    assert list(graded("--export", "csv")[2]) == ["ada", "bob"]
