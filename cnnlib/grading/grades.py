"""The grades of a course as plain data: what exports are made of, and what one run knows of those before it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnnlib.grading.results import SubmissionResult

Row = dict[str, Any]  # one submission, as grades.json has it


@dataclass(frozen=True)
class Grades:
    """All grades of a folder, also those of earlier runs.

    ``rows`` are in the order of (student, lab). Each has what a ``SubmissionResult`` says, and max_score, the lab's
    automatic points; by_hand, those that a person gave, and total, the sum of all: None as long as an answer waits.
    ``points`` are those of the tasks of each lab that this run graded: lab → task → points.
    """

    rows: list[Row]
    points: Mapping[str, Mapping[str, float]]


# What a row and a task in it must have, that another run may keep them: field → types.
TASK = {"name": str, "score": (int, float)}
POINTS = (int, float, type(None))
ROW = {"student": str, "lab": str, "status": str, "tasks": list, "answers": dict, "score": POINTS, "max_score": POINTS}


def row_of(result: SubmissionResult, max_score: float) -> Row:
    """The row of a submission, check by check; by_hand and total are for the gradebook to say."""
    found = asdict(result)
    del found["cells"]
    for task, judged in zip(found["tasks"], result.tasks, strict=True):
        task |= {"score": judged.score, "points": judged.points}
    return {**found, "score": result.score, "max_score": max_score, "by_hand": None, "total": None}


def read(path: Path) -> list[Row] | None:
    """The rows in the file ``path``, a grades.json; None where there is no file or no such rows in it."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return rows if isinstance(rows, list) and all(_is_row(row) for row in rows) else None


def _is_row(row: Any) -> bool:
    if not _has(row, ROW) or not row["student"] or not all(_has(task, TASK) for task in row["tasks"]):
        return False
    return all(isinstance(row.get(name), POINTS) for name in ("by_hand", "total"))  # grades of old lack them


def _has(found: Any, form: Mapping[str, Any]) -> bool:
    return isinstance(found, dict) and all(isinstance(found.get(name, ...), kinds) for name, kinds in form.items())
