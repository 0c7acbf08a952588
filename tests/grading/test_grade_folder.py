"""A folder of submissions, graded as an instructor does it: by `cnnlab grade`, good ones and bad ones together."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from cnnlib import cli
from cnnlib.grading.sandbox import bubblewrap

FULL = {"double": "4", "counter": "3", "score": "7"}


def old_notebook():
    """A right answer in nbformat 3."""
    cells = [
        {"cell_type": "code", "input": "import numpy as np\ndouble = lambda x: 2 * np.asarray(x)", "outputs": []}
        | {"language": "python", "collapsed": False, "metadata": {}}
    ]
    return json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells, "metadata": {}}]}
    )


def without_checks(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.nbgrader.grade]


def with_twice(notebook):
    notebook.cells.insert(4, notebook.cells[3])


# In the order of the names, which is the order of the rows.
BAD = {
    "a empty": ({"raw": ""}, "unreadable", {"double": "", "counter": "", "score": ""}),
    "b corrupt": ({"raw": '{"nbformat": 4, "cells": ['}, "unreadable", {"double": "", "counter": "", "score": ""}),
    "c old": ({"raw": old_notebook()}, "graded", {"double": "4", "counter": "0", "score": "4"}),
    "d syntax": ({"cells": {"double": "def double(x:"}}, "partly executed", {"double": "0", "counter": "3"}),
    "e endless": ({"cells": {"double": "while True: pass"}}, "timed out", {"double": "0", "counter": "3"}),
    "f memory": (
        {"cells": {"double": "x = []\nwhile True: x.append(bytearray(10**8))"}},
        "crashed",
        {"double": "0", "counter": "3"},
    ),
    "g exit": ({"cells": {"double": "import os\nos._exit(0)"}}, "crashed", {"double": "0", "counter": "3"}),
    "h deleted": ({"change": without_checks}, "graded", FULL),
    "i duplicated": ({"change": with_twice}, "graded", FULL),
    "j printing": (
        {"cells": {"double": "for _ in range(200):\n    print('x' * 10**6)\ndouble = lambda x: 2 * x"}},
        "graded",
        FULL,
    ),
}


def test_ten_bad_submissions_harm_nobody(course, graded):
    for student, (options, _, _) in BAD.items():
        course.submit(student, **options)
    good = {f"{letter} good": {"double": "def double(x):\n    return x + x"} for letter in "abcefgjz"}
    for student, cells in good.items():
        course.submit(student, cells)
    code, output, rows = graded()
    assert code == 3
    for student, (_, status, points) in BAD.items():
        assert rows[student]["status"] == status, student
        assert rows[student] | points == rows[student], student
    for student in good:
        assert rows[student]["status"] == "graded" and rows[student] | FULL == rows[student]
    assert {row["max_score"] for row in rows.values()} == {"7"}
    told = " ".join(output.split())
    for words in ("a empty", "the file is empty", "e endless", "timed out"):
        assert words in told
    assert {path.parent.name for path in course.out.glob("feedback/*/lab00_small.html")} == set(rows)
    feedback = {student: (course.out / "feedback" / student / "lab00_small.html").read_text() for student in rows}
    assert "could not be read" in feedback["a empty"] and "Score:" not in feedback["a empty"]
    assert "(Score: 7.0 / 7.0)" in feedback["z good"] and "more characters" in feedback["j printing"]
    with Gradebook(f"sqlite:///{course.out / 'gradebook.db'}") as book:
        entered = {submission.student.id: submission.score for submission in book.assignment_submissions("lab00_small")}
    assert entered == {student: float(row["score"]) for student, row in rows.items() if row["score"]}
    found = {row["student"]: row for row in json.loads((course.out / "grades.json").read_text())}
    assert found["a empty"]["score"] is None and found["e endless"]["detail"] == "cell [2]: no answer within 3 seconds"
    assert found["z good"]["tasks"][0]["checks"][0]["says"] == "Numbers above 0."


def test_a_good_batch_ends_with_0_and_a_regrade_says_the_same(course, graded):
    course.submit("ada", {"double": "def double(x):\n    return 2 * abs(x)"})
    course.submit("bob", {"double": "def double(x):\n    raise NotImplementedError()"})
    assert graded()[0] == 0
    names = ("grades.csv", "grades.json", "feedback/ada/lab00_small.html", "feedback/bob/lab00_small.html")
    first = {name: (course.out / name).read_bytes() for name in names}
    assert b"ada,lab00_small,3,3,6,7,,,graded" in first["grades.csv"]
    assert b"bob,lab00_small,0,3,3,7,,,graded" in first["grades.csv"]
    assert b"The sign of the number is lost on the way." in first["feedback/ada/lab00_small.html"]
    assert graded("--workers", "1")[0] == 0
    assert {name: (course.out / name).read_bytes() for name in names} == first


def test_nothing_secret_stands_in_feedback(course, graded, lab):
    """Neither the solution nor the checks, whatever the student's code prints or raises."""
    loud = "def double(x):\n    print(x)\n    raise ValueError(x)"
    course.submit("ada", {"double": loud, "counter": "1 / 0", "open": "my answer"})
    course.submit("bob", {"double": "double = np.sqrt", "counter": "Counter = list", "open": "my answer"})
    graded()
    hidden = ["the well-kept secret", "np.asarray(x)", "def positive", "rng.random", "Because it is so"]
    for path in course.out.glob("feedback/*/*.html"):
        text = path.read_text(encoding="utf-8")
        assert [words for words in hidden if words in text] == []


