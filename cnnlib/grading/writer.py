"""The one writer of what all submissions share: nbgrader's gradebook, and the files of grades."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.console import Console

from cnnlib._files import copy_aside, write
from cnnlib.grading import grades
from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.exports import Export
from cnnlib.grading.nbgrader import gradebook
from cnnlib.grading.notebooks import feedback
from cnnlib.grading.results import NOT_GRADED, SubmissionResult, not_graded
from cnnlib.terminal import say

RECORD = "grades.json"  # what the next run reads


class Writer:
    """Keeps results one by one in the folder ``out``, then writes the grades. A context manager.

    What ``out`` holds of other submissions, from earlier runs, stays. ``submissions`` is the folder of those, for the
    configuration of nbgrader's own tools.
    """

    def __init__(self, out: Path, labs: Mapping[str, Lab], submissions: Path):
        self.out, self.labs = out, labs
        self.rows: dict[tuple[str, str], grades.Row] = {}  # (student, lab) → row, of this run
        self.before = grades.read(out / RECORD)
        # (student, lab) → the answers for a person, as they were the last time
        self.answers = {(row["student"], row["lab"]): row["answers"] for row in self.before or ()}
        self._stack = ExitStack()
        try:
            self.book = self._stack.enter_context(gradebook.open_gradebook(out / "gradebook.db"))
            solutions = next(iter(labs.values())).folder.parent
            write(out / "nbgrader_config.py", gradebook.configuration(out, solutions, submissions))
            for lab in labs.values():
                gradebook.add_lab(self.book, lab)
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def keep(self, result: SubmissionResult) -> SubmissionResult:
        """Enter a result; returns it, or one that says that it could not be entered."""
        key, lab = (result.student, result.lab), self.labs[result.lab]
        try:
            gradebook.enter(self.book, result, self.answers.get(key))
            row = gradebook.add_points_by_hand(self.book, grades.row_of(result, lab.points))
        except Exception as error:
            self.book.db.rollback()
            result = not_graded(result.student, result.lab, error)
            row = grades.row_of(result, lab.points)
        if result.score is None:  # the gradebook stays as it was, and so do the answers that a person has read
            row["answers"] = self.answers.get(key, {})
        if result.status == NOT_GRADED:
            with suppress(OSError):  # it may be this very page that cannot be written
                feedback.write_page(self.out, result, lab)
        self.rows[key] = row
        return result

    def write_grades(self, exports: Iterable[Export], console: Console) -> None:
        """Write the grades in the form of each export, those of earlier runs among them."""
        for row in self.before or ():
            if (key := (row["student"], row["lab"])) not in self.rows:  # no part of this run
                self.rows[key] = gradebook.add_points_by_hand(self.book, row)
        points = {name: {task.name: task.points for task in lab.tasks.values()} for name, lab in self.labs.items()}
        found = grades.Grades([self.rows[key] for key in sorted(self.rows)], points)
        # All texts are made before an old file is replaced; the record is the first, for it is what the next run reads.
        texts = {self.out / f"grades{export.suffix}": export.text(found) for export in exports}
        if self.before is None:
            _set_aside(list(texts), console)
        for path in sorted(texts, key=lambda path: path.name != RECORD):
            write(path, texts[path])


def _set_aside(paths: list[Path], console: Console) -> None:
    """Copy what an earlier run left in files that cannot be read and will be replaced, and say so."""
    copies = [copy_aside(path) for path in paths if path.is_file()]
    if copies:
        names = " and ".join(copy.name for copy in copies)
        text = f"There was no {RECORD} that could be read in {paths[0].parent}: the grades are of this run alone."
        say(f"{text} Those before are kept as {names}.", console)
