"""Small labs and notebooks, made for the tests of the lab machinery."""

import nbformat
from nbformat import v4

NAME = "lab09_made"
DOUBLE = '''def double(x):
    """Twice x (n,)."""
    ### BEGIN SOLUTION
    twice_the_number = x + x
    return twice_the_number
    ### END SOLUTION'''
VISIBLE = """with labs.task(1, "Double") as check:
    check.equal("two numbers", lambda: double(np.array([1, 2])), [2, 4])
    ### BEGIN HIDDEN TESTS
    assert double(np.array([17]))[0] == 34
    ### END HIDDEN TESTS"""
LAB = """from cnnlib.grading.checks import Lab

lab = Lab(__file__, packages=["numpy"])
"""
TASK = """from . import lab

double = lab.task("double", "Double", functions=["double"])


@double.check(points=2)
def negative(student, rng):
    "Numbers below 0."
    return student.double(-rng.random(3))
"""


def marked(cell, grade_id, *, cell_id, **marks):
    """``cell`` with nbgrader's metadata."""
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    cell.metadata["nbgrader"] = {"grade_id": grade_id, **usual, **marks}
    cell.id = cell_id
    return cell


def source_notebook():
    """A source notebook with one of every kind of cell that nbgrader changes."""
    result = v4.new_output("stream", name="stdout", text="34")
    cells = [
        marked(v4.new_code_cell("import numpy as np\n\nfrom cnnlib import labs"), "setup", cell_id="a", locked=True),
        v4.new_markdown_cell("A number × 2.", id="text"),
        marked(v4.new_code_cell(DOUBLE, outputs=[result], execution_count=3), "double", cell_id="b", solution=True),
        marked(v4.new_code_cell(VISIBLE), "visible_double", cell_id="c", grade=True, locked=True, points=2),
        marked(v4.new_markdown_cell("Because."), "why", cell_id="d", grade=True, solution=True, points=3),
        v4.new_code_cell("labs.progress()", id="last"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write_lab(solutions, name=NAME):
    """Write a lab into the folder ``solutions``; returns the path of its source notebook."""
    checks = solutions / name / "checks"
    checks.mkdir(parents=True)
    (checks / "__init__.py").write_text(LAB)
    (checks / "task1_double.py").write_text(TASK)
    return write_notebook(solutions / name / f"{name}.ipynb", source_notebook())


def write_notebook(path, notebook):
    """Write a notebook, or one of the code cells whose sources are given; returns ``path``."""
    if isinstance(notebook, list):
        notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in notebook])
    nbformat.write(notebook, path)
    return path


def read(path):
    """The notebook in a file."""
    return nbformat.read(path, as_version=4)
