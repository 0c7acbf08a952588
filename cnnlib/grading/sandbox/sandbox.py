"""The sandbox around student code: bubblewrap, with nothing in it but Python and what the lab allows.

No network, no file of this machine beyond the system's libraries, no solution, no check, no other submission
(``bubblewrap``, ``packages``). Within it waits an interpreter that has the lab's packages imported
(``inside.template``); each submission is a fork of it, confined by itself (``inside.confine``).
"""

import json
import os
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cnnlib.grading.checks.lab import Lab
from cnnlib.grading.sandbox import packages
from cnnlib.grading.sandbox.bubblewrap import INSIDE, bubblewrap_command, no_sandbox, python

START_SECONDS = 120  # for the interpreter and its packages, PyTorch among them, on a slow disk
FORK_SECONDS = 10


class Sandbox:
    """A warm interpreter for one lab; ``fork`` gives each submission a process of its own. A context manager.

    It begins at once and is warm after a second or two; ``await_ready`` waits for that, and the first ``fork`` does it.
    Processes that are forked from this one may use it too. Without ``confined`` nothing keeps student code
    from this machine.
    """

    def __init__(self, lab: Lab, *, confined: bool = True):
        self.lab, self.confined = lab, confined
        self.control: Any = None  # a socket and a Popen, once it has begun
        self.process: Any = None
        self.warm = False
        self.scratch = TemporaryDirectory(prefix="cnnlab-")
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fork(self) -> "Process":
        """A new ``Process``, locked in and waiting for requests."""
        self.await_ready()
        try:
            return self._fork()
        except OSError:  # somebody ended the sandbox, for instance a system that was short of memory
            self._stop()
            self._start()
            self.await_ready()
            return self._fork()

    def _fork(self) -> "Process":
        ours, theirs = socket.socketpair()
        lifeline, far_lifeline = socket.socketpair()
        process = Process(ours, lifeline)
        with theirs, far_lifeline:
            try:
                socket.send_fds(self.control, [b"f"], [theirs.fileno(), far_lifeline.fileno()])
            except OSError:
                process.kill()
                raise
        try:
            process.await_ready()
        except BaseException:
            process.kill()
            raise
        return process

    def close(self) -> None:
        self._stop()
        self.scratch.cleanup()

    def _stop(self) -> None:
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _start(self) -> None:
        folder = Path(self.scratch.name) / "packages"
        sources = packages.sources_of(self.lab)
        ours, theirs = socket.socketpair()
        log = open(Path(self.scratch.name) / "log", "w")  # noqa: SIM115 - handed over
        with theirs, log:
            here = "/inside" if self.confined else str(INSIDE)
            command = [python(), "-I", "-S", f"{here}/template.py", str(theirs.fileno())]
            if self.confined:
                command = [*bubblewrap_command(sources), *command]
            else:
                packages.link(sources, folder)
            self.process = subprocess.Popen(
                command,
                env=environment(self.scratch.name),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.scratch.name,
                start_new_session=True,  # an interrupt at the terminal is for the grader to handle
            )
        self.control = ours
        settings = {
            "confined": self.confined,
            "packages": "/packages" if self.confined else str(folder),
            "setup": self.lab.setup,
            "tensors": any(task.tensors for task in self.lab.tasks.values()),
            "memory_mib": self.lab.memory_mib,
            "cpu_seconds": int(self.lab.total_seconds),
        }
        self.warm = False
        with suppress(OSError):  # where it has ended already, waiting for it will tell why
            ours.sendall(json.dumps(settings).encode() + b"\n")

    def await_ready(self) -> None:
        """Wait until it is warm; ``SandboxError`` where it does not work here."""
        if self.warm:
            return
        self.control.settimeout(START_SECONDS)
        answer = b""
        with suppress(OSError):
            answer = self.control.recv(1)
        self.control.settimeout(None)
        if answer != b"r":
            raise no_sandbox(self._complaint())
        self.warm = True

    def _complaint(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        text = (Path(self.scratch.name) / "log").read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1] if text else f"exit code {self.process.returncode}"


class Process:
    """One submission's process: ``connection`` for frames, and a lifeline that ends it when it is cut."""

    def __init__(self, connection: socket.socket, lifeline: socket.socket):
        self.connection, self.lifeline = connection, lifeline

    def await_ready(self) -> None:
        """Wait until it is locked in; ``SandboxError`` where it could not be, ``OSError`` where it is not there."""
        self.connection.settimeout(FORK_SECONDS)
        first = self.connection.recv(500)
        if first == b"r":
            return
        self.lifeline.settimeout(5)
        said = first or self.lifeline.recv(500)
        if not said:
            raise ConnectionError("the sandbox is gone")
        raise no_sandbox(f"a submission's process could not be locked in ({said.decode(errors='replace')}).")

    def kill(self) -> None:
        """End it, with everything that it started."""
        self.connection.close()
        self.lifeline.settimeout(5)
        with suppress(OSError):
            self.lifeline.shutdown(socket.SHUT_WR)
            self.lifeline.recv(100)  # until it is gone
        self.lifeline.close()

    def exit_code(self) -> int | None:
        """How it ended by itself: its exit code, or minus the signal; None if it is still there after a moment."""
        self.lifeline.settimeout(1)
        with suppress(OSError, ValueError):
            return int(self.lifeline.recv(100))
        return None


def environment(home: str) -> dict[str, str]:
    """Environment variables of the sandbox's processes."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"HOME": home, "MPLBACKEND": "Agg", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}
    return {**kept, **threads, **own, "CNNLIB_SCALE": "quick"}
