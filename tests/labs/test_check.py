"""``cnnlab check``: it runs a notebook as Jupyter would, goes on after failures, and says how far the lab is."""

import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from typer.testing import CliRunner

from cnnlib import cli
from cnnlib.errors import CourseError
from cnnlib.labs import __main__ as students
from cnnlib.labs import run_notebook as module
from cnnlib.labs.run_notebook import find, run_notebook
from tests.labs import small_lab

SETUP = "%matplotlib inline\nimport matplotlib.pyplot as plt\nimport numpy as np\n\nfrom cnnlib import labs"
WRITTEN = "def double(x):\n    return 2 * np.asarray(x)"
UNWRITTEN = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
CHECKED = """with labs.task(1, "Doubles") as check:
    check.equal("of two", lambda: double([1, 2]), [2, 4])
    check.true("of none", lambda: double([]).size == 0, "it is not empty")"""
CHECKED_TOO = CHECKED.replace("1, ", "2, ", 1)


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Write the code cells of a lab's notebook, where the command looks for labs; returns its path."""
    monkeypatch.chdir(tmp_path)

    def write(*cells):
        folder = tmp_path / "labs" / small_lab.NAME
        folder.mkdir(parents=True, exist_ok=True)
        return small_lab.write_notebook(folder / f"{small_lab.NAME}.ipynb", list(cells))

    return write


def check(*arguments, app=cli.app):
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


def test_a_lab_that_is_done(lab):
    path = lab(SETUP, WRITTEN, CHECKED, "plt.plot([1, 2])\nplt.show()", "labs.progress()")
    before = path.read_bytes()
    code, output = check()
    assert code == 0
    assert "Task 1 · Doubles │ ✓ 2 of 2" in output
    assert output.endswith("Hidden checks, on other inputs, run at grading.")
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_a_lab_that_is_begun(lab):
    lab(SETUP, UNWRITTEN, CHECKED, "1 / 0", "", "def half(:", "import sys\nsys.exit()", "missing\n" + CHECKED_TOO)
    code, output = check(small_lab.NAME, app=students.app)  # what students type is the same command
    assert code == 1
    assert "Task 1 · Doubles │ ✗ 0 of 2 │ of two: not written yet" in output
    assert "Task 2 · Doubles │ ✗ not run" in output
    assert "Cell [4] raised ZeroDivisionError: division by zero (line 1: 1 / 0)" in output
    assert "Cell [5] raised SyntaxError: invalid syntax (line 1: def half(:)" in output
    assert "Cell [6] raised SystemExit" in output
    assert "Cell [7] raised NameError: name 'missing' is not defined (line 1: missing)" in output


def test_what_runs_is_a_notebook_in_its_folder(lab, capfd):
    lab(
        "from cnnlib import labs\nfrom pathlib import Path",
        "async def later():\n    return 3\nvalue = await later()",
        "!echo a shell line\nexit()",
        "print('noise ' * 100_000)",
        "with labs.task(1, 'Place') as check:\n"
        "    check.equal('folder', lambda: Path.cwd().name, 'lab09_made')\n"
        "    check.equal('module', lambda: (__name__, value), ('__main__', 3))\n"
        "    check.equal('no one answers', lambda: input(), '')",
    )
    found = run_notebook(find()[0])
    assert not found.raised and not found.stopped and "noise" not in "".join(capfd.readouterr())
    [task] = found.tasks
    assert [outcome.message for outcome in task.outcomes] == ["", "", "EOFError: EOF when reading a line"]


def test_time_runs_out(lab):
    lab(SETUP.split("\n", 2)[2], WRITTEN, CHECKED, "import time\nwhile True:\n    time.sleep(1)", CHECKED_TOO)
    code, output = check("labs", "--timeout", "5")
    assert code == 1
    assert "Task 1 · Doubles │ ✓ 2 of 2" in output and "Task 2 · Doubles │ ✗ not run" in output
    assert "Time ran out (5 s) while cell [4] was running: import time" in output


