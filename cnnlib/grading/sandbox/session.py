"""One submission being graded: its process, and calls of what its cells define.

Whatever happens in there, a request ends: with an answer, or with one of the exceptions of ``replies``. A process that
hung, ended or spoke nonsense is replaced by a new one in which the cells have run again, and grading goes on.
"""

import re
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from cnnlib.errors import CourseError
from cnnlib.grading.results import CRASHED, GRADED, PARTLY_EXECUTED, STATUSES, TIMED_OUT, CellResult
from cnnlib.grading.sandbox.inside import wire
from cnnlib.grading.sandbox.replies import (
    ANSWERS,
    CallFailed,
    Crashed,
    TimedOut,
    describe_exception,
    describe_exit,
    describe_value,
    fields_of,
)
from cnnlib.grading.sandbox.sandbox import Process, Sandbox

# Characters that are kept: of what a cell prints, of its error, of one line for the instructor, of all cells together.
OUTPUT, ERROR, INCIDENT, ALL_OUTPUT = 20_100, 4000, 200, 200_000
OVER = "the time for the whole notebook is over"
ASKS = 10_000  # how often one call may ask a function of ours


class Session:
    """The cells of one submission, as (id, source), in a process of their own. A context manager."""

    def __init__(self, sandbox: Sandbox, cells: list[tuple[int, str]]):
        self.sandbox, self.lab, self.cells = sandbox, sandbox.lab, cells
        self.results: dict[int, CellResult] = {}  # id → CellResult, of the first time that the cell ran
        self.status = GRADED
        self.incidents: list[str] = []  # what an instructor wants to know beside the status
        self._room = ALL_OUTPUT
        self._refusal = ""  # what the last question of a call was refused with
        self._functions: list[Any] = []  # ours, that student code was given and may ask
        self._left_out: set[int] = set()  # cells that hung or ended the process: never run again
        self._process: Process | None = None
        self._generation = self._requests = 0
        self._ends = time.monotonic() + self.lab.total_seconds

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()

    def run_cells(self) -> None:
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

    def call(
        self,
        name: str,
        args: Iterable = (),
        options: dict[str, Any] | None = None,
        *,
        keep: bool = False,
        tensors: bool = False,
    ) -> Any:
        """Call a function of the submission; with ``keep``, the result stays there, and a ``Kept`` comes back.

        With ``tensors``, it gets PyTorch's tensors for arrays, and what it gives as tensors comes as arrays.
        """
        request = {"kind": "call", "name": name, "args": list(args), "options": dict(options or {})}
        value = self._answer({**request, "keep": keep, "tensors": tensors}, name)
        if not keep:
            return value
        if not isinstance(value, wire.Reference):
            raise CallFailed(f"{name} gave no object")
        return Kept(value.number, self._generation)

    def method(
        self,
        kept: "Kept",
        name: str,
        args: Iterable = (),
        options: dict[str, Any] | None = None,
        *,
        tensors: bool = False,
    ) -> Any:
        """Call a method of an object that stayed there; where it returns that object, ``kept`` comes back."""
        if kept.generation != self._generation or self._process is None:
            raise CallFailed("the object was lost when its process ended")
        request = {"kind": "method", "number": kept.number, "name": name, "args": list(args)}
        value = self._answer({**request, "options": dict(options or {}), "tensors": tensors}, name)
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
            output, error = self._cut(output, OUTPUT), self._cut(error, ERROR)
            if error.strip():
                self._note(CRASHED if memory else PARTLY_EXECUTED)
                self.incidents.append(f"cell [{number}]: {error.strip().splitlines()[-1][:INCIDENT]}")
            self.results[number] = CellResult(number, output, error.strip("\n"))
        return True

    def _cut(self, text, most):
        """The beginning of what a cell printed, as far as there is room: the other side may send any amount of it."""
        text = "".join(letter for letter in text[: min(most, self._room)] if letter.isprintable() or letter in "\n\t")
        self._room -= len(text)
        return text

    def _answer(self, request, name):
        self.run_cells()
        if self._process is None:
            raise TimedOut(OVER)
        try:
            kind, *rest = self._request(request, self.lab.call_seconds, ANSWERS)
        except CallFailed as failure:
            self.incidents.append(f"{name}: {failure}")
            raise
        if kind == "returned":
            return rest[0]
        if kind == "raised":
            type_name, line = rest
            if type_name == "MemoryError":
                self._note(CRASHED)
            raise CallFailed(describe_exception(name, type_name, line, self._refusal))
        if kind == "not plain":
            raise CallFailed(
                f"{name} gave {describe_value(rest[0])}, and plain data is needed: numbers, text, arrays, lists"
            )
        raise CallFailed(self._explain_missing(name))

    def _explain_missing(self, name):
        """Why there is nothing of this name: perhaps the cell that should define it failed."""
        for number, source in self.cells:
            error = self.results[number].error
            if error and re.search(rf"\b{name}\b", source):
                return f"{name} is not defined, for cell [{number}] failed: {error.splitlines()[-1][:INCIDENT]}"
        return f"{name} is not defined"

    def _request(self, message, seconds, kinds):
        """Send a request and return the reply's fields, answering what the other side asks meanwhile."""
        self._requests += 1
        self._refusal = ""
        frame = wire.pack({"id": self._requests, **message}, self._reference_of)
        deadline = min(time.monotonic() + seconds, self._ends)
        try:
            wire.send(self._process.connection, frame, deadline)
            for _ in range(ASKS):
                number, kind, *rest = fields_of(wire.receive(self._process.connection, deadline))
                if kind == "ask":
                    wire.send(self._process.connection, self._answer_question(*rest), deadline)
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
            how = self._process.exit_code()
            self._end(CRASHED)
            raise Crashed(f"its process ended ({describe_exit(how)})") from None

    def _answer_question(self, number, args):
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
