"""Tell what a batch came to: a table for people, CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from cnnlib.grading.results import GRADED, UNREADABLE


def csv_text(results, labs):
    """One row a submission: student, lab, a column per task, score, max_score, status.

    Where a submission is unreadable its points are empty, for it was not found to deserve 0. A task of another lab is
    empty, too. ``max_score`` counts automatic points alone; what is graded by hand stands in the gradebook.
    """
    tasks = list(dict.fromkeys(name for lab in labs.values() for name in lab.tasks))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "lab", *tasks, "score", "max_score", "status"])
    for result in results:
        scores = {task.name: f"{task.score:g}" for task in result.tasks}
        score = "" if result.score is None else f"{result.score:g}"
        ends = [score, f"{labs[result.lab].points:g}", result.status]
        # A name that a spreadsheet would take for a formula gets an apostrophe, which shows it as it is.
        student = f"'{result.student}" if result.student[0] in "=+-@\t\r" else result.student
        writer.writerow([student, result.lab, *(scores.get(name, "") for name in tasks), *ends])
    return text.getvalue()


def json_text(results, labs):
    """Everything that was found, check by check."""
    rows = []
    for result in results:
        row = asdict(result)
        del row["cells"]
        for task, found in zip(row["tasks"], result.tasks, strict=True):
            task |= {"score": found.score, "points": found.points}
        rows.append({**row, "score": result.score, "max_score": labs[result.lab].points})
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def summary(results, labs):
    """A table of the statuses, and a second one of the submissions that somebody should look at."""
    counts = Table("lab", "submissions", "graded", "mean score", "of")
    for name, lab in labs.items():
        own = [result for result in results if result.lab == name]
        scores = [result.score for result in own if result.score is not None]
        mean = f"{sum(scores) / len(scores):.1f}" if scores else "–"
        counts.add_row(name, str(len(own)), str(len(scores)), mean, f"{lab.points:g}")
    look = Table("student", "lab", "status", "score", "why")
    for result in results:
        if result.status != GRADED:
            score = "none" if result.status == UNREADABLE else f"{result.score:g}"
            words = (result.student, result.lab, result.status, score, result.detail)
            look.add_row(*(Text(printable(word)) for word in words))
    return [counts, look] if look.row_count else [counts]


def printable(text):
    """Text of strangers for a terminal: nothing in it that would command the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
