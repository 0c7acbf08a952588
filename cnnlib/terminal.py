"""How ``cnnlab`` and ``python -m cnnlib.labs`` take commands and talk at a terminal."""

import functools

import typer
from rich.console import Console

from cnnlib.errors import CourseError

console = Console()
errors = Console(stderr=True)


def make_app(about):
    """An application that commands can join; ``about`` is its help."""
    return typer.Typer(help=about, no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)


def add_to(app):
    """A decorator: adds the function to the commands of ``app``; what the user can mend is reported in a message."""
    return lambda function: app.command()(report_mendable(function))


def report_mendable(function):
    """The function for a command line: what the user can mend is reported in one message, not a traceback."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        try:
            function(*args, **kwargs)
        except CourseError as error:
            errors.print("Error:", style="bold red", end=" ")
            say(str(error), to=errors)
            raise typer.Exit(1) from None

    return wrapped


def say(text, to=console):
    """Print ``text`` as it is: no markup, no emoji for colons, and long commands stay on one line to be copied."""
    to.print(text, markup=False, emoji=False, highlight=False, soft_wrap=True)
