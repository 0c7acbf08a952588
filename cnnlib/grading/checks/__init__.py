"""Labs and their checks: what is asked of a student's code, and what the answers are worth."""

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.checks.task import wrong

__all__ = ["Lab", "wrong"]
