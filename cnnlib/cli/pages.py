"""``cnnlab execute``, ``seeds``, ``numbers`` and ``sync``: the book's pages, run and kept in step."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnnlib import checkout
from cnnlib.cli._app import command
from cnnlib.errors import CourseError
from cnnlib.terminal import console, say


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
