"""A lab of two tasks, as small as a lab can be: what the grader's own tests grade."""

import nbformat
from nbformat import v4

LAB = """
from cnnlib.grading.checks import Lab

LIMITS = {"cell_seconds": 3, "call_seconds": 1, "memory_mib": 512}
lab = Lab(__file__, packages=["numpy", "matplotlib"], tools=("_arguments", "labs"), **LIMITS)
solution = lab.solution
"""

TASK_1 = '''
import numpy as np

from . import lab

double = lab.task("double", "Twice as much", functions=["double"])


@double.check(points=2)
def positive(student, rng):
    """Numbers above 0."""
    return student.double(rng.random(3))


@double.check(points=2)
def two_parts(student, rng):
    """Numbers above and below 0."""
    yield student.double(rng.random((2, 3)))
    yield student.double(-rng.random(4) - 1)


@double.misconception(of="double")
def squared(x):
    """The number is multiplied by itself, not by two."""
    return x * x


@double.misconception(of="double")
def sign_lost(x):
    """The sign of the number is lost on the way."""
    return 2 * np.abs(x)
'''

TASK_2 = '''
from cnnlib.grading.checks import wrong

from . import lab, solution

counter = lab.task("counter", "An object that counts", classes={"Counter": ["add", "total"]})


@counter.check(points=2)
def three(student, rng):
    """The sum of three calls."""
    counter = student.Counter(lambda x: x + 1)
    for number in rng.integers(1, 9, 3):
        counter.add(int(number))
    return counter.total()


@counter.check(points=1)
def pair(student, rng):
    """The sum, asked for in another form."""
    total = student.Counter(lambda x: 2 * x)
    total.add(3)
    if not isinstance(total.total(), int):
        wrong("the total is no whole number")
    return total.total()


@counter.misconception(of="Counter")
class Last(solution.Counter):
    """Only the last number counts; the ones before are forgotten."""

    def add(self, number):
        self.sum = self.change(number)
'''

DOUBLE = """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * np.asarray(x)  # the well-kept secret
    ### END SOLUTION"""

COUNTER = """\
class Counter:
    ### BEGIN SOLUTION
    def __init__(self, change):
        self.change, self.sum = change, 0

    def add(self, number):
        self.sum = self.sum + self.change(number)

    def total(self):
        return self.sum
    ### END SOLUTION"""


def marks(name, **given):
    base = {"schema_version": 3, "task": False, "grade": False, "solution": False, "locked": True, "grade_id": name}
    return {"nbgrader": base | given}


def notebook():
    """The source notebook of the small lab."""
    cells = [
        v4.new_markdown_cell("# Lab 0: Small", metadata=marks("opening")),
        v4.new_code_cell("import numpy as np\nfrom cnnlib import labs", metadata=marks("setup")),
        v4.new_code_cell(DOUBLE, metadata=marks("double", solution=True, locked=False)),
        v4.new_code_cell("assert (double(1) == 2).all()", metadata=marks("double-checks", grade=True, points=4)),
        v4.new_code_cell(COUNTER, metadata=marks("counter", solution=True, locked=False)),
        v4.new_code_cell("Counter(abs).total()", metadata=marks("counter-checks", grade=True, points=3)),
        v4.new_markdown_cell(
            "### BEGIN SOLUTION\nBecause it is so.\n### END SOLUTION",
            metadata=marks("open", grade=True, solution=True, locked=False, points=4),
        ),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"small-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write_lab(folder):
    """Write the lab into ``folder/lab00_small``; returns ``folder``."""
    home = folder / "lab00_small"
    home.mkdir(parents=True)
    nbformat.write(notebook(), home / "lab00_small.ipynb")
    write_checks(home, {"__init__": LAB, "task1_double": TASK_1, "task2_counter": TASK_2})
    return folder


def write_checks(home, files):
    """Write the checks of the lab in the folder ``home``: file name → text."""
    (home / "checks").mkdir()
    for name, text in files.items():
        (home / "checks" / f"{name}.py").write_text(text.lstrip(), encoding="utf-8")
