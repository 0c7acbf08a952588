"""Visible checks: they judge, say what differs, and never stop the notebook, whatever the student's code does."""

import builtins
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from cnnlib import labs
from cnnlib.labs import summary, visible


@pytest.fixture(autouse=True)
def no_tasks_yet(monkeypatch):
    monkeypatch.setattr(visible, "_tasks", {})


def messages(check):
    return [outcome.message for outcome in check.summary().outcomes]


def judged(answer, expected, **options):
    """The message of one ``equal`` check of a function that gives ``answer``; empty where it passes."""
    check = labs.task(1, "Judging")
    check.equal("it", lambda: answer, expected, **options)
    return messages(check)[0]


# --- verdicts ---


@pytest.mark.parametrize(("answer", "expected"), [
    (np.array([[9, 7], [3, 4]]), [[9, 7], [3, 4]]),
    ([[9.0, 7], [3, 4]], [[9, 7], [3, 4]]),
    ((2, [3, 4]), (2, [3, 4])),
    ([1, [2, 3]], [1, [2, 3]]),
    ([[1], [2, 3]], [[1], [2, 3]]),
    ({"kernel": np.ones(2)}, {"kernel": [1, 1]}),
    (3, 3), (0.1 + 0.2, 0.3), ("flip", "flip"), (None, None), (True, True), ([], []),
])  # fmt: skip
def test_equal_passes(answer, expected):
    assert judged(answer, expected) == ""


@pytest.mark.parametrize(("answer", "expected", "message"), [
    (np.zeros((2, 3)), [[9, 7], [3, 4]], "its shape is (2, 3), and (2, 2) was expected"),
    (np.array([[9, 7], [3, 6]]), [[9, 7], [3, 4]], "1 of 4 entries differ; the largest error is 2, at [1, 1]"),
    ((1, 3), (1, 2), "item 1: the number is not right"),
    (1, True, "it is number, and True or False was expected"),
    (None, [1, 2], "it is None; was a return forgotten?"),
])  # fmt: skip
def test_equal_says_what_differs(answer, expected, message):
    assert judged(answer, expected) == message


def test_tolerances():
    assert judged(1.01, 1.0) and not judged(1.01, 1.0, rtol=0.1) and not judged(1.01, 1.0, rtol=0, atol=0.1)


def test_true():
    check = labs.task(1, "Truth")
    check.true("good", lambda: np.True_, "too small")
    check.true("bad", lambda: 0, "too small")
    check.true("nothing", lambda: None, "too small")
    check.true("array", lambda: np.zeros(2) > 1, "too small")
    assert messages(check)[:3] == ["", "too small", "too small"]
    assert messages(check)[3].startswith("the answer cannot be compared: ValueError: The truth value of an array")


def test_an_answer_may_be_rejected_in_words():
    check = labs.task(1, "Rejected")
    check.equal("it", lambda: check.wrong("it is too dear"), 1)
    check.true("it", lambda: check.wrong("it is too dear"), "no")
    assert messages(check) == ["it is too dear"] * 2


# --- what student code may do ---


def fails_deeper(x):
    return [1, 2][x]


class UnprintableError(Exception):
    def __str__(self):
        raise RuntimeError


def raises(error):
    raise error


@pytest.mark.parametrize(("call", "message"), [
    (lambda: raises(NotImplementedError()), "not written yet"),
    (lambda: raises(NotImplementedError("no backward")), "NotImplementedError: no backward (line "),
    (lambda: fails_deeper(5), "IndexError: list index out of range (line "),
    (lambda: fails_deeper(5), ": return [1, 2][x])"),
    (lambda: fails_deeper(1, 2), "TypeError: fails_deeper() takes 1 positional argument but 2 were given"),
    (lambda: undefined_here(3), "undefined_here is not defined; run the cell that defines it"),  # noqa: F821
    (lambda: sys.exit(1), "SystemExit: 1"),
    (lambda: raises(UnprintableError()), "UnprintableError"),
    (lambda: raises(ValueError("x" * 1000)), "x… (line "),
    (lambda: raises(ValueError("first\nsecond")), "ValueError: first… (line "),
])  # fmt: skip
def test_exceptions_in_words(call, message):
    check = labs.task(1, "Failing")
    check.equal("it", call, 1)
    assert message in messages(check)[0] and len(messages(check)[0]) < 300


def test_the_lambda_of_a_check_is_not_the_students_line():
    check = labs.task(1, "Failing")
    check.equal("it", lambda: fails_deeper(1, 2), 1)
    assert "line" not in messages(check)[0]


