"""What a clever student might reach from within the sandbox: nothing of the host, nobody else, and no answer."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from cnnlib.checkout import ROOT
from cnnlib.grading import results
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy
from tests.grading.attacks.score_of_attack import FULL, gains_nothing

# --- read the checks or the solutions from disk ---

SEARCH = """
    import os
    def double(words):
        found = []
        for folder, folders, files in os.walk("/"):
            folders[:] = [f for f in folders if os.path.join(folder, f) not in ("/dev", "/sys")]
            for name in files:
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        text = file.read(1 << 20)
                except OSError:
                    continue
                if any(word.encode() in text for word in words):
                    found.append(os.path.join(folder, name))
        return found
"""


def test_nothing_to_read_on_disk(asked, slowly):
    # In the solution, in the checks, and in the answer module of the book; the last one shows that the search works.
    assert (
        asked(
            SEARCH,
            ["a well-kept " + "secret", "the well-kept " + "secret", "def sign_" + "lost", "def conv2d_" + "matmul"],
        )
        == []
    )
    assert asked(SEARCH, ["class Bounded(io."]) == ["/inside/student.py"]


def test_no_descriptor_but_the_own_socket_is_open(asked):
    found = asked("""
        import os, stat
        def double():
            kinds = {}
            for fd in range(256):
                try:
                    kinds[fd] = stat.S_IFMT(os.fstat(fd).st_mode)
                except OSError:
                    pass
            return [kinds, os.readlink("/dev/null") if os.path.islink("/dev/null") else "", sorted(kinds)]
        """)
    kinds, _, open_ = found
    sockets = [fd for fd, kind in kinds.items() if kind == 0o140000]
    assert len(sockets) == 1 and set(open_) == {0, 1, 2, *sockets}


# --- reach the gradebook ---


def test_the_gradebook_cannot_be_reached(asked, tmp_path):
    book = tmp_path / "gradebook.db"
    book.write_bytes(b"grades")
    found = asked(f"""
        import os
        def double():
            try:
                open({str(book)!r}, "ab").write(b"100")
            except OSError as error:
                return [type(error).__name__, os.path.exists({str(ROOT)!r})]
        """)
    assert found == ["FileNotFoundError", False] and book.read_bytes() == b"grades"


# --- the network ---


def test_no_connection_to_the_host(asked):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.3)
    found = asked(
        """
        import socket, ctypes
        def double(port):
            said = []
            for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_STREAM),
                                 (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_NETLINK, socket.SOCK_RAW),
                                 (40, socket.SOCK_STREAM)):
                try:
                    socket.socket(family, kind).connect(("127.0.0.1", port))
                    said.append("connected")
                except OSError as error:
                    said.append(error.errno)
            return said
        """,
        listener.getsockname()[1],
    )
    assert found == [97] * 5  # address family not supported
    with listener, pytest.raises(TimeoutError):
        listener.accept()


# --- leave something running ---


def processes_of(sandbox):
    """How many processes there are within a sandbox, its own included."""
    waiting, found = [sandbox.process.pid], set()
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            waiting += [int(word) for word in path.read_text().split()]
    return len(found)


def settled(sandbox):
    """The same, once it has not changed for a while: those that were ended take a moment to go."""
    counts = [processes_of(sandbox)]
    while len(counts) < 6 or len(set(counts[-6:])) > 1:
        time.sleep(0.05)
        counts.append(processes_of(sandbox))
    return counts[-1]


def test_no_process_is_left_behind(graded, sandbox):
    before = settled(sandbox)
    result = graded("""
        import os, subprocess, threading, time, multiprocessing, signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ways = [os.fork, os.forkpty, lambda: subprocess.Popen(["sleep", "1000"]), lambda: os.system("sleep 1000 &"),
                lambda: multiprocessing.get_context("fork").Process(target=time.sleep, args=(1000,)).start(),
                lambda: os.posix_spawn("/usr/bin/sleep", ["sleep", "1000"], {}), os.setsid,
                lambda: os.execv("/usr/bin/sleep", ["sleep", "1000"])]
        for way in ways:
            try:
                if way() == 0: time.sleep(1000)
            except BaseException:
                pass
        threading.Thread(target=time.sleep, args=(1000,)).start()
        def double(x):
            return 0 * x
        """)
    assert gains_nothing(result)
    assert settled(sandbox) == before
    assert subprocess.run(["pgrep", "-f", "sleep 1000"], capture_output=True).stdout == b""


def test_too_many_threads_end_where_memory_ends(graded):
    result = graded("""
        import threading, time
        def double(x):
            for _ in range(100_000):
                threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        """)
    assert gains_nothing(result)


# --- poison what the next one reads ---


def test_start_up_files_harm_nobody(graded):
    home = Path.home() / ".ipython" / "profile_default" / "startup" / "poison.py"
    poison = """
        import os, sys
        code = "import builtins; builtins.poisoned = True; import numpy as np; np.asarray = lambda *a: 0"
        for name in ("~/.ipython/profile_default/startup/poison.py", "~/.config/matplotlib/matplotlibrc",
                     "~/.local/lib/python3.11/site-packages/usercustomize.py", "~/sitecustomize.py", "~/numpy.py",
                     "/tmp/numpy.py", "/packages/numpy/__init__.py", "/inside/student.py", "/packages/poison.pth"):
            path = os.path.expanduser(name)
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, "w").write(code)
            except OSError:
                pass
        def double(x):
            return 0 * x
        """
    assert gains_nothing(graded(poison))
    looking = """
        import builtins, os
        assert not hasattr(builtins, "poisoned") and os.listdir(os.path.expanduser("~")) == []
        def double(x):
            return np.asarray(x) * 2
        """
    result = graded(looking, "honest")
    assert (result.status, result.score) == (results.GRADED, FULL) and not home.exists()


# --- other submissions ---


def test_other_submissions_cannot_be_seen(asked):
    leave = """
        import os
        for folder in ("/tmp", "/dev/shm", "/home/student", "/dev", "/packages", "/", "/proc"):
            try:
                open(folder + "/answer of alice", "w").write("42")
            except OSError:
                pass
        def double(x):
            return sorted(f for f in ("/tmp", "/dev/shm", "/home/student") if os.path.exists(f + "/answer of alice"))
        """
    assert asked(leave, 0) == ["/dev/shm", "/home/student", "/tmp"]
    look = """
        import os, signal
        def double(x):
            folders = ("/tmp", "/dev/shm", "/home/student", "/dev", "/", "/proc")
            seen = [folder for folder in folders for name in os.listdir(folder) if "alice" in name]
            reached = []
            for pid in range(2, 3000):
                try:
                    os.kill(pid, 0)
                    reached.append(pid)
                except OSError:
                    pass
            return [os.getpid(), os.listdir("/proc"), seen, reached]
        """
    assert asked(look, 0) == [1, [], [], []]  # while the other one's process is still there


# --- import the answers ---


def test_the_answers_cannot_be_imported(asked, slowly):
    names = [
        "cnnlib.conv", "cnnlib.receptive_field", "cnnlib.filters", "cnnlib.grading", "cnnlib.grading.checks",
        "cnnlib.authoring", "cnnlib.cli", "cnnlib.models", "checks", "checks_of_lab00_small",
        "checks_of_lab00_small.task1_double", "solutions", "torch", "torchvision", "scipy", "scipy.ndimage",
        "skimage.morphology", "nbgrader", "jax", "cv2", "sklearn.svm", "pip", "setuptools",
    ]  # fmt: skip
    found = asked(
        """
        import importlib, os, sys
        sys.path += ["/"] + [folder for folder, _, _ in os.walk("/") if folder.endswith("-packages")]
        def double(names):
            found = []
            for name in names:
                try:
                    importlib.import_module(name)
                    found.append(name)
                except ImportError:
                    pass
            return found
        """,
        [*names, "cnnlib.labs", "numpy"],
    )
    assert found == ["cnnlib.labs", "numpy"]


# --- and more ---


def test_privileges_cannot_be_had_back(asked):
    found = asked("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def double():
            calls = {
                "unshare": lambda: libc.unshare(0x10000000),
                "mount": lambda: libc.mount(b"x", b"/tmp", b"tmpfs", 0, b""),
                "umount": lambda: libc.umount2(b"/proc", 2), "chroot": lambda: libc.chroot(b"/tmp"),
                "ptrace": lambda: libc.ptrace(16, 1, 0, 0), "setuid": lambda: libc.setuid(0),
                "memfd": lambda: libc.memfd_create(b"x", 0), "shmget": lambda: libc.shmget(0, 1 << 30, 0o1600),
                "clone3": lambda: libc.syscall(435, 0, 0), "bpf": lambda: libc.syscall(321, 0, 0, 0),
            }
            return [name for name, call in calls.items() if call() != -1] + [os.getuid()]
        """)
    assert found == [1000]


