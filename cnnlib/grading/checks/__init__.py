"""Labs and their checks: what is asked of a student's code, and what the answers are worth.

Authors import from here; read ``lab`` and ``task`` for how checks are written.
"""

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.rejection import wrong

__all__ = ["Lab", "wrong"]
