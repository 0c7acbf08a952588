"""``cnnlab models``: the lecture's networks side by side."""

import json
from typing import Annotated

import typer

from cnnlib.cli._app import command
from cnnlib.errors import CourseError
from cnnlib.terminal import console, say


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
