"""The command ``cnnlab``. Each make target is one line over it."""

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnnlib import checkout, terminal
from cnnlib.errors import CourseError
from cnnlib.labs.check import check
from cnnlib.terminal import console, say

app = terminal.commands("Read, run and check the convolutional networks course.")
command = terminal.command_of(app)


@command
def book(
    out: Annotated[Path | None, typer.Option(help="Folder for the site. Default: book/_build/html.")] = None,
    serve: Annotated[bool | None, typer.Option(help="Serve and open it. Default: only at a terminal.")] = None,
):
    """Build the book's site from the notebooks' stored outputs."""
    from cnnlib.authoring.site import build as site

    folder = site.build(out or site.HTML)
    say(f"The site is in {folder}: open index.html, with or without a network.")
    if serve or (serve is None and sys.stdin.isatty() and sys.stdout.isatty()):
        site.serve(folder, open_browser=sys.stdout.isatty())


@command
def serve(port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine.")] = 8000):
    """Serve the site that is built, on this machine alone."""
    from cnnlib.authoring.site import build as site

    site.serve(port=port, open_browser=sys.stdout.isatty())


@command
def execute(
    paths: Annotated[list[Path] | None, typer.Argument(help="Notebooks. Default: all of the book's.")] = None,
    scale: Annotated[str | None, typer.Option(help="quick or full. Default: full with a GPU, else quick.")] = None,
    force: Annotated[bool, typer.Option(help="Let a quick run replace outputs of full scale.")] = False,
):
    """Run notebooks in place and store their outputs."""
    from cnnlib.authoring.pages.execute import execute as run_notebook

    if scale not in (None, "quick", "full"):
        raise CourseError(f"--scale must be quick or full; got {scale!r}")
    failed = []
    for path in paths or checkout.notebooks():
        if not path.is_file():
            raise CourseError(f"There is no notebook at {path}")
        try:
            say(f"{path.name}: {run_notebook(path.resolve(), scale, force=force)}")
        except CourseError as error:  # one page that fails does not keep the others from running
            say(str(error))
            failed.append(path.name)
    if failed:
        raise CourseError(f"Not run to the end: {', '.join(failed)}")


@command
def seeds(
    paths: Annotated[list[Path] | None, typer.Argument(help="Notebooks. Default: all of the book's.")] = None,
    number: Annotated[int, typer.Option(min=1, help="How many seeds, from 1 on.")] = 3,
):
    """Run the book's claims under other seeds, and tabulate by how much they hold. Nothing is stored."""
    from cnnlib.authoring.pages import seeds as under_seeds

    sound = True
    for path in paths or checkout.notebooks():  # takes minutes: each page is told of when it is done
        rows, failures = under_seeds.margins(path.resolve(), range(1, number + 1))
        table = Table("claim", "least and most", "threshold", "least margin", "in std. dev.", title=path.stem)
        for row in rows:
            span = f"{min(row.values):.4g} … {max(row.values):.4g}"
            margin = f"{row.least:.3g}" if row.holds else f"[red]{row.least:.3g}[/]"
            table.add_row(row.what, span, f"{row.threshold:.4g}", margin, f"{row.deviations:.1f}")
        if rows:
            console.print(table)
        for line in failures:
            say(line)
        sound = sound and not failures and all(row.holds for row in rows)
    if not sound:
        raise typer.Exit(1)


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


command(check)

data_app = typer.Typer(help="List the data sets, or fetch one.")
app.add_typer(data_app, name="data")


@data_app.callback(invoke_without_command=True)
@terminal.mendable
def data(context: typer.Context):
    """List the data sets: licence, size, where they are. `cnnlab data fetch NAME` fetches one."""
    from cnnlib.data.store import registry as catalogue

    if context.invoked_subcommand is not None:
        return
    table = Table("name", "what", "licence", "MB", "scale", "here")
    for name in catalogue.names():
        entry = catalogue.entry(name)
        here = catalogue.whereabouts(name) or f"no: from {entry.source}"
        table.add_row(name, entry.title, entry.licence, f"{entry.size / 1e6:.1f}", entry.scale, here)
    console.print(table)


@terminal.command_of(data_app)
def fetch(name: Annotated[str, typer.Argument(help="The data set's name, as `cnnlab data` lists it.")]):
    """Fetch a data set, from the folder that CNNLIB_MIRROR names or from the network, and make it ready for use."""
    from cnnlib.data.store import registry as catalogue

    try:
        catalogue.load(name)
    except (ValueError, ModuleNotFoundError) as error:  # no such data set; a package that carries it is not installed
        raise CourseError(str(error)) from None
    say(f"{name} is ready: {catalogue.whereabouts(name)}.")


@command
def release(
    labs: Annotated[list[str] | None, typer.Argument(help="Names of labs. Default: all.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder for a students' copy: labs and tools, no answers.")] = None,
):
    """Make the students' notebooks from the sources, into labs/; or, with --to, a whole copy for students."""
    from cnnlib.authoring.release.notebooks import release as write

    checkout.require_checkout()
    written = write(labs, to=to)
    if to is not None:
        say(f"The students' copy is in {to}: {len(list(to.glob('labs/*/*.ipynb')))} labs, and the tools that they use.")
    elif not written:
        say("labs/ is in step with solutions/.")
    else:
        for path in written:
            say(f"wrote {path.relative_to(checkout.ROOT)}")


@command
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder of submissions: <student>/<lab>/<lab>.ipynb.")],
    out: Annotated[Path, typer.Option(help="Folder for grades, gradebook and feedback.")] = Path("graded"),
    workers: Annotated[int | None, typer.Option(min=1, help="Default: one per processor.")] = None,
    secret: Annotated[Path | None, typer.Option(help="File of the course's secret. Default: .course-secret.")] = None,
    sandbox: Annotated[bool, typer.Option(help="Without it, student code runs with all your rights.")] = True,
):
    """Grade a folder of submissions. Exit code 0: all graded; 3: done, and some need a look; 1: nothing was graded."""
    from cnnlib.grading.checks import draws as inputs
    from cnnlib.grading.exports import report
    from cnnlib.grading.results import GRADED
    from cnnlib.grading.runs import batch

    checkout.require_checkout()
    if out.resolve().is_relative_to(submissions.resolve()):
        raise CourseError("--out lies within the submissions; name a folder beside them.")
    found, passed_over = batch.find(submissions)
    course_secret = inputs.course_secret(secret or inputs.SECRET_FILE)
    results, labs = batch.run(found, out, course_secret, confined=sandbox, workers=workers, console=console)
    for table in report.summary(results, labs, passed_over):
        console.print(table)
    say(f"Grades, gradebook and feedback are in {out}.")
    if passed_over or any(result.status != GRADED for result in results):
        raise typer.Exit(3)


@command
def models(
    names: Annotated[list[str] | None, typer.Argument(help="Networks. Default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON, numbers in full.")] = False,
):
    """Print the lecture's networks side by side: year, depth, what they cost and see, their published errors."""
    from cnnlib.complexity import table as networks

    try:
        lines = networks.lines(names or None)
    except ValueError as error:  # of a name that is not known
        raise CourseError(str(error)) from None
    if as_json:
        say(json.dumps([line._asdict() for line in lines], indent=1))
    else:
        console.print(networks.side_by_side(lines))


@command
def numbers():
    """Write the appendix of the lecture's numbers from the outputs of the pages."""
    from cnnlib.authoring.pages import numbers as appendix

    checkout.require_checkout()
    say(f"wrote {appendix.PATH.relative_to(checkout.ROOT)}: {len(appendix.write())} numbers and claims")


@command
def sync():
    """Write what pyproject.toml sets once into the files that repeat it."""
    from cnnlib.authoring.sync import sync as write

    checkout.require_checkout()
    for path in write():
        say(f"wrote {path.relative_to(checkout.ROOT)}")
