"""What a clever student might answer: none of it gains a point or keeps the grader from going on."""

import time

import pytest

from cnnlib.grading import results
from cnnlib.grading.sandbox.replies import CallFailed, Crashed, TimedOut
from cnnlib.grading.sandbox.session import Session
from cnnlib.grading.sandbox.student_proxy import StudentProxy
from tests.grading.attacks.score_of_attack import FULL, gains_nothing


def test_honest_work_has_full_marks(graded):
    assert graded("def double(x):\n    return x + x").score == FULL


# --- make every comparison agree ---


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


# --- write frames of one's own ---

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


# --- answers and questions without end ---


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