def test_python_ends(lab):
    path = lab("import os", "os._exit(7)", "1")
    assert run_notebook(path).stopped == "Python ended (exit code 7) while cell [2] was running: os._exit(7)"
    assert not run_notebook(path).passed


FOREIGN = """try:
    import torch.nn, scipy.ndimage as ndimage
    from scipy import signal
except ImportError:
    pass"""
KNOWN = "%matplotlib inline\nimport os.path, numpy.fft\nfrom mpl_toolkits import mplot3d\nfrom IPython import display"


@pytest.mark.parametrize(("metadata", "told"), [
    ({"cnnlib": {"packages": ["numpy", "matplotlib"]}}, [(3, "torch"), (3, "scipy")]),
    ({"cnnlib": {"packages": ["scipy", "numpy", "matplotlib"]}}, [(3, "torch")]),
    ({"cnnlib": {}}, []),
    ({}, []),
])  # fmt: skip
def test_imports_that_grading_has_not(lab, metadata, told):
    """From the notebook's own list of packages; a cell that is no Python is left to what running it says."""
    path = lab(KNOWN, SETUP, FOREIGN, "from .mine import torch", "import torch\nhalf(:", "!echo import torch", "")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.update(metadata)
    nbformat.write(notebook, path)
    assert list(run_notebook(path).foreign) == told
    words = [f"Cell [{number}] imports {module}, which is not there when the lab is graded" for number, module in told]
    assert check()[1].count("is not there") == len(words) and all(line in check()[1] for line in words)


def test_a_notebook_without_checks_passes_nothing(lab):
    code, output = check(lab("1 + 1"))
    assert code == 1 and "This notebook has no visible checks." in output


@pytest.mark.parametrize(("asked", "message"), [
    (["nowhere"], "There is no notebook and no lab nowhere; the labs are: lab09_made"),
    (["notes.txt"], "notes.txt is no notebook (Notebook does not appear to be JSON: ':x: notes'); "
                    "name a file that Jupyter wrote, .ipynb"),
    (["{}.ipynb"], "{}.ipynb is no notebook"),
    (["empty"], "There is no notebook in empty"),
])  # fmt: skip
def test_mistakes_are_one_message(lab, tmp_path, asked, message):
    lab("1")
    (tmp_path / "notes.txt").write_text(":x: notes")
    (tmp_path / "{}.ipynb").write_text("{}")
    (tmp_path / "empty").mkdir()
    code, output = check(*asked)
    assert code == 1 and output.startswith(f"Error: {message}")


def test_no_labs_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "cnnlib")
    assert check() == (1, f"Error: There are no labs in {tmp_path / 'labs'}; name a notebook")


def test_a_python_that_cannot_run_it_says_why(lab, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(CourseError, match=r"could not be run: nothing was said"):
        run_notebook(lab("1"))


def test_a_lab_is_found_by_file_folder_and_name(lab, monkeypatch):
    path = lab("1")
    for asked in (path, path.parent, path.parent.parent, small_lab.NAME, None):
        [found] = find(asked and str(asked))
        assert found.resolve() == path.resolve()
    monkeypatch.chdir(path.parent)
    assert find(".")[0].resolve() == path.resolve()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an endless cell has to be ended by hand")
def test_what_it_runs_ends_with_it(tmp_path):
    """An endless cell does not outlive a `cnnlab check` that is killed."""
    mark = tmp_path / "pid"
    cell = v4.new_code_cell(f"import os\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\nwhile True: pass")
    nbformat.write(v4.new_notebook(cells=[cell]), tmp_path / "endless.ipynb")
    command = [sys.executable, "-m", "cnnlib.labs", "check", str(tmp_path / "endless.ipynb")]
    checking = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (mark.is_file() and mark.read_text()):
        time.sleep(0.05)
    checking.kill()
    checking.wait()
    status = Path(f"/proc/{mark.read_text()}/stat")
    for _ in range(100):
        if not status.exists() or " Z " in status.read_text():
            return
        time.sleep(0.05)
    pytest.fail("it runs on")
