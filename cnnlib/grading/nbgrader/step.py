"""The one step of nbgrader that the course replaces, by plain configuration (``nbgrader_config.py``).

Stock nbgrader executes a student's notebook and its tests in one process. Here the notebook runs in the sandbox and the
trusted checks are put to it from outside; nbgrader's next step then reads the scores from the check cells as ever.
"""

from functools import cache
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from cnnlib.grading.checks import draws
from cnnlib.grading.checks.lab import load
from cnnlib.grading.notebooks import submission
from cnnlib.grading.notebooks.stored_notebook import add_findings
from cnnlib.grading.runs.grade import grade_notebook
from cnnlib.grading.sandbox.sandbox import Sandbox


class TrustedChecks(NbGraderPreprocessor):
    """Grade a submission in the sandbox, and write what was found into its check cells."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        sandbox = _sandbox(about["assignment"])
        notebook = submission.clean(nb)
        result = grade_notebook(notebook, about["student"], sandbox, draws.course_secret())
        self.log.info("%s: %s %s", about["student"], result.status, result.detail)
        return add_findings(notebook, sandbox.lab, result), resources


@cache
def _sandbox(name: str) -> Sandbox:
    """One per lab, for as long as nbgrader runs; it ends with this process."""
    return Sandbox(load(name))
