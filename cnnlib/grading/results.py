"""What grading finds, from a single check up to a whole submission: plain, frozen data."""

from dataclasses import dataclass, field

GRADED = "graded"
PARTLY_EXECUTED = "partly executed"  # a cell raised; everything else was run and checked
TIMED_OUT = "timed out"  # a cell or a call took too long; everything else was run and checked
CRASHED = "crashed"  # a cell or a call ended the process or used up its memory; likewise
UNREADABLE = "unreadable"  # no notebook could be read: no score, which is not a score of 0
NOT_GRADED = "not graded"  # the grader itself failed on it: no score either, until somebody has looked
NO_SCORE = (UNREADABLE, NOT_GRADED)
STATUSES = (GRADED, PARTLY_EXECUTED, TIMED_OUT, CRASHED, UNREADABLE, NOT_GRADED)  # from good to bad

LONGEST_DETAIL = 500  # characters


@dataclass(frozen=True)
class CheckResult:
    """One check: ``says`` is what it looked at, ``message`` what was wrong, empty where nothing was."""

    name: str
    says: str
    points: float
    score: float
    message: str = ""


def check_cell_of(task: str) -> str:
    """grade_id of the cell that stands for the checks of the task of that name in a notebook."""
    return f"{task}-checks"


@dataclass(frozen=True)
class TaskResult:
    """One task: its checks, and the sentences of the misconceptions that explain what went wrong."""

    name: str
    title: str
    checks: tuple[CheckResult, ...]
    misconceptions: tuple[str, ...] = ()

    @property
    def check_cell(self) -> str:
        return check_cell_of(self.name)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def score(self) -> float:
        return round(sum(check.score for check in self.checks), 2)


@dataclass(frozen=True)
class CellResult:
    """One code cell of the submission, as it ran: ``id`` is its number, as Jupyter counts code cells."""

    id: int
    output: str = ""
    error: str = ""  # the traceback's text, or what stopped the cell


@dataclass(frozen=True)
class SubmissionResult:
    """One notebook. ``tasks`` is empty where the status is one of ``NO_SCORE``; ``detail`` then says why.

    ``answers`` are those that a person grades: grade_id → text.
    """

    student: str
    lab: str
    status: str
    detail: str = ""
    tasks: tuple[TaskResult, ...] = ()
    cells: tuple[CellResult, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """Automatic points, or None where there are none to tell."""
        return None if self.status in NO_SCORE else round(sum(task.score for task in self.tasks), 2)


def not_graded(student: str, lab: str, why: str | BaseException) -> SubmissionResult:
    """The result of a submission that the grader failed on; ``why`` may be an exception."""
    if isinstance(why, BaseException):
        why = f"the grader failed ({type(why).__name__}: {why})"
    return SubmissionResult(student, lab, NOT_GRADED, why[:LONGEST_DETAIL])
