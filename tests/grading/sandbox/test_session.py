"""One submission in the sandbox: what its cells and calls do, and that grading goes on whatever they do."""

import numpy as np
import pytest

from cnnlib.errors import CourseError
from cnnlib.grading import results
from cnnlib.grading.checks import task as checks
from cnnlib.grading.sandbox.replies import CallFailed, Crashed, TimedOut
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy

TASK = checks.Task(
    "task",
    "A task",
    functions=["f", "g", "hang", "leave"],
    classes={"Box": ["put", "get", "hang"]},
)


@pytest.fixture
def session(sandbox):
    """Open a session with cells of the given sources; returns (session, proxy)."""
    opened = []

    def start(*sources):
        session = Session(sandbox, list(enumerate(sources)))
        opened.append(session)
        session.run_cells()
        return session, StudentProxy(session, TASK)

    yield start
    for one in opened:
        one.__exit__()


def test_calls_take_and_give_plain_data(session):
    running, student = session("def f(*args, **options):\n    return [args, options]")
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    (given,), options = student.f(x, stride=(1, 2), name="é")
    assert np.array_equal(given, x) and given.dtype == np.float32
    assert options == {"stride": (1, 2), "name": "é"}
    assert running.status == results.GRADED


def test_cells_may_use_what_notebooks_can(session):
    running, student = session(
        "%matplotlib inline\nimport numpy as np",
        "%%time\ny = 2",
        "print('hello'); display(3)\nnp.arange(2)",
        "import asyncio\nawait asyncio.sleep(0)\nz = 5",
        "def f():\n    return y + z",
    )
    assert student.f() == 7 and running.status == results.GRADED
    assert running.results[2].output == "hello\n3\nOut[0]: array([0, 1])\n"


def test_an_error_in_a_cell_leaves_the_others(session):
    running, student = session("def f():\n    return 1", "1 / 0", "def g(:", "def g():\n    return f() + 1")
    assert student.g() == 2 and running.status == results.PARTLY_EXECUTED
    assert running.results[1].error.endswith("ZeroDivisionError: division by zero")
    assert "site-packages" not in running.results[1].error and "<cell>" in running.results[1].error
    assert "SyntaxError" in running.results[2].error
    assert running.incidents == [
        "cell [1]: ZeroDivisionError: division by zero",
        "cell [2]: SyntaxError: invalid syntax",
    ]


def test_output_is_cut(session):
    running, _ = session("for _ in range(200):\n    print('x' * 1_000_000)")
    assert len(running.results[0].output) < 21_000 and "more characters" in running.results[0].output
    assert running.status == results.GRADED


@pytest.mark.parametrize(("source", "message"), [
    ("", "f is not defined"),
    ("f = 3", r"f raised TypeError"),
    ("def f():\n    raise NotImplementedError", "f is not written yet"),
    (
        "def f():\n    return absent",
        r"f raised NameError \(line 2 of its cell\): a name that its cell uses is not defined at grading$",
    ),
    ("def f():\n    return [1][2]", r"f raised IndexError \(line 2 of its cell\)"),
    ("def f():\n    x = np.zeros(3)\n    return x.reshape(2, 2)", r"f raised ValueError \(line 3 of its cell\)"),
    ("class Odd(Exception): pass\ndef f():\n    raise Odd('inputs')", r"f raised an exception \(line 3 of its cell\)"),
    ("def f():\n    raise SystemExit", "f raised SystemExit"),
    ("def f():\n    return {1, 2}", "f gave a set, and plain data is needed"),
    ("def f():\n    return lambda: 0", "f gave a function"),
    ("class Odd: pass\ndef f():\n    return Odd()", "f gave something else, and plain data is needed"),
    ("class Odd(set): __name__ = 'x'\ndef f():\n    return type('secret', (), {})()", "f gave something else"),
    ("def f():\n    return 2**80", "f gave an integer beyond 64 bits"),
    ("def f():\n    return bytearray(2**30)", "f used up its memory|f gave a bytearray"),
    ("def f():\n    return [bytearray(2**30) for _ in range(9)]", "f used up its memory"),
])  # fmt: skip
def test_a_call_without_an_answer_says_why(session, source, message):
    _, student = session("import numpy as np", source)
    with pytest.raises(CallFailed, match=message):
        student.f()


def test_what_a_call_prints_or_raises_tells_nobody_its_inputs(session):
    running, student = session("def f(x):\n    print(x)\n    raise ValueError(x)")
    with pytest.raises(CallFailed) as caught:
        student.f("secret input")
    assert "secret" not in str(caught.value) + str(running.results) + str(running.incidents)


