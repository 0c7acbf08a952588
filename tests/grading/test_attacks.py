"""What a clever student might try. None of it gains a point, harms another submission, or leaves a trace."""

import os
import socket
import subprocess
import textwrap
import time
from pathlib import Path

import nbformat
import pytest

from cnnlib.authoring.checkout import ROOT
from cnnlib.grading import feedback, results
from cnnlib.grading.grade import grade
from cnnlib.grading.marked import marked
from cnnlib.grading.results import Handed
from cnnlib.grading.session import CallFailed, Crashed, Session, StudentProxy, TimedOut

WRONG = "def double(x):\n    return 0 * np.asarray(x)"
FULL = 7


@pytest.fixture
def graded(course, sandbox, lab):
    """Grade a submission whose cell ``double`` is ``source`` (with imports of its own): the ``SubmissionResult``."""

    def run(source, student="mallory", **options):
        path = course.submit(student, {"double": textwrap.dedent(source)}, **options)
        return grade(Handed(student, lab.name, path.parent), sandbox, bytes(32))[0]

    return run


@pytest.fixture
def asked(sandbox, lab):
    """Run a cell and call ``double`` with an argument: what student code finds when it looks around."""
    opened = []

    def run(source, *args):
        session = Session(sandbox, [(0, "import numpy as np"), (1, textwrap.dedent(source))])
        opened.append(session)
        return StudentProxy(session, lab.tasks["double"]).double(*args)

    yield run
    for session in opened:
        session.__exit__()


@pytest.fixture
def slowly(sandbox, monkeypatch):
    """Time enough to search the whole disk."""
    monkeypatch.setattr(sandbox.lab, "call_seconds", 120)
    monkeypatch.setattr(sandbox.lab, "cell_seconds", 120)


def gains_nothing(result):
    """The other task keeps its points, and this one has none."""
    scores = {task.name: task.score for task in result.tasks}
    return scores == {"double": 0, "counter": 3}


def test_honest_work_has_full_marks(graded):
    assert graded("def double(x):\n    return x + x").score == FULL


# --- 1: read the checks or the solutions from disk ---

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


# --- 2 and 3: make every comparison agree ---


def test_patched_comparisons_agree_with_nobody_else(graded):
    assert gains_nothing(
        graded("""
        import builtins, operator
        always = lambda *a, **o: True
        for name in ("isclose", "allclose", "array_equal", "array_equiv", "equal", "all", "any", "not_equal"):
            setattr(np, name, always)
        np.testing.assert_allclose = np.testing.assert_equal = always
        np.ndarray.__doc__
        builtins.all = builtins.any = operator.eq = always
        def double(x):
            return 0 * x
        """)
    )


@pytest.mark.parametrize("answer", ["Yes()", "Number(1)", "Text('a')", "np.zeros(3).view(Array)", "[Yes()]", "Map()"])
def test_objects_that_equal_everything(graded, answer):
    assert gains_nothing(
        graded(f"""
        class Yes:
            __eq__ = lambda *a: True
            __ne__ = lambda *a: False
            __array__ = lambda *a, **o: np.zeros(3)
            __array_ufunc__ = lambda *a, **o: True
            __hash__ = lambda self: 0
        class Number(Yes, float): pass
        class Text(Yes, str): pass
        class Array(np.ndarray):
            __eq__ = lambda *a: True
        class Map(dict):
            items = lambda self: [("a", Yes())]
        def double(x):
            return {answer}
        """)
    )


# --- 4: write frames of one's own ---

FORGE = """
    import os, json, struct, threading
    def frame(message, arrays=(), payload=b""):
        head = json.dumps({"message": message, "arrays": list(arrays)}).encode()
        return len(head).to_bytes(4, "big") + head + payload
    returned = lambda value, *more, number=7: frame(
        {"dict": [["id", number], ["kind", "returned"], ["value", value]]}, *more)
    FORGED = {
        "returned": returned({"array": 0}, [["<f8", [3]]], bytes(24)),
        "truncated": returned({"array": 0}, [["<f8", [3]]], bytes(7)),
        "oversized header": b"\\xff\\xff\\xff\\xff",
        "oversized array": returned({"array": 0}, [["<f8", [2**40]]]),
        "pickle": b"\\x80\\x04\\x95" + bytes(30),
        "asks": frame({"dict": [["kind", "ask"], ["number", 0], ["args", []]]}),
        "asks nobody": frame({"dict": [["kind", "ask"], ["number", -1], ["args", []]]}),
        "points": frame({"dict": [["kind", "graded"], ["score", 100]]}),
        "no dictionary": frame("100 points"),
        "zeros": bytes(4096),
        "flood": returned([0] * 1000) * 200,
    }
    def write(data):
        for fd in range(256):
            try:
                os.set_blocking(fd, False)
                os.write(fd, data)
            except OSError:
                pass
"""


