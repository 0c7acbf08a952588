"""Run a lab's notebook from top to bottom in a fresh process, and collect what its visible checks say.

The student's own Python runs it, unfenced: it is their machine and their code. The file is not changed.
"""

import ast
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import packages_distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cnnlib.errors import CourseError
from cnnlib.labs.summary import Outcome, TaskSummary

PACKAGE = Path(__file__).resolve().parents[1]
DECLARED = re.compile(r"""labs\.task\(\s*(\d+)\s*,\s*(["'])(.*?)\2""")


class NotebookRun(NamedTuple):
    """What running a notebook gave.

    ``tasks`` is a ``TaskSummary`` for each task that the notebook has, without outcomes where its checks were not run;
    ``raised`` pairs the number of each cell that raised with its error; ``stopped`` says what ended the run early.
    ``foreign`` pairs numbers of cells with what they import, and grading has not.
    """

    tasks: tuple[TaskSummary, ...]
    raised: tuple[tuple[int, str], ...]
    stopped: str
    foreign: tuple[tuple[int, str], ...] = ()

    @property
    def passed(self) -> bool:
        complete = all(task.outcomes and task.passed == len(task.outcomes) for task in self.tasks)
        return complete and bool(self.tasks) and not self.stopped


def find(asked: str | None = None) -> list[Path]:
    """Notebooks to run: a file, those of a folder, that of a lab's name; without ``asked``, all of the labs."""
    labs = _labs_folder()
    if asked is None:
        notebooks = sorted(labs.glob("*/*.ipynb"))
        missing = f"There are no labs in {labs}; name a notebook"
    elif Path(asked).is_dir():
        notebooks = sorted(Path(asked).glob("*.ipynb")) or sorted(Path(asked).glob("*/*.ipynb"))
        missing = f"There is no notebook in {asked}"
    elif Path(asked).exists():
        return [Path(asked)]
    else:
        notebooks = sorted((labs / asked).glob("*.ipynb"))
        names = ", ".join(sorted({path.parent.name for path in labs.glob("*/*.ipynb")})) or "none"
        missing = f"There is no notebook and no lab {asked}; the labs are: {names}"
    if not notebooks:
        raise CourseError(missing)
    return notebooks


def run_notebook(notebook: Path, timeout: float = 300) -> NotebookRun:
    """The ``NotebookRun`` of a notebook, given ``timeout`` seconds for all its cells.

    ``CourseError`` where the file is no notebook, or Python could not start.
    """
    cells, packages = _read(notebook)
    with TemporaryDirectory() as scratch:
        sources, report, said = (Path(scratch, name) for name in ("cells.json", "report.jsonl", "said.txt"))
        sources.write_text(json.dumps(cells), encoding="utf-8")
        report.touch()
        with said.open("wb") as output:
            ended = _in_a_process([sources, report], notebook.resolve().parent, output, timeout)
        lines = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
        if not lines:
            last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing was said"]
            raise CourseError(f"{notebook} could not be run: {last[-1]}")
    stopped = ""
    if not lines[-1]["done"]:
        number = lines[-1]["cell"]
        first = cells[number - 1].strip().splitlines()[0]
        reason = f"Time ran out ({timeout:g} s)" if ended is None else f"Python ended (exit code {ended})"
        stopped = f"{reason} while cell [{number}] was running: {first}"
    raised = tuple((line["cell"], line["error"]) for line in lines if line["error"])
    return NotebookRun(_tasks(cells, lines[-1]["tasks"]), raised, stopped, _foreign(cells, packages))


def _read(notebook):
    """Sources of the code cells that hold something, and the packages that the lab is graded with, where it says so.

    The n-th of the cells is what Jupyter calls [n] when all are run.
    """
    import nbformat

    try:
        opened = nbformat.read(notebook, as_version=4)
        cells = [cell.source for cell in opened.cells if cell.cell_type == "code" and cell.source.strip()]
        return cells, opened.metadata.get("cnnlib", {}).get("packages")
    except OSError as error:
        raise CourseError(f"{notebook} cannot be read: {error.strerror}") from None
    except Exception as error:  # nbformat stumbles in many ways over what is no notebook
        reason, *_ = str(error).splitlines() or [type(error).__name__]
        raise CourseError(f"{notebook} is no notebook ({reason}); name a file that Jupyter wrote, .ipynb") from None


def _foreign(cells, packages):
    """(number of a cell, module that it imports) for each that grading has not: it has ``packages`` and Python's own.

    Nothing where ``packages`` are not known.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    if packages is None:
        return ()
    known = {*sys.stdlib_module_names, "IPython", "cnnlib", *packages}
    known |= {module for module, owners in packages_distributions().items() if set(packages) & set(owners)}
    found = []
    for number, source in enumerate(cells, start=1):
        with suppress(SyntaxError, ValueError, RecursionError):  # told when the cell is run
            tree = ast.parse(TransformerManager().transform_cell(source))
            found += [(number, module) for module in _imports(tree) if module not in known]
    return tuple(found)


def _imports(tree):
    """First parts of the names of all modules that the code imports, each once."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
    return dict.fromkeys(name.partition(".")[0] for name in names)


def _tasks(cells, results):
    """A summary of every task: the results, and empty ones for tasks that the cells declare and that were not run."""
    declared = [DECLARED.search(source) for source in cells]
    tasks = {int(found[1]): TaskSummary(int(found[1]), found[3], ()) for found in declared if found}
    for number, title, outcomes in results:
        tasks[number] = TaskSummary(number, title, tuple(Outcome(*outcome) for outcome in outcomes))
    return tuple(tasks[number] for number in sorted(tasks))


def _labs_folder():
    """``labs`` here, or else beside the package: in a clone, or in the students' copy of it."""
    return Path("labs") if Path("labs").is_dir() else PACKAGE.parent / "labs"


def _in_a_process(arguments, folder, output, timeout):
    """Exit code of the process that runs the cells in ``folder``, or None where the time ran out."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONUTF8": "1"}
    if (PACKAGE.parent / "pyproject.toml").is_file():  # run from its own folder, and perhaps not installed
        paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnlib.labs.run_cells", *map(str, arguments)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # so that what the notebook started ends with it
    )
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process):
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):  # nothing of it runs any more
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
