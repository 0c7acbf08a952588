"""Every lab of the course as students get it: in step with its source, without an answer, and with what it imports."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from cnnlib.authoring.release import notebooks as release
from cnnlib.grading.checks.lab import SOLUTIONS, lab_names, load
from tests.authoring.release.static_imports import modules_of
from tests.labs.small_lab import read

LABS = lab_names()
SHORTEST = 20  # characters: shorter lines, such as "return y", stand anywhere
# Functions that students get, though their lines stand in the checks or in a solution as well: what a task's text
# defines, and code that is to be repaired.
GIVEN = {"lab01_convolution": ["measured"], "lab02_pooling": ["glyphs", "as_found"]}


def solution_lines(notebook):
    """(lines that the release takes out, all others), of the cells of a source notebook."""
    hidden, shown = [], []
    for cell in notebook.cells:
        whole = cell.metadata.get("nbgrader", {}).get("solution") and "BEGIN SOLUTION" not in cell.source
        open_regions = set()
        for line in cell.source.splitlines():
            if mark := re.search(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)", line):
                (open_regions.add if mark[1] == "BEGIN" else open_regions.discard)(mark[2])
            else:
                (hidden if whole or open_regions else shown).append(line.strip())
    return hidden, shown


def given_lines(notebook, given):
    """The lines of the functions ``given``, of the cells of a notebook."""
    lines = set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and any(f"def {name}(" in cell.source for name in given):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name in given:
                    lines |= {line.strip() for line in cell.source.splitlines()[node.lineno - 1 : node.end_lineno]}
    return lines


def check_lines(folder):
    """The lines of all files of a lab's checks."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("checks/*.py"))]
    return [line.strip() for text in texts for line in text.splitlines()]


def secret(lines, shown):
    """The lines that no student may find.

    Not those that say nothing about an answer: imports (a solution and a student need the same NumPy), comments, the
    words of a rejection (they are for students), and signatures that the notebook itself gives (a misconception has
    the signature of the task's function).
    """
    for line in lines:
        signature = re.match(r"(def|class) .*:$", line)
        harmless = re.match(r"(import |from |#|wrong\()", line) or (signature and line in shown)
        if len(line) >= SHORTEST and not harmless:
            yield line


@pytest.mark.parametrize("name", LABS)
def test_no_answer_stands_in_what_students_get(name, tmp_path):
    folder = SOLUTIONS / name
    source = read(folder / f"{name}.ipynb")
    hidden, shown = solution_lines(source)
    lines = {*secret(hidden, shown), *secret(check_lines(folder), shown)}
    lines -= given_lines(source, GIVEN.get(name, ()))
    assert len(lines) > 200  # of a notebook alone there are fewer
    for path in release.release(to=tmp_path / "students"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
            found = [line for line in lines if line in text]
        else:  # in a tool, the head of a block is everyone's: it says nothing without the lines that follow
            found = [line for line in lines if line in text and not line.endswith(":")]
        assert found == [], path.relative_to(tmp_path)


@pytest.mark.parametrize("name", LABS)
def test_a_notebook_says_what_its_sandbox_has(name):
    """`cnnlab check` warns a student of other imports; it knows nothing but the notebook."""
    lab = load(name)
    for path in (lab.source, release.LABS / name / f"{name}.ipynb"):
        assert read(path).metadata["cnnlib"] == {"packages": list(lab.packages)}


@pytest.mark.parametrize("name", LABS)
def test_a_lab_imports_what_its_sandbox_has(name):
    lab = load(name)
    allowed = {*sys.stdlib_module_names, "IPython", "cnnlib"}
    allowed |= {root for root, owners in packages_distributions().items() if set(owners) & set(lab.packages)}
    notebook = release.student_version(read(lab.source))
    to_python = TransformerManager().transform_cell
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert roots(to_python(cell.source)) <= allowed, cell.source
    ours = modules_of(notebook)
    assert {module.split(".")[1] for module in ours if "." in module} <= set(lab.tools)


def roots(code):
    """First parts of the names of all modules that a piece of code imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found


def test_labs_are_in_step_with_their_sources():
    assert release.out_of_step() == [], "make labs"
    assert sorted(path.parent.name for path in release.LABS.glob("*/*")) == LABS
