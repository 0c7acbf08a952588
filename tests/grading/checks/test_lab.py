"""How a lab and the files of its checks are loaded."""

import sys

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import lab_names, load
from tests.grading.small_lab import write_checks

LAB = 'from cnnlib.grading.checks import Lab\nlab = Lab(__file__, packages=["numpy"])\n'
TIMES = 'from . import lab\nfrom .draws import factor\ntimes = lab.task(f"times{factor}", "Times")\n'
ADDED = '''from .task2_times import factor, times
@times.misconception(of="times")
def added(x):
    """It was added."""
    return x + factor
'''


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write a lab's checks: ``written(name, file=text, …)``."""
    monkeypatch.setattr("cnnlib.grading.checks.lab.SOLUTIONS", tmp_path)

    def write(name, **files):
        (tmp_path / name).mkdir()
        write_checks(tmp_path / name, {"__init__": LAB, **files})
        return tmp_path / name / "checks"

    return write


def test_the_files_of_a_lab_are_its_own(written):
    """They import from each other, though another lab has files of the same names; the order is that of their names."""
    first = 'from . import lab\nlab.task("first", "First")\n'
    for name, factor in (("lab97", 3), ("lab98", 4)):
        draws = f"factor = {factor}\n"
        written(name, task2_times=TIMES, draws=draws, task2_misconceptions=ADDED, task1_first=first)
    labs = {name: load(name) for name in lab_names()}
    assert {name: list(lab.tasks) for name, lab in labs.items()} == {
        "lab97": ["first", "times3"],
        "lab98": ["first", "times4"],
    }
    for lab, right in zip(labs.values(), (13, 14), strict=True):
        times = lab.tasks[f"times{right - 10}"]
        [added] = times.misconceptions
        assert added.function(10) == right and sys.modules[added.function.__module__].times is times


def test_checks_are_read_anew(written):
    folder = written("lab97", task2_times=TIMES, draws="factor = 3\n")
    before = load("lab97")
    (folder / "draws.py").write_text("factor = 2 + 3\n", encoding="utf-8")
    assert list(load("lab97").tasks) == ["times5"] and list(before.tasks) == ["times3"]


@pytest.mark.parametrize(("files", "said"), [
    ({"__init__": LAB + "if lab\n"}, r"checks.__init__\.py, line 3: expected ':'"),
    ({"task1_one": "import math\nlab = (3,\n"}, r"checks.task1_one\.py, line 2: '\(' was never closed"),
    ({"task2_times": TIMES, "draws": "factor = 3\n  print()\n"}, r"checks.draws\.py, line 2: unexpected indent"),
])  # fmt: skip
def test_a_file_that_is_no_python_is_named(written, files, said):
    written("lab97", **files)
    with pytest.raises(CourseError, match=rf"lab97.{said}"):
        load("lab97")


def test_checks_in_one_file_are_refused(written, tmp_path):
    written("lab97")
    (tmp_path / "lab98").mkdir()
    (tmp_path / "lab98" / "checks.py").write_text(LAB, encoding="utf-8")
    for ask in (lab_names, lambda: load("lab97"), lambda: load("lab98")):
        with pytest.raises(CourseError, match=r"folder: move .*lab98.checks\.py to .*lab98.checks.__init__\.py"):
            ask()


def test_a_lab_that_is_not_there_is_named(lab):
    with pytest.raises(CourseError, match="There is no lab lab99; there are lab00_small"):
        load("lab99")
    with pytest.raises(CourseError, match="two tasks called double"):
        lab.task("double", "Again")


def test_a_lab_knows_its_notebook(lab):
    assert lab.title == "Lab 0: Small" and lab.name == "lab00_small"
    assert lab.solution.double(3) == 6
