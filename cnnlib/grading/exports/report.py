"""Tell what a batch came to: a table for people, CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from cnnlib.grading.results import GRADED, STATUSES

# What a row and a task in it must have, that another run may keep them: field → types.
TASK = {"name": str, "score": (int, float)}
POINTS = (int, float, type(None))
ROW = {"student": str, "lab": str, "status": str, "tasks": list, "answers": dict, "score": POINTS, "max_score": POINTS}


def row(result, lab):
    """A submission as grades.json has it, check by check; by_hand and total are for the gradebook to say."""
    found = asdict(result)
    del found["cells"]
    for task, judged in zip(found["tasks"], result.tasks, strict=True):
        task |= {"score": judged.score, "points": judged.points}
    return {**found, "score": result.score, "max_score": lab.points, "by_hand": None, "total": None}


def read(path):
    """The rows in the file ``path``, a grades.json; None where there is no file or no such rows in it."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return rows if isinstance(rows, list) and all(_is_row(row) for row in rows) else None


def _is_row(row):
    if not _has(row, ROW) or not row["student"] or not all(_has(task, TASK) for task in row["tasks"]):
        return False
    return all(isinstance(row.get(name), POINTS) for name in ("by_hand", "total"))  # grades of old lack them


def _has(found, form):
    return isinstance(found, dict) and all(isinstance(found.get(name, ...), kinds) for name, kinds in form.items())


def json_text(rows):
    """The rows as JSON."""
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def csv_text(rows, labs):
    """One line a row: student, lab, a column per task, score, max_score, by_hand, total, status.

    Where a submission has no score its points are empty, for it was not found to deserve 0. A task of another lab is
    empty, too. ``score`` and ``max_score`` count automatic points alone; ``total`` adds those ``by_hand``, and both are
    empty as long as an answer waits for a person. ``labs`` are those of which all tasks have a column; of others, those
    in the rows.
    """
    tasks = _columns(rows, labs)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["student", "lab", *tasks, "score", "max_score", "by_hand", "total", "status"])
    for row in rows:
        scores = {task["name"]: task["score"] for task in row["tasks"]}
        numbers = [*(scores.get(name) for name in tasks), row["score"], row["max_score"]]
        numbers += [row.get("by_hand"), row.get("total")]
        # A name that a spreadsheet would take for a formula gets an apostrophe, which shows it as it is.
        student = f"'{row['student']}" if row["student"][0] in "=+-@\t\r" else row["student"]
        words = ["" if number is None else f"{number:g}" for number in numbers]
        writer.writerow([student, row["lab"], *words, row["status"]])
    return text.getvalue()


def _columns(rows, labs):
    """Names of tasks, lab by lab."""
    names = {name: list(lab.tasks) for name, lab in labs.items()}
    for row in rows:
        names.setdefault(row["lab"], []).extend(task["name"] for task in row["tasks"])
    return list(dict.fromkeys(task for lab in sorted(names) for task in names[lab]))


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
