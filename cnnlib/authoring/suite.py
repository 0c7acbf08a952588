"""The whole check of the course, part by part, each with its time; every part runs, whatever failed before it."""

import os
import subprocess
import sys
import time
from typing import NamedTuple

from cnnlib.authoring import browser
from cnnlib.authoring.checkout import BOOK, ROOT


class Part(NamedTuple):
    """A part of the suite: its name and the commands that it runs, each after ``python -m``."""

    name: str
    commands: list
    environment: dict = {}  # noqa: RUF012 - never written to


PARTS = [
    Part("style", [["ruff", "check", "."], ["ruff", "format", "--check", "."]]),
    Part(
        "units",
        [["pytest", "tests", "--ignore=tests/site", "-n", "2", "--dist=worksteal", "--cov", "--cov-fail-under=90"]],
    ),
    Part(
        "notebooks",
        [["pytest", str(BOOK.relative_to(ROOT)), "--nbval-lax", "--nbval-current-env", "-n", "2", "--dist=loadscope"]],
        {"CNNLIB_SCALE": "quick", "OMP_NUM_THREADS": "1"},
    ),
    Part("site", [["pytest", "tests/site", "-n", "2", "--dist=worksteal"]]),
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


def missing():
    """What the suite needs of the system and could not install itself: (what, the command that installs it)."""
    if browser.find():
        return []
    print("Trying to install a browser, for the site's tests.", flush=True)
    if browser.install():
        return []
    return [("a browser, for the site's tests", browser.install_command())]
