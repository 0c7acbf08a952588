"""Tell what a batch came to: a table for people, CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from cnnlib.grading.results import GRADED, STATUSES


def csv_text(results, labs, by_hand):
    """One row a submission: student, lab, a column per task, score, max_score, by_hand, total, status.

    Where a submission has no score its points are empty, for it was not found to deserve 0. A task of another lab is
    empty, too. ``score`` and ``max_score`` count automatic points alone. ``by_hand`` has, for each result, what
    ``gradebook.by_hand`` gives; ``total`` adds it, and both are empty as long as an answer waits for a person.
    """
    tasks = list(dict.fromkeys(name for lab in labs.values() for name in lab.tasks))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "lab", *tasks, "score", "max_score", "by_hand", "total", "status"])
    for result, points in zip(results, by_hand, strict=True):
        scores = {task.name: f"{task.score:g}" for task in result.tasks}
        score = "" if result.score is None else f"{result.score:g}"
        given = ["" if number is None else f"{number:g}" for number in points]
        ends = [score, f"{labs[result.lab].points:g}", *given, result.status]
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


def answers(path):
    """(student, lab) → the answers for a person, as the JSON in the file ``path`` has them; empty where it has none."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {(row["student"], row["lab"]): row["answers"] for row in rows}
    except (OSError, ValueError, LookupError, TypeError):  # the first time; or written by something else
        return {}


def summary(results, labs, passed_over=()):
    """A table of the statuses, and a second one of what somebody should look at: submissions, and what is none."""
    counts = Table("lab", "submissions", "graded", "mean score", "of")
    for name, lab in labs.items():
        own = [result for result in results if result.lab == name]
        scores = [result.score for result in own if result.score is not None]
        mean = f"{sum(scores) / len(scores):.1f}" if scores else "–"
        counts.add_row(name, str(len(own)), str(len(scores)), mean, f"{lab.points:g}")
    look = Table("student", "lab", "status", "score", "why")
    for result in sorted(results, key=lambda result: STATUSES.index(result.status)):  # the worst stand last
        if result.status != GRADED:
            score = "none" if result.score is None else f"{result.score:g}"
            words = (result.student, result.lab, result.status, score, result.detail)
            look.add_row(*(Text(printable(word)) for word in words))
    for entry in passed_over:
        words = (entry.student, entry.what, "passed over", "none", entry.why)
        look.add_row(*(Text(printable(word)) for word in words))
    return [counts, look] if look.row_count else [counts]


def printable(text):
    """Text of strangers for a terminal: nothing in it that would command the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
