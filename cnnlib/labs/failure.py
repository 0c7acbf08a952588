"""An exception in words for the student: its type, its message, and the line of their code that raised it."""

import linecache
import traceback
from types import CodeType
from typing import Any

LONGEST = 200  # characters of a message


def in_words(error: BaseException, notebook: dict[str, Any], check: CodeType | None = None) -> str:
    """One line about ``error``, raised while code of ``notebook`` (its global variables) ran.

    ``check`` is the code of the lambda that a check consists of: its line is the check's, not the student's.
    """
    if isinstance(error, NotImplementedError) and not error.args:
        return "not written yet"
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} (line {error.lineno}: {(error.text or '').strip()})"
    line = _line(error, notebook, check)
    if isinstance(error, NameError) and error.name and not line:
        return f"{error.name} is not defined; run the cell that defines it"
    return shorten(error) + (f" ({line})" if line else "")


def shorten(error: BaseException) -> str:
    """Type and message of ``error``; the first line of the message, where it is long."""
    try:
        message = str(error).strip()
    except Exception:  # an exception of the student's own, whose text fails too
        message = ""
    first, *rest = message.splitlines() or [""]
    if rest or len(first) > LONGEST:
        first = first[: LONGEST - 1] + "…"
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _line(error, notebook, check):
    """The last line in the notebook's code that was running, and its number in its cell."""
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if frame.f_globals is notebook and not (code is check and code.co_name == "<lambda>"):
            source = linecache.getline(code.co_filename, number).strip()
            return f"line {number}: {source}" if source else f"line {number}"
    return ""
