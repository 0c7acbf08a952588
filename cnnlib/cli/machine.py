"""``cnnlab test``, ``thorough``, ``lint``, ``bench`` and ``doctor``: the course checked and measured here."""

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
    _require_parts(parts, known)
    missing = suite.missing(parts or known)
    results = suite.run(parts or ())
    _tabulate(results)
    for what, install in missing:
        say(f"Not everything ran: {what} is missing. Install it with: {shlex.join(install)}")
    if missing or not all(result.passed for result in results.values()):
        raise typer.Exit(1)


@command
def thorough(
    parts: Annotated[list[str] | None, typer.Argument(help="Parts to run. Default: all.")] = None,
    again: Annotated[bool, typer.Option(help="Run also what passed already on this very tree.")] = False,
):
    """Check what need not run at every change: all seeds, many draws, whole zoos. It goes on where it was stopped."""
    from cnnlib.machine import thorough as suite

    checkout.require_checkout()
    _require_parts(parts, [part.name for part in suite.parts()])
    results, passed = suite.run(parts or (), again=again)
    _tabulate(results, passed)
    if not all(result.passed for result in results.values()):
        raise typer.Exit(1)


def _require_parts(asked, known):
    if unknown := set(asked or ()) - set(known):
        raise CourseError(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(known)}")


def _tabulate(results, passed_before=()):
    """Print how the parts went, and which ones passed in an earlier run."""
    table = Table("part", "result", "time", "core-seconds")
    for name in passed_before:
        table.add_row(name, "passed before", "", "")
    for name, (passed, seconds, core_seconds) in results.items():
        table.add_row(name, "passed" if passed else "[red]failed[/]", f"{seconds:.0f} s", f"{core_seconds:.0f}")
    console.print(table)


@command
def lint():
    """Check the style of the code."""
    from cnnlib.machine import suite

    checkout.require_checkout()
    if not suite.run(["style"])["style"].passed:
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
