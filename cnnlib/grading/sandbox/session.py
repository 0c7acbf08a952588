"""One submission being graded: its process, and calls of what its cells define.

Whatever happens in there, a request ends: with an answer, or with one of the exceptions below. A process that hung,
ended or spoke nonsense is replaced by a new one in which the cells have run again, and grading goes on.
"""

import builtins
import re
import time
from typing import NamedTuple

from cnnlib.errors import CourseError
from cnnlib.grading.checks.task import Wrong
from cnnlib.grading.results import CRASHED, GRADED, PARTLY_EXECUTED, STATUSES, TIMED_OUT, CellResult
from cnnlib.grading.sandbox.inside import wire

# Characters that are kept: of what a cell prints, of its error, of one line for the instructor, of all cells together.
OUTPUT, ERROR, INCIDENT, ALL_OUTPUT = 20_100, 4000, 200, 200_000
LONGEST_CELL = 500  # lines; the number of a line beyond would tell more than a line
OVER = "the time for the whole notebook is over"
ASKS = 10_000  # how often one call may ask a function of ours
# What may come from the other side: kind → its fields and their types.
FORMS = {
    "ran": {"output": str, "error": str, "memory": bool},
    "returned": {"value": object},
    "raised": {"type": str, "line": int},
    "not plain": {"what": str},
    "missing": {},
    "ask": {"number": int, "args": list},
}


class CallFailed(Wrong):
    """A call gave no answer that can be judged; the message says why, for the student."""


class TimedOut(CallFailed):
    """A cell or a call took too long, and its process was ended."""


class Crashed(CallFailed):
    """A cell or a call ended the process, filled its memory, or forged a frame."""