def test_the_marked_notebook_is_one_that_nbgrader_takes(course, graded, lab):
    course.submit("ada", {"double": "def double(x):\n    return 2 * abs(x)"}, change=with_twice)
    graded()
    notebook = nbformat.read(course.out / "autograded" / "ada" / lab.name / f"{lab.name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    from nbgrader.utils import determine_grade, is_grade

    graded_cells = {cell.metadata.nbgrader.grade_id: determine_grade(cell) for cell in notebook.cells if is_grade(cell)}
    assert graded_cells == {"double-checks": (3, 4), "counter-checks": (3, 3), "open": (None, 4)}


# --- what can go wrong before anybody is graded ---


@pytest.mark.parametrize(("arguments", "message"), [
    (["{tmp}/nowhere"], "There is no folder"),
    (["{tmp}/submitted"], "They should lie there as <student>/<lab>/<lab>.ipynb, with labs lab00_small."),
    (["{tmp}/submitted", "--out", "{tmp}/submitted/graded"], "--out lies within the submissions"),
])  # fmt: skip
def test_mistakes_are_one_message(lab, tmp_path, arguments, message):
    (tmp_path / "submitted").mkdir()
    done = CliRunner().invoke(cli.app, ["grade", *(word.format(tmp=tmp_path) for word in arguments)])
    assert done.exit_code == 1 and message in " ".join(done.output.split())


def test_without_a_sandbox_grading_refuses(course, graded, monkeypatch):
    course.submit("ada")
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    code, output, rows = graded()
    assert code == 1 and not rows
    for words in ("the command bwrap is missing", "apt-get install bubblewrap", "--no-sandbox"):
        assert words in output


def test_a_sandbox_that_does_not_work_refuses_too(course, graded, monkeypatch, tmp_path):
    course.submit("ada")
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: str(broken))
    code, output, rows = graded()
    assert code == 1 and not rows and "No permissions to create new namespace" in output


def test_no_sandbox_is_possible_when_it_is_said(course, graded, monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    course.submit("ada", {"double": "import os\ndef double(x):\n    return 2 * x"})
    course.submit("bob", {"double": "from cnnlib import conv\ndef double(x):\n    return 2 * x"})
    code, _, rows = graded("--no-sandbox")
    assert code == 3 and rows["ada"] | FULL == rows["ada"]
    assert rows["bob"]["status"] == "partly executed"  # the answers are not on its path there either


@pytest.mark.parametrize(("name", "other"), [
    ('"grade_id": "counter-checks"', '"grade_id": "counter-check"'), # the cell is missing
    ('"points": 3', '"points": 2'),
])  # fmt: skip
def test_a_task_whose_points_are_not_in_the_notebook_stops_everything(minilab, course, graded, name, other):
    course.submit("ada")
    source = minilab / "lab00_small" / "lab00_small.ipynb"
    text = source.read_text(encoding="utf-8")
    try:
        source.write_text(text.replace(name, other), encoding="utf-8")
        code, output, rows = graded()
    finally:
        source.write_text(text, encoding="utf-8")
    assert code == 1 and not rows and name in text
    assert "The checks of task counter have 3 points" in " ".join(output.split())


def test_a_gradebook_of_the_lab_with_other_tasks(minilab, course, graded):
    """nbgrader cannot add a task to a lab that has grades; they stay as they are."""
    course.submit("ada")
    _, _, before = graded()
    source = minilab / "lab00_small" / "lab00_small.ipynb"
    text = source.read_text(encoding="utf-8")
    try:
        source.write_text(text.replace('"grade_id": "open"', '"grade_id": "another"'), encoding="utf-8")
        code, output, rows = graded()
    finally:
        source.write_text(text, encoding="utf-8")
    assert code == 1 and rows == before
    assert "has other graded cells than when its grades in" in output and "--out" in output


def test_names_and_messages_are_only_words(course, graded):
    """No markup of Rich's, no command to the terminal, no formula in a spreadsheet."""
    course.submit("=1+1", {"double": "raise ValueError('[/x] [link=http://a.example]b[/] \x1b[2J')"})
    course.submit("[bold]", {"double": "raise ValueError('[/')"})
    code, output, rows = graded()
    assert code == 3 and set(rows) == {"'=1+1", "[bold]"}
    assert "[/x]" in output and "\x1b[2J" not in output and "[bold]" in output


def runs(pid):
    """Whether there is such a process, and not only what is left of it until somebody asks."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_end_of_the_grader_ends_its_workers(course, minilab, how):
    """At an interrupt from the terminal, and when it is killed."""
    for number in range(4):
        course.submit(f"s{number}", {"double": "import time\nfor _ in range(25): time.sleep(0.1)"})
    script = f"""
import sys
from pathlib import Path
from cnnlib.grading.checks import lab
from cnnlib.grading.grade_folder import grade_folder
from cnnlib.grading.runs.submissions import find
lab.SOLUTIONS = Path({str(minilab)!r})
grade_folder(find({str(course.folder)!r})[0], {str(course.out)!r}, bytes(32), workers=2)
"""
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stderr=subprocess.PIPE)
    try:
        children = []
        while len(children) < 3:  # the sandbox and two workers
            time.sleep(0.1)
            assert process.poll() is None, process.stderr.read().decode()
            children = [
                int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            ]
        time.sleep(1.5)
        os.killpg(process.pid, how) if how == signal.SIGINT else process.kill()
        process.wait(10)
        time.sleep(0.5)
        assert [pid for pid in children if runs(pid)] == []
    finally:
        process.kill()
        process.stderr.close()
    assert not (course.out / "grades.csv").exists()