@pytest.mark.parametrize("kind", [
    "returned", "truncated", "oversized header", "oversized array", "pickle", "asks", "asks nobody", "points",
    "no dictionary", "zeros", "flood",
])  # fmt: skip
def test_forged_frames_gain_nothing(graded, kind):
    in_a_call = f"{FORGE}\n    def double(x):\n        write(FORGED[{kind!r}])\n        return 0 * x"
    result = graded(in_a_call)
    assert gains_nothing(result) and result.status in (results.CRASHED, results.TIMED_OUT)
    in_a_cell = f"{FORGE}\n    write(FORGED[{kind!r}])\n    def double(x):\n        return 0 * x"
    assert gains_nothing(graded(in_a_cell, "mallory2"))


def test_a_forged_reply_from_another_thread_gains_nothing(graded):
    """It may well cost points in the other task, whose answers it drowns."""
    result = graded(f"""{FORGE}
    def often():
        while True:
            write(FORGED["returned"])
    threading.Thread(target=often, daemon=True).start()
    def double(x):
        return 0 * x
    """)
    assert {task.name: task.score for task in result.tasks}["double"] == 0 and result.score <= 3


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


# --- 5: reach the gradebook ---


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


# --- 6: the network ---


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


# --- 7: leave something running ---


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


# --- 8: poison what the next one reads ---


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


# --- 9 and 10: the notebook's metadata ---


def test_tags_and_points_are_the_courses_to_say(graded):
    def tamper(notebook):
        for cell in notebook.cells:
            cell.metadata.tags = ["skip-execution", "raises-exception"]
            cell.metadata.nbgrader.update(points=1000, locked=False, solution=False, grade=cell.cell_type == "code")
        notebook.metadata.celltoolbar = notebook.metadata.kernelspec.name = "none"

    result = graded(WRONG, change=tamper)
    assert gains_nothing(result) and sum(task.points for task in result.tasks) == FULL
    assert graded("def double(x):\n    return 2 * x", "honest", change=tamper).score == FULL


def test_checks_of_ones_own_are_not_ours(graded):
    def tamper(notebook):
        for cell in notebook.cells:
            if cell.metadata.nbgrader.grade and cell.cell_type == "code":
                cell.source = "double = np.array; 100"

    assert gains_nothing(graded(WRONG, change=tamper))


# --- 11: other submissions ---


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


# --- 12: import the answers ---


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


def test_a_huge_answer_is_refused(graded):
    result = graded("def double(x):\n    return np.zeros(2**24)")
    assert gains_nothing(result) and result.status == results.GRADED


def test_questions_without_end_are_ended(sandbox, lab):
    with Session(sandbox, [(0, "def double(f):\n    while True: f(1)")]) as session:
        student = StudentProxy(session, lab.tasks["double"])
        with pytest.raises((Crashed, TimedOut)):
            student.double(lambda x: x)
        with pytest.raises(CallFailed):
            student.double(lambda x: x)


def test_feedback_runs_nothing_that_a_student_wrote(course, sandbox, lab):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"

    def write(notebook):
        notebook.cells[-1].source = evil
        notebook.cells.append(nbformat.v4.new_markdown_cell(evil))
        notebook.cells.append(nbformat.v4.new_code_cell(f"print({evil!r}); raise ValueError({evil!r})"))

    path = course.submit(evil.replace("/", "⁄"), {"double": f"# {evil}\n{WRONG}"}, change=write)
    result, notebook = grade(Handed(path.parent.parent.name, lab.name, path.parent), sandbox, bytes(32))
    page = feedback.page(result, lab, marked(notebook, lab, result))
    assert "alert(1)" in page and "<script" not in page.split("<body>")[1] and "onerror=alert(1)>" not in page
    assert 'src="http' not in page and 'href="http' not in page  # nothing is loaded from another host


