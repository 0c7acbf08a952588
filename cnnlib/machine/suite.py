"""The whole check of the course, part by part, each with its time; every part runs, whatever failed before it.

Two parts run at a time: either one leaves the processors idle while it waits for a browser or a sandbox.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import IO, NamedTuple

from cnnlib.checkout import BOOK, ROOT
from cnnlib.machine import apt, browser


class Part(NamedTuple):
    """A part of the suite: its name and the commands that it runs, each after ``python -m``.

    A part that is ``last`` needs what the others leave behind: it runs after all of them, alone.
    """

    name: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = {}
    last: bool = False


class Result(NamedTuple):
    """How a part went. Of a browser, the core-seconds miss the processes that it does not wait for itself."""

    passed: bool
    seconds: float
    core_seconds: float  # of all processors together; NaN where the system does not tell


PYTEST = ["pytest", "-n", "2", "--dist=worksteal"]
# All tests of a page in one process, which opens the page once; builds, which take long, start first.
BY_PAGE = ["pytest", "-n", "2", "--dist=loadgroup", "--no-loadscope-reorder"]


def part_with_coverage(name: str, *arguments: str) -> Part:
    """A part of tests whose coverage counts: each has a data file of its own, for parts run at the same time."""
    return Part(name, [[*PYTEST, *arguments, "--cov", "--cov-report="]], {"COVERAGE_FILE": coverage_file(name)})


def coverage_file(name: str) -> str:
    return str(ROOT / f".coverage.of-{name}")


OTHER_PARTS = ("labs", "grading", "site")
COVERED = [
    part_with_coverage("units", "tests", *(f"--ignore=tests/{other}" for other in OTHER_PARTS)),
    part_with_coverage("labs", "tests/labs"),
    part_with_coverage("grader", "tests/grading"),
]
# The longest first, so that none is left to run alone at the end.
PARTS = [
    Part("site", [[*BY_PAGE, "tests/site"]]),
    COVERED[0],
    Part(
        "notebooks",
        [["pytest", str(BOOK.relative_to(ROOT)), "--nbval-lax", "--nbval-current-env", "-n", "2", "--dist=loadscope"]],
        {"CNNLIB_SCALE": "quick", "OMP_NUM_THREADS": "1"},
    ),
    *COVERED[1:],
    Part(
        "style",
        [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["cnnlib.machine.javascript"]],
    ),
    Part(
        "coverage",  # of the covered parts, together
        [
            ["coverage", "combine", "--keep", *(coverage_file(part.name) for part in COVERED)],
            ["coverage", "report", "--fail-under=90"],
        ],
        last=True,
    ),
]


def run(names: Collection[str] = ()) -> dict[str, Result]:
    """Run the parts called ``names``, or all; returns name → ``Result``."""
    return run_parts([part for part in PARTS if not names or part.name in names])


def run_parts(
    parts: Sequence[Part], at_once: int = 2, done: Callable[[Part, Result], None] = lambda part, result: None
) -> dict[str, Result]:
    """Run ``parts``, as many ``at_once``; ``done`` is called after each.

    What a part says is printed in one piece when it ends, or as it comes where there is only one part.
    """
    results: dict[str, Result] = {}

    def note(part: Part, result: Result, output: str) -> None:
        verdict = "passed" if result.passed else "failed"
        print(f"\n=== {part.name}: {verdict} in {result.seconds:.0f} s ===\n{output}", flush=True)
        results[part.name] = result
        done(part, result)

    if len(parts) == 1:
        note(parts[0], _run(parts[0]), "")
        return results
    with ThreadPoolExecutor(at_once) as pool:
        running = {pool.submit(_run_quietly, part): part for part in parts if not part.last}
        try:
            for finished in as_completed(running):
                note(running[finished], *finished.result())
        except BaseException:  # Ctrl-C above all: what runs is interrupted too, and nothing else is begun
            pool.shutdown(cancel_futures=True)
            raise
    for part in parts:
        if part.last:
            note(part, *_run_quietly(part))
    return {part.name: results[part.name] for part in parts}


def _run_quietly(part: Part) -> tuple[Result, str]:
    """Run a part; its ``Result`` and what it said."""
    with tempfile.TemporaryFile() as output:
        result = _run(part, output)
        output.seek(0)
        return result, output.read().decode(errors="replace")


def _run(part: Part, output: IO[bytes] | None = None) -> Result:
    began, passed, core_seconds = time.perf_counter(), True, 0.0
    for command in part.commands:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **part.environment},
            stdout=output,
            stderr=output and subprocess.STDOUT,
        )
        code, used = _wait(process)
        passed, core_seconds = passed and code == 0, core_seconds + used
    return Result(passed, time.perf_counter() - began, core_seconds)


def _wait(process: subprocess.Popen) -> tuple[int, float]:
    """Exit code and core-seconds of a process and of all that it waited for."""
    if not hasattr(os, "wait4"):  # Windows
        return process.wait(), float("nan")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def missing(names: Collection[str]) -> list[tuple[str, list[str]]]:
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