class Session:
    """The cells of one submission, as (id, source), in a process of their own. A context manager."""

    def __init__(self, sandbox, cells):
        self.sandbox, self.lab, self.cells = sandbox, sandbox.lab, cells
        self.results = {}  # id → CellResult, of the first time that the cell ran
        self.status = GRADED
        self.incidents = []  # what an instructor wants to know beside the status
        self._room = ALL_OUTPUT
        self._refusal = ""  # what the last question of a call was refused with
        self._functions = []  # ours, that student code was given and may ask
        self._left_out = set()  # cells that hung or ended the process: never run again
        self._process, self._generation, self._requests = None, 0, 0
        self._ends = time.monotonic() + self.lab.total_seconds

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._kill()

    def run_cells(self):
        """Have a process in which every cell has run, but those that hung or ended it; none where the time is over."""
        while self._process is None:
            if time.monotonic() >= self._ends:
                self._note(TIMED_OUT)
                for number, _ in self.cells:
                    self.results.setdefault(number, CellResult(number, "", f"This cell was not run: {OVER}."))
                return
            self._process = self.sandbox.fork()
            self._generation += 1
            for number, source in self.cells:
                if number not in self._left_out and not self._run_cell(number, source):
                    break

    def call(self, name, args=(), options=None, *, keep=False, tensors=False):
        """Call a function of the submission; with ``keep``, the result stays there, and a ``Kept`` comes back.

        With ``tensors``, it gets PyTorch's tensors for arrays, and what it gives as tensors comes as arrays.
        """
        request = {"kind": "call", "name": name, "args": list(args), "options": dict(options or {})}
        value = self._answered({**request, "keep": keep, "tensors": tensors}, name)
        if not keep:
            return value
        if not isinstance(value, wire.Reference):
            raise CallFailed(f"{name} gave no object")
        return Kept(value.number, self._generation)

    def method(self, kept, name, args=(), options=None, *, tensors=False):
        """Call a method of an object that stayed there; where it returns that object, ``kept`` comes back."""
        if kept.generation != self._generation or self._process is None:
            raise CallFailed("the object was lost when its process ended")
        request = {"kind": "method", "number": kept.number, "name": name, "args": list(args)}
        value = self._answered({**request, "options": dict(options or {}), "tensors": tensors}, name)
        return kept if isinstance(value, wire.Reference) and value.number == kept.number else value

    def _run_cell(self, number, source):
        """True where the process can go on with the next cell."""
        try:
            _, output, error, memory = self._request({"kind": "run", "source": source}, self.lab.cell_seconds, {"ran"})
        except CallFailed as failure:
            self._left_out.add(number)
            self.results[number] = CellResult(number, "", f"This cell was stopped: {failure}.")
            self.incidents.append(f"cell [{number}]: {failure}")
            return False
        if number not in self.results:
            output, error = self._kept(output, OUTPUT), self._kept(error, ERROR)
            if error.strip():
                self._note(CRASHED if memory else PARTLY_EXECUTED)
                self.incidents.append(f"cell [{number}]: {error.strip().splitlines()[-1][:INCIDENT]}")
            self.results[number] = CellResult(number, output, error.strip("\n"))
        return True

    def _kept(self, text, most):
        """The beginning of what a cell printed, as far as there is room: the other side may send any amount of it."""
        text = "".join(letter for letter in text[: min(most, self._room)] if letter.isprintable() or letter in "\n\t")
        self._room -= len(text)
        return text

    def _answered(self, request, name):
        self.run_cells()
        if self._process is None:
            raise TimedOut(OVER)
        try:
            kind, *rest = self._request(request, self.lab.call_seconds, FORMS.keys() - {"ran"})
        except CallFailed as failure:
            self.incidents.append(f"{name}: {failure}")
            raise
        if kind == "returned":
            return rest[0]
        if kind == "raised":
            raise CallFailed(self._raised(name, *rest))
        if kind == "not plain":
            raise CallFailed(f"{name} gave {_known(rest[0])}, and plain data is needed: numbers, text, arrays, lists")
        raise CallFailed(self._missing(name))

    def _missing(self, name):
        """Why there is nothing of this name: perhaps the cell that should define it failed."""
        for number, source in self.cells:
            error = self.results[number].error
            if error and re.search(rf"\b{name}\b", source):
                return f"{name} is not defined, for cell [{number}] failed: {error.splitlines()[-1][:INCIDENT]}"
        return f"{name} is not defined"

    def _raised(self, name, type_name, line):
        """What to tell of an exception. Not its message: that could carry the inputs out, which must stay unknown."""
        if type_name == "NotImplementedError":
            return f"{name} is not written yet"
        if type_name == "MemoryError":
            self._note(CRASHED)
            return f"{name} used up its memory"
        known = getattr(builtins, type_name, None)
        error = type_name if isinstance(known, type) and issubclass(known, BaseException) else "an exception"
        where = f" (line {line} of its cell)" if 1 <= line <= LONGEST_CELL else ""
        absent = ": a name that its cell uses is not defined at grading" if error == "NameError" else ""
        because = f", after its question was refused: {self._refusal}" if self._refusal else ""
        return f"{name} raised {error}{where}{absent}{because}"

    def _request(self, message, seconds, kinds):
        """Send a request and return the reply's fields, answering what the other side asks meanwhile."""
        self._requests += 1
        self._refusal = ""
        frame = wire.pack({"id": self._requests, **message}, self._reference_of)
        deadline = min(time.monotonic() + seconds, self._ends)
        try:
            wire.send(self._process.connection, frame, deadline)
            for _ in range(ASKS):
                number, kind, *rest = _fields(wire.receive(self._process.connection, deadline))
                if kind == "ask":
                    wire.send(self._process.connection, self._asked(*rest), deadline)
                elif number == self._requests:
                    if kind not in kinds:
                        raise wire.ProtocolError("a reply of another kind")
                    return kind, *rest
                elif number > self._requests:  # one below comes late, after a forged one; it answers nothing
                    raise wire.ProtocolError("a reply to no request")
            raise wire.ProtocolError("too many questions")
        except TimeoutError:
            self._end(TIMED_OUT)
            over = time.monotonic() >= self._ends
            raise TimedOut(OVER if over else f"no answer within {seconds:g} seconds") from None
        except wire.ProtocolError as error:
            self._end(CRASHED)
            raise Crashed(f"it wrote to the grader's connection: {error}") from None
        except OSError:
            how = self._process.ended()
            self._end(CRASHED)
            raise Crashed(f"its process ended ({_how(how)})") from None

    def _asked(self, number, args):
        """The frame that answers a question which student code asks of a function that a check passed to it."""
        if not 0 <= number < len(self._functions):
            raise wire.ProtocolError("a question to nobody")
        self._refusal = ""
        try:
            return wire.pack({"kind": "returned", "value": self._functions[number](*args)})
        except ValueError as error:
            self._refusal = str(error)
        except Exception as error:  # the arguments are the student's
            self._refusal = f"it cannot be called like this ({type(error).__name__})"
        return wire.pack({"kind": "refused", "why": self._refusal})

    def _reference_of(self, value):
        if not callable(value):
            raise CourseError(f"a check passes a {type(value).__name__}, which does not cross to the student")
        self._functions.append(value)
        return wire.Reference(len(self._functions) - 1)

    def _end(self, status):
        self._note(status)
        self._kill()

    def _note(self, status):
        self.status = max(self.status, status, key=STATUSES.index)

    def _kill(self):
        if self._process is not None:
            self._process.kill()
            self._process = None


class Kept(NamedTuple):
    """An object that stayed in the submission's process, and which of its processes that was."""

    number: int
    generation: int


def _fields(reply):
    """[id, kind, the fields of that kind in order] of a reply in one of ``FORMS``; ``ProtocolError`` otherwise."""
    kind = reply.get("kind") if isinstance(reply, dict) else None
    form = {"id": int, **FORMS[kind]} if isinstance(kind, str) and kind in FORMS else {}
    if not form or reply.keys() != {"kind", *form}:
        raise wire.ProtocolError("a reply of another form")
    if not all(isinstance(reply[field], wanted) for field, wanted in form.items()):
        raise wire.ProtocolError("a reply of another form")
    return [reply["id"], kind, *(reply[field] for field in FORMS[kind])]


def _known(what):
    """What was no plain data, in words of ours: the other side's own could carry the inputs out."""
    if what in wire.NOT_PLAIN:
        return what
    article, _, type_name = what.partition(" ")
    return what if article == "a" and isinstance(getattr(builtins, type_name, None), type) else "something else"


def _how(status):
    if status is None:
        return "its connection was closed"
    return f"signal {-status}" if status < 0 else f"exit code {status}"
