"""``cnnlab grade``: a folder of submissions."""

from pathlib import Path
from typing import Annotated

import typer

from cnnlib import checkout
from cnnlib.cli._app import command
from cnnlib.errors import CourseError
from cnnlib.terminal import console, say


@command
def grade(
    submissions: Annotated[Path, typer.Argument(help="Folder of submissions: <student>/<lab>/<lab>.ipynb.")],
    out: Annotated[Path, typer.Option(help="Folder for grades, gradebook and feedback.")] = Path("graded"),
    export: Annotated[
        list[str] | None, typer.Option(help="A form of the grades; may be repeated. Default: csv and json.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Default: one per processor.")] = None,
    secret: Annotated[Path | None, typer.Option(help="File of the course's secret. Default: .course-secret.")] = None,
    sandbox: Annotated[bool, typer.Option(help="Without it, student code runs with all your rights.")] = True,
):
    """Grade a folder of submissions. Exit code 0: all graded; 3: done, and some need a look; 1: nothing was graded."""
    from cnnlib.grading import exports
    from cnnlib.grading.checks import draws
    from cnnlib.grading.grade_folder import grade_folder
    from cnnlib.grading.results import GRADED
    from cnnlib.grading.runs.submissions import find
    from cnnlib.grading.runs.summary import summary

    checkout.require_checkout()
    if out.resolve().is_relative_to(submissions.resolve()):
        raise CourseError("--out lies within the submissions; name a folder beside them.")
    found, passed_over = find(submissions)
    course_secret = draws.course_secret(secret or draws.SECRET_FILE)
    results, labs = grade_folder(
        found,
        out,
        course_secret,
        confined=sandbox,
        workers=workers,
        export=export or exports.DEFAULT,
        console=console,
    )
    for table in summary(results, labs, passed_over):
        console.print(table)
    say(f"Grades, gradebook and feedback are in {out}.")
    if passed_over or any(result.status != GRADED for result in results):
        raise typer.Exit(3)
