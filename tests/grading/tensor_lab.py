"""A lab of PyTorch code, as small as it can be: functions and a module of tensors, for checks that hold arrays."""

import nbformat
from nbformat import v4

from tests.grading.small_lab import marks, write_checks

LAB = """
from cnnlib.grading.checks import Lab

LIMITS = {"cell_seconds": 20, "call_seconds": 5, "memory_mib": 512}
lab = Lab(__file__, packages=["numpy", "matplotlib", "torch"], tools=("_arguments", "labs"), **LIMITS)
solution = lab.solution
"""

TASKS = '''
import numpy as np

from . import lab, solution

scale = lab.task("scale", "A scale", functions=["scale"], rtol=1e-5, tensors=True)


@scale.check(points=1)
def floats(student, rng):
    """Numbers of single precision."""
    return student.scale(rng.normal(size=(2, 3)).astype(np.float32), 3)


@scale.misconception(of="scale")
def added(x, factor):
    """The factor was added, not multiplied."""
    return x.add(factor)


line = lab.task(
    "Line",
    "A line",
    classes={"Line": ["forward", "load_state_dict", "state_dict", "eval", "step"]},
    rtol=1e-5,
    atol=1e-6,
    tensors=True,
)


@line.check(points=2)
def weights(student, rng):
    """The response, with one set of weights and with another."""
    net, x = student.Line(3), rng.normal(size=(4, 3)).astype(np.float32)
    for _ in range(2):
        net.load_state_dict({"w": rng.normal(size=3).astype(np.float32), "b": np.array(rng.normal(), np.float32)})
        yield net.eval().forward(x)


@line.check(points=2)
def step(student, rng):
    """The weights before and after a step."""
    net = student.Line(2)
    net.load_state_dict({"w": np.array([1, 2], np.float32), "b": np.array(3, np.float32)})
    before = net.state_dict()
    net.step(np.array([[1, 1], [2, 0]], np.float32))
    yield before
    yield net.state_dict()


@line.misconception(of="Line")
class NoBias(solution.Line):
    """The bias was left out."""

    def forward(self, x):
        return x @ self.w
'''

SCALE = """\
def scale(x, factor):
    ### BEGIN SOLUTION
    return factor * x
    ### END SOLUTION"""

LINE = """\
class Line(torch.nn.Module):
    ### BEGIN SOLUTION
    def __init__(self, inputs):
        super().__init__()
        self.w = torch.nn.Parameter(torch.zeros(inputs))
        self.b = torch.nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return x @ self.w + self.b

    def step(self, x):
        self.zero_grad()
        self.forward(x).pow(2).mean().backward()
        with torch.no_grad():
            for p in self.parameters():
                p -= 0.1 * p.grad
    ### END SOLUTION"""


def write_lab(folder):
    """Write the lab into ``folder/lab00_tensors``; returns ``folder``."""
    cells = [
        v4.new_markdown_cell("# Lab 0: Tensors", metadata=marks("opening")),
        v4.new_code_cell("import torch\nfrom cnnlib import labs", metadata=marks("setup")),
        v4.new_code_cell(SCALE, metadata=marks("scale", solution=True, locked=False)),
        v4.new_code_cell(LINE, metadata=marks("Line", solution=True, locked=False)),
    ]
    home = folder / "lab00_tensors"
    home.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells), home / "lab00_tensors.ipynb")
    write_checks(home, {"__init__": LAB, "tasks": TASKS})
    return folder
