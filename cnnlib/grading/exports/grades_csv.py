"""grades.csv: a table for spreadsheets."""

import csv
import io

from cnnlib.grading.grades import Grades


class Csv:
    """One line a submission: student, lab, a column per task, score, max_score, by_hand, total, status.

    Where a submission has no score its points are empty, for it was not found to deserve 0. A task of another lab is
    empty, too. ``score`` and ``max_score`` count automatic points alone; ``total`` adds those ``by_hand``, and both are
    empty as long as an answer waits for a person. Labs of this run have a column for all their tasks; others for those
    in the rows.
    """

    name = "csv"
    suffix = ".csv"

    def text(self, grades: Grades) -> str:
        tasks = _columns(grades)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["student", "lab", *tasks, "score", "max_score", "by_hand", "total", "status"])
        for row in grades.rows:
            scores = {task["name"]: task["score"] for task in row["tasks"]}
            numbers = [*(scores.get(name) for name in tasks), row["score"], row["max_score"]]
            numbers += [row.get("by_hand"), row.get("total")]
            # A name that a spreadsheet would take for a formula gets an apostrophe, which shows it as it is.
            student = f"'{row['student']}" if row["student"][0] in "=+-@\t\r" else row["student"]
            words = ["" if number is None else f"{number:g}" for number in numbers]
            writer.writerow([student, row["lab"], *words, row["status"]])
        return text.getvalue()


def _columns(grades: Grades) -> list[str]:
    """Names of tasks, lab by lab."""
    names = {lab: list(tasks) for lab, tasks in grades.points.items()}
    for row in grades.rows:
        names.setdefault(row["lab"], []).extend(task["name"] for task in row["tasks"])
    return list(dict.fromkeys(task for lab in sorted(names) for task in names[lab]))
