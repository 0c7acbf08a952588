"""``cnnlab book`` and ``serve``: the site, built and shown."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cnnlib.cli._app import command
from cnnlib.terminal import say


@command
def book(
    out: Annotated[Path | None, typer.Option(help="Folder for the site. Default: book/_build/html.")] = None,
    serve: Annotated[bool | None, typer.Option(help="Serve and open it. Default: only at a terminal.")] = None,
):
    """Build the book's site from the notebooks' stored outputs."""
    from cnnlib.authoring.site import build as site
    from cnnlib.authoring.site import serve as server

    folder = site.build(out or site.HTML)
    say(f"The site is in {folder}: open index.html, with or without a network.")
    if serve or (serve is None and sys.stdin.isatty() and sys.stdout.isatty()):
        server.serve(folder, open_browser=sys.stdout.isatty())


@command
def serve(port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine.")] = 8000):
    """Serve the site that is built, on this machine alone."""
    from cnnlib.authoring.site import serve as server

    server.serve(port=port, open_browser=sys.stdout.isatty())
