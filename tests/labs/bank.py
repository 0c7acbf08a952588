"""Submissions for the bank: the released notebook with solution cells filled, rightly or with a known mistake."""

import ast
import inspect
import re
import sys
from pathlib import Path
from textwrap import dedent

import nbformat

from cnnlib.grading import submission
from cnnlib.grading.release import released

STYLES = Path(__file__).parent / "styles"


def filled(lab, sources):
    """The released notebook with ``sources`` (cell name → source) filled in, as grading reads it."""
    notebook = released(nbformat.read(lab.source, as_version=4))
    for cell in notebook.cells:
        name = submission.grade_id(cell)
        if name in sources:
            cell.source = sources[name]
    return submission.cleaned(notebook)


def solutions(lab):
    """Cell name → source of the right answers."""
    return {name: lab.named[name].source for name in lab.tasks}


def style(path):
    """Cell name → source, of a file that lines `# %% name` divide."""
    parts = re.split(r"^# %% (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def mistaken(lab, task, misconception):
    """Source of a solution cell that holds a misconception: its function, and the plain ones of checks.py that it uses.

    In checks.py these call ``solution``; here that name stands for the right answer, run in a namespace of its own.
    """
    module = vars(sys.modules[misconception.function.__module__])
    right = "\n\n".join([lab.named["setup"].source, *solutions(lab).values()])
    needed = {misconception.name: misconception.function}
    waiting = [misconception.function]
    while waiting:
        tree = ast.parse(dedent(inspect.getsource(waiting.pop())))
        for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & module.keys() - needed.keys():
            value = module[name]
            if inspect.isfunction(value) and value.__module__ == misconception.function.__module__:
                needed[name] = value
                waiting.append(value)
    lines = [
        "import math",
        "from numbers import Integral",
        "from types import SimpleNamespace",
        "import numpy as np",
        f"exec({right!r}, right := {{}})",
        "solution = SimpleNamespace(**right)",
        *(_undecorated(function) for function in reversed(needed.values())),
    ]
    if misconception.of != misconception.name:
        lines.append(f"{misconception.of} = {misconception.name}")
    return "\n".join(lines)


def _undecorated(function):
    tree = ast.parse(dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    return ast.unparse(tree)
