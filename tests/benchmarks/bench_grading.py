"""Grading beside stock nbgrader: forty copies of lab 1 with its solution, by `cnnlab grade` and `nbgrader autograde`.

Run by ``make bench``. Both are timed as whole commands, one after the other, on the same notebooks. Ours writes
pages of feedback besides; nbgrader executes the visible checks alone, in the student's process. COPIES sets another
number.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from cnnlib.checkout import ROOT

LAB = "lab01_convolution"
COPIES = int(os.environ.get("COPIES", 40))
BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def seconds(command, folder):
    """Wall time of a command, run in ``folder``; what it prints is shown only where it fails."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - began


def main():
    with TemporaryDirectory(prefix="bench-") as folder:
        course = Path(folder)
        source = course / "source" / LAB / f"{LAB}.ipynb"
        source.parent.mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / LAB / f"{LAB}.ipynb", source)
        for number in range(COPIES):
            handed = course / "submitted" / f"student{number:02}" / LAB
            handed.mkdir(parents=True)
            shutil.copy(source, handed)
        ours = seconds([BIN / "cnnlab", "grade", "submitted", "--out", "graded", "--secret", "secret"], course)
        seconds([sys.executable, "-m", "nbgrader", "generate_assignment", LAB], course)
        stock = seconds([sys.executable, "-m", "nbgrader", "autograde", LAB], course)
    table = Table(f"{COPIES} copies of {LAB}", "seconds", "a submission", "times faster")
    table.add_row("nbgrader autograde", f"{stock:.1f}", f"{stock / COPIES:.2f} s", "1")
    table.add_row("cnnlab grade", f"{ours:.1f}", f"{ours / COPIES:.2f} s", f"{stock / ours:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