def test_the_sandbox_runs_as_nobody_in_particular(asked):
    assert asked("import os\ndef double():\n    return [os.getuid(), os.getgid(), os.getpid()]") == [1000, 1000, 1]


# --- found by looking for holes ---


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


def pages(course, sandbox, lab, change):
    """Feedback on a submission that ``change`` was made to."""
    path = course.submit("mallory", {"double": WRONG}, change=change)
    result, notebook = grade(Handed("mallory", lab.name, path.parent), sandbox, bytes(32))
    return result, feedback.page(result, lab, marked(notebook, lab, result))


@pytest.mark.parametrize(
    "text", ["[" * 10**6, "<a " * 300_000, "*a_ `" * 200_000, "\x1b[1ma" * 60_000, "$\\" * 200_000]
)
def test_a_text_that_is_slow_to_render_is_not_rendered(course, sandbox, lab, text):
    def write(notebook):
        notebook.cells[-1].source = text
        notebook.cells.append(nbformat.v4.new_code_cell(f"print({text!r})"))

    began = time.monotonic()
    _, page = pages(course, sandbox, lab, write)
    assert len(page) < 6 * len(text) + 10**6 and time.monotonic() - began < 20


def test_a_text_cell_under_a_code_cells_name_is_no_answer(course, sandbox, lab):
    evil = "<script>alert(1)</script>"

    def swap(notebook):
        notebook.cells[2] = nbformat.v4.new_markdown_cell(evil, metadata=dict(notebook.cells[2].metadata))

    result, page = pages(course, sandbox, lab, swap)
    assert evil not in page and gains_nothing(result)


def test_what_a_forged_report_of_a_cell_holds_is_bounded(graded):
    result = graded("""
        import sys
        wire = sys.modules["wire"]
        old = wire.pack
        def pack(message, *more):
            if message.get("kind") == "ran":
                message = {**message, "output": "<" * 400_000, "error": " \\x1b[2J" + "e" * 400_000 + "\\n "}
            return old(message, *more)
        wire.pack = pack
        def double(x):
            return 0 * x
        """)
    assert gains_nothing(result) and result.status == results.PARTLY_EXECUTED
    assert len(result.detail) <= 500 and sum(len(cell.output + cell.error) for cell in result.cells) < 50_000
    assert "\x1b" not in result.detail + "".join(cell.error for cell in result.cells)


@pytest.mark.parametrize("answer", [
    "np.zeros(())", "np.zeros((2**22, 0))", "[np.zeros(2**20)] * 7", "['x' * 10**5] * 5", "dict.fromkeys(range(10**4))",
    "{(1, 2): 3}", "[[]] * 10**5", "float('nan')", "np.zeros((1,) * 8)", "np.array([np.nan, np.inf, -np.inf])", "''",
])  # fmt: skip
def test_odd_answers_are_wrong_and_nothing_worse(graded, answer):
    result = graded(f"def double(x):\n    return {answer}")
    assert gains_nothing(result) and result.status == results.GRADED


def test_a_question_that_has_no_plain_answer_is_refused(sandbox, lab):
    with Session(sandbox, [(1, "def double(f):\n    return f('x' * 600_000)")]) as session:
        student = StudentProxy(session, lab.tasks["double"])
        with pytest.raises(CallFailed, match=r"double raised ValueError .*it cannot be called like this \(NotPlain\)"):
            student.double(lambda text: text * 2)
        assert student.double(lambda text: 7) == 7


def test_the_time_for_all_ends(sandbox, lab, monkeypatch):
    monkeypatch.setattr(sandbox.lab, "total_seconds", 2)
    began = time.monotonic()
    cells = [(number, "import os\nos._exit(1)" if number % 2 else "while True: pass") for number in range(1, 400)]
    with Session(sandbox, cells) as session:
        session.run_cells()
        with pytest.raises(TimedOut, match="the time for the whole notebook is over"):
            StudentProxy(session, lab.tasks["double"]).double(1)
    assert time.monotonic() - began < 10
    assert session.results[399].error == "This cell was not run: the time for the whole notebook is over."
