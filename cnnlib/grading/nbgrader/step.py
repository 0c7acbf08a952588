"""The one step of nbgrader that the course replaces, by plain configuration (``nbgrader_config.py``).

Stock nbgrader executes a student's notebook and its tests in one process. Here the notebook runs in the sandbox and the
trusted checks are put to it from outside; nbgrader's next step then reads the scores from the check cells as ever.
"""

from functools import cache

from nbgrader.preprocessors import NbGraderPreprocessor

from cnnlib.grading.checks import draws as inputs
from cnnlib.grading.checks.lab import load
from cnnlib.grading.notebooks import submission
from cnnlib.grading.notebooks.autograded import marked
from cnnlib.grading.runs.grade import grade_notebook
from cnnlib.grading.sandbox.sandbox import Sandbox


class TrustedChecks(NbGraderPreprocessor):
    """Grade a submission in the sandbox, and write what was found into its check cells."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        sandbox = _sandbox(about["assignment"])
        notebook = submission.cleaned(nb)
        result = grade_notebook(notebook, about["student"], sandbox, inputs.course_secret())
        self.log.info("%s: %s %s", about["student"], result.status, result.detail)
        return marked(notebook, sandbox.lab, result), resources


@cache
def _sandbox(name):
    """One per lab, for as long as nbgrader runs; it ends with this process."""
    return Sandbox(load(name))