def test_a_failing_check_hides_no_other_and_nothing_leaves_the_block(capsys):
    with labs.task(1, "Many") as check:
        check.equal("first", lambda: 1 / 0, 1)
        check.equal("second", lambda: 2, 2)
        raise RuntimeError("between")
    assert [bool(message) for message in messages(check)] == [True, False, True]
    shown = capsys.readouterr().out
    assert "✗ first (fails): ZeroDivisionError: division by zero" in shown
    assert "✓ second (passes)" in shown
    assert "✗ the rest of this cell (fails): RuntimeError: between (line " in shown
    assert "1 of 3 visible checks pass. Hidden checks, on other inputs, run at grading." in shown


def test_an_interruption_is_obeyed_and_leaves_the_task_not_run(capsys):
    def cell():
        with labs.task(1, "Slow") as check:
            check.equal("quick", lambda: 1, 1)
            check.equal("slow", lambda: raises(KeyboardInterrupt()), 1)

    labs.task(1, "Slow").__exit__(None, None, None)
    with pytest.raises(KeyboardInterrupt):
        cell()
    assert visible.results() == []
    assert "✓ quick (passes)\n  ✗ the rest of this cell (fails): it was interrupted" in capsys.readouterr().out


def test_printing_is_the_students_affair(capsys, monkeypatch):
    def noisy():
        print("much " * 1000)
        sys.stdout = sys.stderr = None
        np.seterr(all="raise")
        return np.array([np.inf, 1e-300])

    with np.errstate(), labs.task(1, "Noisy") as check:
        check.equal("noise", noisy, [np.inf, 1e-300])
    assert messages(check) == [""] and "✓ noise (passes)" in capsys.readouterr().out
    monkeypatch.setattr(builtins, "print", lambda *_, **__: raises(RuntimeError("mine")))
    monkeypatch.setattr(sys, "stdout", None)
    with labs.task(2, "Silent") as check:
        check.equal("it", lambda: 1, 1)
    labs.progress()
    assert [task.passed for task in visible.results()] == [1, 1]


def test_an_answer_that_cannot_be_compared():
    class Odd(list):
        def __len__(self):
            raise RuntimeError("odd")

    check = labs.task(1, "Odd")
    check.equal("it", Odd, (1, 2))
    assert messages(check) == ["the answer cannot be compared: RuntimeError: odd"]


# --- what is shown ---


def test_running_a_cell_again_replaces_its_task(capsys):
    for answer in (1, 2):
        with labs.task(2, "Again") as check:
            check.equal("it", lambda answer=answer: answer, 2)
    with labs.task(4, "Fourth") as check:
        check.equal("a", lambda: 1, 1)
        check.equal("b", lambda: 0, 1)
    capsys.readouterr()
    labs.progress()
    assert capsys.readouterr().out == (
        "Task 1: not run yet\n"
        "Task 2 · Again: 1 of 1  ■\n"
        "Task 3: not run yet\n"
        "Task 4 · Fourth: 1 of 2  ■□\n"
        "2 of 3 visible checks pass. Hidden checks, on other inputs, run at grading.\n"
    )


def test_progress_before_any_task(capsys):
    labs.progress()
    assert capsys.readouterr().out == "No task's checks have been run yet.\n"


class Reader(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data + "\n"


def test_html_escapes_and_needs_no_colour():
    outcomes = (summary.Outcome("a < b", ""), summary.Outcome("<script>", "& <b>its</b>"))
    task = summary.TaskSummary(1, 'Max "plus" & <i>', outcomes)
    for shown in (task, summary.ProgressSummary([task])):
        read = Reader(shown._repr_html_())
        assert {tag for tag, _ in read.tags} <= {"div", "p", "strong", "ul", "li", "br", "span"}
        assert read.tags[0][1]["role"] == "group" and read.tags[0][1]["aria-label"]
        # Text and ground keep the page's colours: what is legible there stays so, in the light and in the dark.
        assert not any("color:" in attributes.get("style", "") for _, attributes in read.tags)
        assert "1 of 2 visible checks pass." in read.text
    read = Reader(task._repr_html_())
    assert "✓ a < b (passes)" in read.text and "✗ <script> (fails)\n& <b>its</b>" in read.text


def test_notebooks_show_the_summary_as_html():
    code = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
shell = InteractiveShell.instance()
with capture_output() as shown:
    shell.run_cell("from cnnlib import labs\\nwith labs.task(1, 'A') as check:\\n    check.true('b', lambda: 1, 'c')")
print("text/html" in shown.outputs[0].data, "text/plain" in shown.outputs[0].data)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "True True", done.stderr


def test_the_visible_checks_import_little():
    """Students and the sandbox have them without PyTorch and SciPy, and they bring in nothing that holds answers."""
    code = "import sys; from cnnlib import labs; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = done.stdout.split()
    assert not {"torch", "scipy", "IPython", "matplotlib"} & set(loaded)
    ours = {name for name in loaded if name.startswith("cnnlib.")}
    assert {name for name in ours if not name.startswith("cnnlib.labs")} == {"cnnlib._arguments"}
