"""One submission's process: runs its cells and answers calls, one frame at a time.

Everything here shares a process with the student's code and may be changed by it. It is there to serve, not to judge.
"""

import io
import re
import sys
import traceback

import wire
from wire import NotPlain, Reference

CELL = "<ipython-input"  # how the names of files begin that IPython gives to cells
OUTPUT = 20_000  # characters of a cell's output that are kept


class Bounded(io.TextIOBase):
    """A text stream that keeps the beginning of what is written, and forgets the rest."""

    encoding = "utf-8"

    def __init__(self):
        self.parts, self.size, self.lost = [], 0, 0

    def writable(self):
        return True

    def write(self, text):
        kept = text[: max(0, OUTPUT - self.size)]
        self.parts.append(kept)
        self.size += len(kept)
        self.lost += len(text) - len(kept)
        return len(text)

    def text(self):
        return "".join(self.parts) + (f"\n… and {self.lost} more characters" if self.lost else "")


def serve(connection, shell):
    """Answer requests on ``connection`` with what the submission's cells define in ``shell``'s namespace."""
    Student(connection, shell).serve()


def told(error):
    """The traceback of a cell's error, from the first line that is in a cell."""
    trace = error.__traceback__
    while trace and not trace.tb_frame.f_code.co_filename.startswith(CELL):
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace, limit=-8))
    return re.sub(r"<ipython-input-[\w-]+>", "<cell>", text)[-4000:]


def kind(error):
    """The name of an exception's type; one name for memory that is used up, whoever noticed it."""
    of_pytorch = type(error) is RuntimeError and "allocate memory" in str(error)
    return "MemoryError" if of_pytorch or isinstance(error, MemoryError) else type(error).__name__


class Student:
    """Serves one connection with what the submission's cells define in ``shell``'s namespace."""

    def __init__(self, connection, shell):
        self.connection, self.shell = connection, shell
        self.objects = []
        self.request = 0  # the number of the one being answered

    def serve(self):
        """Answer requests until the other side hangs up."""
        answer = {"run": self.run, "call": self.call, "method": self.method}
        while True:
            try:
                request = wire.receive(self.connection)
            except ConnectionError:
                return
            self.request = request.pop("id")
            wire.send(self.connection, answer[request.pop("kind")](**request))

    def run(self, source):
        """Run one cell: what it printed, and the error that ended it, if one did."""
        stream = sys.stdout = sys.stderr = Bounded()
        outcome = self.shell.run_cell(source, store_history=False)
        error = outcome.error_before_exec or outcome.error_in_exec
        memory = error is not None and kind(error) == "MemoryError"
        return self._frame("ran", output=stream.text(), error=told(error) if error else "", memory=memory)

    def call(self, name, args, options, keep, tensors):
        """Call what the submission calls ``name``; with ``keep``, the result stays here as an object."""
        if name not in self.shell.user_ns:
            return self._frame("missing")
        self._use(tensors)
        return self._answer(self.shell.user_ns[name], args, options, keep)

    def method(self, number, name, args, options, tensors):
        """Call a method of an object that was kept; where it returns that object, as ``eval`` does, so do we."""
        self._use(tensors)
        kept = self.objects[number]

        def call(*args, **options):
            result = getattr(kept, name)(*args, **options)
            return Reference(number) if result is kept else result

        return self._answer(call, args, options, False)

    def _use(self, tensors):
        """From now on, the submission's code gets and gives tensors in place of arrays, or does not."""
        if tensors:
            from tensors import NoArray, to_arrays, to_tensors  # PyTorch, which only some labs have

            self._tensors, self._arrays, self._no_array = to_tensors, to_arrays, NoArray
        else:
            self._tensors = self._arrays = lambda value: value
            self._no_array = ()

    def _answer(self, function, args, options, keep):
        sys.stdout = sys.stderr = Bounded()  # what it prints may show the inputs, so nobody gets to see it
        try:
            result = function(*self._live(args), **self._live(options))
            if keep:
                self.objects.append(result)
                result = Reference(len(self.objects) - 1)
            return self._frame("returned", value=self._plain(result))  # within the try: it may not be plain
        except NotPlain as error:
            return self._frame("not plain", what=str(error)[:200])
        except BaseException as error:
            own = [
                frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(CELL)
            ]
            return self._frame("raised", type=kind(error), line=own[-1] if own else 0)

    def _frame(self, kind, **fields):
        """The bytes of the reply to the current request."""
        return wire.pack({"id": self.request, "kind": kind, **fields})

    def _live(self, value):
        """A value with functions in place of references: calling one asks the other side."""
        if isinstance(value, Reference):
            return lambda *args: self._ask(value.number, args)
        if isinstance(value, (list, tuple)):
            return type(value)(self._live(item) for item in value)
        if isinstance(value, dict):
            return {key: self._live(item) for key, item in value.items()}
        return self._tensors(value)

    def _plain(self, value):
        """A value with arrays in place of tensors, where tensors are used."""
        try:
            return self._arrays(value)
        except self._no_array:
            raise NotPlain(wire.ODD_TENSOR) from None

    def _ask(self, number, args):
        args = self._plain(list(args))
        wire.send(self.connection, wire.pack({"id": 0, "kind": "ask", "number": number, "args": args}))
        reply = wire.receive(self.connection)
        if reply["kind"] == "refused":
            raise ValueError(reply["why"])
        return self._live(reply["value"])
