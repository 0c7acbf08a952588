"""``cnnlab data``: the data sets, listed and fetched."""

from typing import Annotated

import typer
from rich.table import Table

from cnnlib import terminal
from cnnlib.cli._app import app
from cnnlib.errors import CourseError
from cnnlib.terminal import console, say

data_app = typer.Typer(help="List the data sets, or fetch one.")
app.add_typer(data_app, name="data")


@data_app.callback(invoke_without_command=True)
@terminal.report_mendable
def data(context: typer.Context):
    """List the data sets: licence, size, where they are. `cnnlab data fetch NAME` fetches one."""
    from cnnlib.data.store import registry

    if context.invoked_subcommand is not None:
        return
    table = Table("name", "what", "licence", "MB", "scale", "here")
    for name in registry.names():
        entry = registry.entry(name)
        here = registry.whereabouts(name) or f"no: from {entry.source}"
        table.add_row(name, entry.title, entry.licence, f"{entry.size / 1e6:.1f}", entry.scale, here)
    console.print(table)


@terminal.add_to(data_app)
def fetch(name: Annotated[str, typer.Argument(help="The data set's name, as `cnnlab data` lists it.")]):
    """Fetch a data set, from the folder that CNNLIB_MIRROR names or from the network, and make it ready for use."""
    from cnnlib.data.store import registry

    try:
        registry.load(name)
    except (ValueError, ModuleNotFoundError) as error:  # no such data set; a package that carries it is not installed
        raise CourseError(str(error)) from None
    say(f"{name} is ready: {registry.whereabouts(name)}.")
