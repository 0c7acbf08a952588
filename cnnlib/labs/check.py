"""The command ``check``: how far a lab is, task by task."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cnnlib.labs.run_notebook import NotebookRun, find, run_notebook
from cnnlib.labs.summary import HIDDEN
from cnnlib.terminal import console, say


def check(
    path: Annotated[
        str | None, typer.Argument(help="A notebook, a folder, or a lab's name. Default: all labs.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that a notebook may take.")] = 300,
) -> None:
    """Run labs from the top on this machine, and say which visible checks pass."""
    good = True
    for notebook in find(path):
        found = run_notebook(notebook, timeout)
        good = good and found.passed
        say(f"\n{notebook}")
        _show(found)
    say(HIDDEN)
    if not good:
        raise typer.Exit(1)


def _show(found: NotebookRun) -> None:
    table = Table("task", "visible checks", "the first that fails")
    for task in found.tasks:
        if task.outcomes:
            sign = "✓" if task.passed == len(task.outcomes) else "✗"
            failed = next((f"{outcome.name}: {outcome.message}" for outcome in task.outcomes if outcome.message), "")
            table.add_row(Text(task.heading), f"{sign} {task.total}", Text(failed))
        else:
            table.add_row(Text(task.heading), "✗ not run", "")
    console.print(table if found.tasks else "This notebook has no visible checks.")
    for number, error in found.raised:
        say(f"Cell [{number}] raised {error}")
    if found.stopped:
        say(found.stopped)
    for number, module in found.foreign:
        say(f"Cell [{number}] imports {module}, which is not there when the lab is graded")
