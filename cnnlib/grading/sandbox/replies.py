"""What comes back from a submission's process: the forms of its replies, and what to tell of those without an answer.

What student code says of itself is told in words of ours alone: its own could carry the hidden inputs out.
"""

import builtins
from typing import Any

from cnnlib.grading.rejection import Rejection
from cnnlib.grading.sandbox.inside import wire

LONGEST_CELL = 500  # lines; the number of a line beyond would tell more than a line
# kind → its fields and their types
FORMS: dict[str, dict[str, type]] = {
    "ran": {"output": str, "error": str, "memory": bool},
    "returned": {"value": object},
    "raised": {"type": str, "line": int},
    "not plain": {"what": str},
    "missing": {},
    "ask": {"number": int, "args": list},
}
ANSWERS = FORMS.keys() - {"ran"}  # to a call


class CallFailed(Rejection):
    """A call gave no answer that can be judged; the message says why, for the student."""


class TimedOut(CallFailed):
    """A cell or a call took too long, and its process was ended."""


class Crashed(CallFailed):
    """A cell or a call ended the process, filled its memory, or forged a frame."""


def fields_of(reply: Any) -> list[Any]:
    """[id, kind, the fields of that kind in order] of a reply in one of ``FORMS``; ``ProtocolError`` otherwise."""
    kind = reply.get("kind") if isinstance(reply, dict) else None
    if not isinstance(kind, str) or kind not in FORMS:
        raise wire.ProtocolError("a reply of another form")
    form = {"id": int, **FORMS[kind]}
    if reply.keys() != {"kind", *form}:
        raise wire.ProtocolError("a reply of another form")
    if not all(isinstance(reply[field], wanted) for field, wanted in form.items()):
        raise wire.ProtocolError("a reply of another form")
    return [reply["id"], kind, *(reply[field] for field in FORMS[kind])]


def describe_exception(name: str, type_name: str, line: int, refusal: str) -> str:
    """What to tell of an exception that the call of ``name`` raised; ``refusal``: what its last question met, if any.

    Not its message: that could carry the inputs out, which must stay unknown.
    """
    if type_name == "NotImplementedError":
        return f"{name} is not written yet"
    if type_name == "MemoryError":
        return f"{name} used up its memory"
    known = getattr(builtins, type_name, None)
    error = type_name if isinstance(known, type) and issubclass(known, BaseException) else "an exception"
    where = f" (line {line} of its cell)" if 1 <= line <= LONGEST_CELL else ""
    absent = ": a name that its cell uses is not defined at grading" if error == "NameError" else ""
    because = f", after its question was refused: {refusal}" if refusal else ""
    return f"{name} raised {error}{where}{absent}{because}"


def describe_value(what: str) -> str:
    """What was no plain data, in words of ours."""
    if what in wire.NOT_PLAIN:
        return what
    article, _, type_name = what.partition(" ")
    return what if article == "a" and isinstance(getattr(builtins, type_name, None), type) else "something else"


def describe_exit(status: int | None) -> str:
    """How a process ended."""
    if status is None:
        return "its connection was closed"
    return f"signal {-status}" if status < 0 else f"exit code {status}"
