"""The labs' banks of right and wrong answers: as whole submissions, and as functions of this process."""

import ast
import functools
import inspect
import re
import sys
from pathlib import Path
from textwrap import dedent
from types import FunctionType, SimpleNamespace

import nbformat
import numpy as np

from cnnlib.authoring.release.notebooks import student_version
from cnnlib.grading.checks.lab import load
from cnnlib.grading.notebooks import submission
from cnnlib.labs.visible import results

FOLDER = Path(__file__).parent


@functools.cache
def load_lab(name):
    """The lab called ``name``, with its solution and checks; one and the same for all tests of a process."""
    return load(name)


def styles(lab):
    """Files of a lab's right answers, each in another style."""
    return sorted((FOLDER / lab.name / "styles").glob("*.py"))


def draws(seed):
    """Generators for the checks of one run, each with draws of its own."""
    return lambda name: np.random.default_rng([seed, *name.encode()])


def visible(lab, name, given=(), **answers):
    """Messages of a task's visible checks, where the student wrote ``answers``; ``given`` names cells that they use."""
    space = vars(lab.solution) | answers
    for cell in (*given, lab.tasks[name].check_cell):
        exec(lab.named[cell].source, space)
    [task] = [task for task in results() if task.title == lab.tasks[name].title]
    return [outcome.message for outcome in task.outcomes]


def filled(lab, sources):
    """The released notebook with ``sources`` (cell name → source) filled in, as grading reads it."""
    notebook = student_version(nbformat.read(lab.source, as_version=4))
    for cell in notebook.cells:
        name = submission.grade_id(cell)
        if name in sources:
            cell.source = sources[name]
    return submission.clean(notebook)


def solutions(lab):
    """Cell name → source of the right answers."""
    return {name: lab.named[name].source for name in lab.tasks}


def files(lab):
    """The files of a lab's checks, as attributes: ``task1_maxplus`` and so on."""
    return sys.modules[f"checks_of_{lab.name}"]


def answers_of(path):
    """Cell name → source, of a file that lines `# %% name` divide."""
    parts = re.split(r"^# %% (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def defined(path, names):
    """What a file of such cells defines, as attributes; each cell runs in a namespace of its own, with ``names``."""
    found = {}
    for name, source in answers_of(path).items():
        space = dict(names)
        exec(compile(source, f"{path.name}, {name}", "exec"), space)
        found[name] = space[name]
    return SimpleNamespace(**found)


def mistaken(lab, misconception):
    """Source of a solution cell that holds a misconception, and the functions and classes of the checks that it uses.

    There they call ``solution``; here that name stands for the right answer, run in a namespace of its own.
    """
    right = "\n\n".join([lab.named["setup"].source, *solutions(lab).values()])
    lines = [
        "import itertools",
        "import math",
        "from types import SimpleNamespace",
        "import numpy as np",
        f"exec({right!r}, right := {{}})",
        "solution = SimpleNamespace(**right)",
        lab.named["setup"].source,  # whose imports a misconception may use, too
        *_with_helpers(misconception.function, {}).values(),
    ]
    if misconception.of != misconception.name:
        lines.append(f"{misconception.of} = {misconception.name}")
    return "\n".join(lines)


def _with_helpers(thing, found):
    """Name → source, of a function or class and of those of the lab's checks that it uses, which come first."""
    module = sys.modules[thing.__module__]
    tree = ast.parse(dedent(inspect.getsource(thing)))
    found[thing.__name__] = ""  # what uses itself is not looked at again
    for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - found.keys()):
        helper = getattr(module, name, None)
        if isinstance(helper, (FunctionType, type)) and _package(helper) == _package(thing) and name not in found:
            _with_helpers(helper, found)
    tree.body[0].decorator_list = []
    del found[thing.__name__]
    found[thing.__name__] = ast.unparse(tree)
    return found


def _package(thing):
    return thing.__module__.partition(".")[0]
