"""What a run came to, as tables for the terminal."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.results import GRADED, STATUSES, SubmissionResult
from cnnlib.grading.runs.submissions import PassedOver


def summary(
    results: Iterable[SubmissionResult], labs: Mapping[str, Lab], passed_over: Iterable[PassedOver] = ()
) -> list[Table]:
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


def printable(text: str) -> str:
    """Text of strangers for a terminal: nothing in it that would command the terminal."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
