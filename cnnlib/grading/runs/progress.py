"""How far a run is, at the terminal."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cnnlib.grading.results import SubmissionResult
from cnnlib.grading.runs.summary import printable


class RunProgress:
    """A bar that moves on with each result. A context manager."""

    def __init__(self, total: int, console: Console | None = None):
        words = TextColumn("{task.description}", markup=False)
        self.bar = Progress("grading", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), words, console=console)
        self.line = self.bar.add_task("", total=total)

    def __enter__(self) -> "RunProgress":
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def show(self, result: SubmissionResult) -> None:
        """One more is done."""
        self.bar.update(self.line, advance=1, description=printable(f"{result.student}: {result.status}"))
