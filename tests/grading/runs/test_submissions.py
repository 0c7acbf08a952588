"""What lies in a folder of submissions is found, or passed over and named."""

import os

from rich.console import Console

from cnnlib import cli


def test_what_is_no_submission_is_passed_over_and_named(course, graded, monkeypatch):
    monkeypatch.setattr(cli.grading, "console", Console(width=200))
    course.submit("ada")
    (course.folder / "bob" / "Lab0_small").mkdir(parents=True)
    (course.folder / "eve").symlink_to(course.folder / "ada")
    (course.folder / "fay").mkdir()
    (course.folder / "guy").mkdir()
    (course.folder / "guy" / "lab00_small.ipynb").write_text("{}")
    (course.folder / "hal.zip").write_bytes(b"")
    code, output, rows = graded()
    assert code == 3 and list(rows) == ["ada"]
    rows = [[cell.strip() for cell in line.split("│")] for line in output.splitlines() if "passed over" in line]
    assert [(student, what, why) for _, student, what, _, _, why, _ in rows] == [
        ("bob", "Lab0_small", "there is no such lab; is it lab00_small?"),
        ("eve", "lab00_small", "it is a link"),
        ("fay", "", "the folder is empty"),
        ("guy", "lab00_small.ipynb", "it lies in no lab's folder (<student>/<lab>/<lab>.ipynb)"),
        ("", "hal.zip", "it lies in no student's folder (<student>/<lab>/<lab>.ipynb)"),
    ]


def test_what_systems_leave_behind_is_nothing_to_look_at(course, graded):
    course.submit("ada")
    (course.folder / "notes.txt").write_text("")
    (course.folder / ".DS_Store").write_text("")
    (course.folder / "ada" / "timestamp.txt").write_text("")
    (course.folder / "ada" / ".ipynb_checkpoints").mkdir()
    (course.folder / "__MACOSX" / "ada" / "lab00_small").mkdir(parents=True)
    code, _, rows = graded()
    assert code == 0 and list(rows) == ["ada"]


def test_a_name_that_no_text_holds_is_passed_over(course, graded):
    course.submit("ada")
    os.makedirs(os.fsencode(course.folder) + b"/bad\xff/lab00_small")
    code, output, rows = graded()
    assert code == 3 and list(rows) == ["ada"] and "UnicodeEncodeError" in output
