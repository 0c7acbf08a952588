"""``cnnlab check`` and ``release``: the labs, for students and for their authors."""

from pathlib import Path
from typing import Annotated

import typer

from cnnlib import checkout
from cnnlib.cli._app import command
from cnnlib.labs.check import check
from cnnlib.terminal import say

command(check)


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
