"""The draws that hidden checks are made with: nobody can foresee them, and a re-grade repeats them.

They follow from a secret of the course and from who is graded on what, through HMAC-SHA-256. Whoever lacks the secret
cannot compute them; whoever has it gets the same numbers again.
"""

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

import numpy as np

from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError

SECRET_FILE = ROOT / ".course-secret"
LENGTH = 32  # bytes


def generator(secret: bytes, student: str, lab: str, task: str, check: str) -> np.random.Generator:
    """The ``numpy.random.Generator`` of one check of one student's submission."""
    words = json.dumps([student, lab, task, check]).encode()
    digest = hmac.new(secret, words, hashlib.sha256).digest()
    return np.random.default_rng(np.frombuffer(digest, "<u4"))


def course_secret(path: Path = SECRET_FILE) -> bytes:
    """The secret that stands in the file ``path``, made there the first time. Keep it: re-grades depend on it."""
    try:
        # Only for the one who grades, and never over one that another run has just made.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise CourseError(f"The course's secret cannot be written to {path}: {error.strerror}") from None
    else:
        with open(descriptor, "w") as file:
            file.write(secrets.token_hex(LENGTH) + "\n")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        secret = b""
    if len(secret) < LENGTH:
        raise CourseError(f"{path} does not hold the course's secret ({2 * LENGTH} hexadecimal digits). Restore it.")
    return secret
