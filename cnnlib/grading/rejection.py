"""An answer that a check cannot accept or compare, in words for the student."""

from typing import Any, NoReturn


class Rejection(Exception):
    """An answer that was rejected; the message says why, in words for the student."""

    def __init__(self, message: str, evidence: Any = None):
        super().__init__(message)
        self.evidence = evidence


def wrong(message: str, evidence: Any = None) -> NoReturn:
    """Reject an answer within a check.

    ``evidence`` is told to nobody: a misconception is recognised by the same message with the same evidence.
    """
    raise Rejection(message, evidence)
