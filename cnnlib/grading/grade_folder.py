"""Grade a folder of submissions: workers side by side, and one writer of everything that they share."""

import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from cnnlib import terminal
from cnnlib.errors import CourseError
from cnnlib.grading import exports
from cnnlib.grading.checks.lab import Lab, load
from cnnlib.grading.results import SubmissionResult
from cnnlib.grading.runs import warm
from cnnlib.grading.runs.job import Job
from cnnlib.grading.runs.progress import RunProgress
from cnnlib.grading.runs.submissions import Submission

RECORD = "json"  # the export that the next run reads: it is written always


def grade_folder(
    submissions: Sequence[Submission],
    out: str | Path,
    secret: bytes,
    *,
    confined: bool = True,
    workers: int | None = None,
    export: Iterable[str] = exports.DEFAULT,
    console: Console = terminal.console,
) -> tuple[list[SubmissionResult], dict[str, Lab]]:
    """Grade ``submissions`` into the folder ``out``; returns (results in their order, labs by name).

    ``export`` are names of exports, to which grades.json is added, for the next run needs it. What ``out`` holds of
    other submissions, from earlier runs, stays. ``CourseError`` where a lab, an export or the sandbox is amiss.
    """
    chosen = exports.select([RECORD, *export])
    labs = {name: load(name) for name in sorted({submission.lab for submission in submissions})}
    for lab in labs.values():
        _require_points(lab)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    jobs = [Job.of(each, labs[each.lab], out, secret, confined=confined) for each in submissions]
    with ExitStack() as stack:
        stack.enter_context(warm.sandboxes(labs.values(), confined=confined))
        # While the sandboxes warm up, for it imports much.
        from cnnlib.grading.notebooks import feedback
        from cnnlib.grading.runs.executors import ForkedWorkers
        from cnnlib.grading.runs.run import Run

        feedback.exporter()
        # Fork the workers before this process opens files and starts threads of its own.
        run = stack.enter_context(Run(jobs, ForkedWorkers, workers or os.cpu_count() or 1))
        from cnnlib.grading.writer import Writer  # likewise, while the workers begin

        writer = stack.enter_context(Writer(out, labs, submissions[0].folder.parents[1]))
        progress = stack.enter_context(RunProgress(len(jobs), console))
        results = {}
        for job, result in run.results():
            results[job] = writer.keep(result)
            progress.show(results[job])
        writer.write_grades(chosen, console)
    return [results[job] for job in jobs], labs


def _require_points(lab: Lab) -> None:
    """``CourseError`` where the points of a task's checks do not stand in its cell of the source notebook."""
    for task in lab.tasks.values():
        marks = lab.named[task.check_cell].marks if task.check_cell in lab.named else {}
        if not marks.get("grade") or marks["points"] != task.points:
            raise CourseError(
                f"The checks of task {task.name} have {task.points:g} points: in {lab.source} the cell "
                f"{task.check_cell} must be one of autograder tests with as many."
            )
