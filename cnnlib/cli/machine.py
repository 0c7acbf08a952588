"""``cnnlab test``, ``lint``, ``bench`` and ``doctor``: the course checked and measured on this machine."""

import shlex
import subprocess
import sys
from typing import Annotated

import typer
from rich.table import Table

from cnnlib import checkout
from cnnlib.cli._app import command
from cnnlib.errors import CourseError
from cnnlib.terminal import console, say


@command
def test(parts: Annotated[list[str] | None, typer.Argument(help="Parts to run. Default: all.")] = None):
    """Check everything: style, code, labs, grader, notebooks, site. Each part prints its time."""
    from cnnlib.machine import suite

    checkout.require_checkout()
    known = [part.name for part in suite.PARTS]
    if unknown := set(parts or ()) - set(known):
        raise CourseError(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    missing = suite.missing(parts or known)
    results = suite.run(parts or ())
    table = Table("part", "result", "time")
    for name, (passed, seconds) in results.items():
        table.add_row(name, "passed" if passed else "[red]failed[/]", f"{seconds:.0f} s")
    console.print(table)
    for what, install in missing:
        say(f"Not everything ran: {what} is missing. Install it with: {shlex.join(install)}")
    if missing or not all(passed for passed, _ in results.values()):
        raise typer.Exit(1)


@command
def lint():
    """Check the style of the code."""
    from cnnlib.machine import suite

    checkout.require_checkout()
    passed, _ = suite.run(["style"])["style"]
    if not passed:
        raise typer.Exit(1)


@command
def bench():
    """Measure speed side by side with what others use: convolution, profiles, landscapes, training, grading."""
    checkout.require_checkout()
    for script in sorted((checkout.ROOT / "tests" / "benchmarks").glob("bench_*.py")):
        if subprocess.run([sys.executable, script]).returncode:
            raise typer.Exit(1)


@command
def doctor(fix: Annotated[bool, typer.Option(help="Install what can be installed.")] = False):
    """Look at this machine: what the course needs, what is missing, and the command that mends it."""
    from cnnlib.machine import browser
    from cnnlib.machine import doctor as examination

    if fix and browser.find() is None:
        browser.install()
    findings = examination.examine()
    table = Table("", "what", "found", "needed for")
    for finding in findings:
        table.add_row("[green]✓[/]" if finding.good else "[red]✗[/]", finding.name, finding.found, finding.needed_for)
    console.print(table)
    for finding in findings:
        if not finding.good:
            say(f"{finding.name}: {finding.mend}")
    if not all(finding.good for finding in findings if finding.required):
        raise typer.Exit(1)