def test_the_environment_tells_nothing(asked, monkeypatch):
    monkeypatch.setenv("COURSE_SECRET", "1234")
    found = asked("import os\ndef double():\n    return dict(os.environ)")
    assert not {"COURSE_SECRET", "USER", "SSH_AUTH_SOCK"} & found.keys() and str(ROOT) not in str(found)


def test_disk_is_bounded(asked):
    source = """
        import os
        def double():
            written = 0
            try:
                for number in range(100):
                    with open(f"/tmp/{number}", "wb") as file:
                        written += file.write(bytes(10 << 20))
            except OSError:
                pass
            return written >> 20
        """
    assert asked(source) <= 64


def test_the_sandbox_runs_as_nobody_in_particular(asked):
    assert asked("import os\ndef double():\n    return [os.getuid(), os.getgid(), os.getpid()]") == [1000, 1000, 1]


@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGSTOP"])
def test_signals_reach_nobody_else(graded, sandbox, lab, signal_name):
    """Not even by the process group, which the kernel does not keep within a process namespace."""
    with Session(sandbox, [(1, "def double(x):\n    return 2 * x")]) as other:
        other.run_cells()
        attack = f"""
            import os, signal
            for group in (0, -1):
                try:
                    os.kill(group, signal.{signal_name})
                except OSError:
                    pass
            for which in (os.PRIO_PGRP, os.PRIO_USER):
                try:
                    os.setpriority(which, 0, 19)
                except OSError:
                    pass
            """
        result = graded(attack + "\n            def double(x):\n                return 0 * x")
        assert result.status in (results.CRASHED, results.TIMED_OUT, results.GRADED)
        assert StudentProxy(other, lab.tasks["double"]).double(4) == 8 and other.status == results.GRADED
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    looking = f"import os\ndef double(x):\n    return x * 2 if os.getpriority(os.PRIO_PROCESS, 0) == {usual} else None"
    assert graded(looking, "honest").score == FULL
