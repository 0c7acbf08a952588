"""What a worker does with a job: grade the submission, and write what is that student's alone."""

import sys
from pathlib import Path

# An extra of jsonschema's, for addresses that no notebook holds; its import takes longer than all others together.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat  # noqa: E402

from cnnlib._files import write  # noqa: E402
from cnnlib.grading.notebooks import feedback  # noqa: E402
from cnnlib.grading.notebooks.stored_notebook import add_findings  # noqa: E402
from cnnlib.grading.results import SubmissionResult, not_graded  # noqa: E402
from cnnlib.grading.runs import warm  # noqa: E402
from cnnlib.grading.runs.grade import grade  # noqa: E402
from cnnlib.grading.runs.job import Job  # noqa: E402
from cnnlib.grading.sandbox.bubblewrap import SandboxError  # noqa: E402


def do(job: Job) -> SubmissionResult:
    """Grade the submission of a job.

    What fails here costs this submission alone, but for a sandbox that does not work (``SandboxError``): then nobody
    can be graded.
    """
    try:
        return _grade(job)
    except SandboxError:
        raise
    except BaseException as error:  # a check may even exit; and not every exception finds its way to another process
        return not_graded(job.student, job.lab, error)


def _grade(job: Job) -> SubmissionResult:
    sandbox, out = warm.sandbox_of(job), Path(job.out)
    lab = sandbox.lab
    result, notebook = grade(Path(job.folder), job.student, sandbox, bytes.fromhex(job.secret))
    if notebook is not None:
        notebook = add_findings(notebook, lab, result)
        write(out / "autograded" / job.student / lab.name / f"{lab.name}.ipynb", nbformat.writes(notebook))
    feedback.write_page(out, result, lab, notebook)
    return result