def test_a_hanging_call_is_ended_and_the_next_one_goes_on(session):
    running, student = session(
        "def hang():\n    while True: pass", "seen = []", "def f():\n    seen.append(1); return len(seen)"
    )
    assert [student.f(), student.f()] == [1, 2]
    with pytest.raises(TimedOut, match="no answer within 1 seconds"):
        student.hang()
    assert student.f() == 1  # in a new process, in which the cells ran again
    assert running.status == results.TIMED_OUT and running.incidents == ["hang: no answer within 1 seconds"]


def test_a_task_whose_calls_hang_is_not_called_for_ever(session):
    _, student = session("def hang():\n    while True: pass", "def f():\n    return 1")
    for _ in range(2):
        with pytest.raises(TimedOut, match="no answer"):
            student.hang()
    with pytest.raises(TimedOut, match="not tried"):
        student.f()


def test_a_hanging_cell_is_left_out(session):
    running, student = session("def f():\n    return 1", "while True: pass", "def g():\n    return f() + 1")
    assert student.g() == 2 and running.status == results.TIMED_OUT
    assert running.results[1].error == "This cell was stopped: no answer within 3 seconds."


@pytest.mark.parametrize("source", ["os._exit(3)", "os.kill(os.getpid(), 11); ctypes.string_at(0)", "os.abort()"])
def test_a_call_that_ends_the_process_costs_that_call_alone(session, source):
    running, student = session(f"import ctypes, os\ndef leave():\n    {source}", "def f():\n    return 1")
    with pytest.raises(Crashed, match="its process ended"):
        student.leave()
    assert student.f() == 1 and running.status == results.CRASHED


def test_a_cell_that_ends_the_process_is_left_out(session):
    running, student = session("import os", "os._exit(7)", "def f():\n    return os.getpid()")
    assert student.f() == 1 and running.status == results.CRASHED
    assert running.incidents == ["cell [1]: its process ended (exit code 7)"]


def test_memory_is_bounded(session):
    running, student = session("x = []\nwhile True: x.append(bytearray(10**8))", "del x", "def f():\n    return 1")
    assert student.f() == 1 and running.status == results.CRASHED


def test_functions_of_ours_can_be_asked(session):
    asked = []

    def box(x):
        asked.append(x)
        if len(asked) > 3:
            raise ValueError("no more questions")
        return x * 2

    running, student = session("def f(box):\n    return [box(i) for i in range(3)]", "def g(box):\n    return box(1)")
    assert student.f(box) == [0, 2, 4] and asked == [0, 1, 2]
    with pytest.raises(CallFailed, match="g raised ValueError"):
        student.g(box)
    with pytest.raises(CallFailed, match="g raised ValueError"):
        student.g(lambda: 0)  # called with an argument that it does not take
    assert running.status == results.GRADED


def test_a_refusal_reaches_the_students_code(session):
    def box(x):
        raise ValueError("at most 64 pixels")

    _, student = session(
        "def f(box):\n    try:\n        box(0)\n    except ValueError as error:\n        return str(error)"
    )
    assert student.f(box) == "at most 64 pixels"


def test_objects_stay_there(session):
    _, student = session("""\
class Box:
    def __init__(self, x):
        self.x = [x]
    def put(self, x):
        self.x.append(x)
    def get(self):
        return self.x
    def hang(self):
        while True: pass
""")
    one, two = student.Box(1), student.Box(2)
    one.put(5)
    assert one.get() == [1, 5] and two.get() == [2]
    with pytest.raises(TimedOut):
        one.hang()
    with pytest.raises(CallFailed, match="the object was lost"):
        two.get()
    assert student.Box(3).get() == [3]


def test_only_what_a_task_declares_can_be_called(session):
    _, student = session("def secret():\n    return 1\nclass Box:\n    pass")
    with pytest.raises(CourseError, match="declares no function or class secret"):
        student.secret()
    with pytest.raises(CourseError, match="declares no method x"):
        student.Box().x()


def test_a_check_that_passes_what_cannot_cross_is_the_authors_mistake(session):
    _, student = session("def f(x):\n    return x")
    with pytest.raises(CourseError, match="a check passes a set"):
        student.f({1})


def test_everything_ends_some_time(sandbox, monkeypatch):
    monkeypatch.setattr(sandbox.lab, "total_seconds", 0.5)
    with Session(sandbox, [(0, "while True: pass"), (1, "while True: pass"), (2, "x = 1")]) as session:
        session.run_cells()
    assert session.status == results.TIMED_OUT
