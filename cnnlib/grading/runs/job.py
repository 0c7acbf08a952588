"""What a worker is asked to do: plain data, that any process of any machine which sees the same files can do."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.runs.submissions import Submission


@dataclass(frozen=True)
class Job:
    """Grade one submission: who, which lab in which version, where it lies, and where to write what is the student's.

    Folders are absolute paths; ``secret`` is the course's, in hexadecimal digits.
    """

    student: str
    lab: str
    version: str
    solutions: str
    folder: str
    out: str
    confined: bool
    secret: str = field(repr=False)  # a traceback or a log must not show it

    @classmethod
    def of(cls, submission: Submission, lab: Lab, out: Path, secret: bytes, *, confined: bool = True) -> "Job":
        """The job of grading ``submission`` of ``lab`` into the folder ``out``."""
        solutions, folder = str(lab.folder.parent), str(submission.folder.absolute())
        version, out_path = lab.version, str(out.absolute())
        return cls(submission.student, lab.name, version, solutions, folder, out_path, confined, secret.hex())

    def plain(self) -> dict[str, str | bool]:
        """Its fields, for JSON; ``Job(**fields)`` is the same job again."""
        return asdict(self)
