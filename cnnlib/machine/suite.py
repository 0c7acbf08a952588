"""The whole check of the course, part by part, each with its time; every part runs, whatever failed before it."""

import os
import platform
import shutil
import subprocess
import sys
import time
from typing import NamedTuple

from cnnlib.checkout import BOOK, ROOT
from cnnlib.machine import apt, browser


class Part(NamedTuple):
    """A part of the suite: its name and the commands that it runs, each after ``python -m``."""

    name: str
    commands: list
    environment: dict = {}  # noqa: RUF012 - never written to


PYTEST = ["pytest", "-n", "2", "--dist=worksteal"]
COVERED = ["--cov", "--cov-report="]
PARTS = [
    Part(
        "style",
        [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["cnnlib.machine.javascript"]],
    ),
    Part(
        "units", [[*PYTEST, "tests", *(f"--ignore=tests/{other}" for other in ("labs", "grading", "site")), *COVERED]]
    ),
    Part("labs", [[*PYTEST, "tests/labs", *COVERED, "--cov-append"]]),
    Part("grader", [[*PYTEST, "tests/grading", *COVERED, "--cov-append"]]),
    Part("coverage", [["coverage", "report", "--fail-under=90"]]),  # of the three parts before it, together
    Part(
        "notebooks",
        [["pytest", str(BOOK.relative_to(ROOT)), "--nbval-lax", "--nbval-current-env", "-n", "2", "--dist=loadscope"]],
        {"CNNLIB_SCALE": "quick", "OMP_NUM_THREADS": "1"},
    ),
    Part("site", [[*PYTEST, "tests/site"]]),
]


def run(names=()):
    """Run the parts called ``names``, or all; returns {name: (passed, seconds)}."""
    results = {}
    for part in PARTS:
        if names and part.name not in names:
            continue
        print(f"\n=== {part.name} ===", flush=True)
        began = time.perf_counter()
        environment = {**os.environ, **part.environment}
        codes = [
            subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment).returncode
            for command in part.commands
        ]
        results[part.name] = (not any(codes), time.perf_counter() - began)
    return results


def missing(names):
    """What parts need of the system and could not install themselves: (what, the command that installs it)."""
    lacking = []
    if "site" in names and not browser.find():
        print("Trying to install a browser, for the site's tests.", flush=True)
        if not browser.install():
            lacking.append(("a browser, for the site's tests", browser.install_command()))
    if {"labs", "grader", "units"} & set(names) and platform.system() == "Linux" and not shutil.which("bwrap"):
        print("Trying to install bubblewrap, for the grader's tests.", flush=True)
        apt.install("bubblewrap")
        if not shutil.which("bwrap"):
            lacking.append(("bubblewrap, for the grader's tests", apt.command("bubblewrap")))
    return lacking
