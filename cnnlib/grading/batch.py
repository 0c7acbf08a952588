"""Grade a folder of submissions: workers side by side, and one writer of everything that they share."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cnnlib.errors import CourseError
from cnnlib.grading import report
from cnnlib.grading.files import write
from cnnlib.grading.lab import lab_names, load
from cnnlib.grading.results import UNREADABLE, Handed, SubmissionResult
from cnnlib.grading.sandbox import Sandbox

LAYOUT = "<student>/<lab>/<lab>.ipynb"
COLUMNS = (
    "grading",
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
    TextColumn("{task.description}", markup=False),
)


def find(folder):
    """(submissions, what was passed over and why) in nbgrader's layout; ``CourseError`` where there is nothing."""
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. It should hold {LAYOUT}.")
    known, found, strange = set(lab_names()), [], []
    for student in sorted(path for path in folder.iterdir() if path.is_dir()):
        try:
            works = sorted(path for path in student.iterdir() if path.is_dir())
            student.name.encode()
        except (OSError, UnicodeError) as error:
            strange.append(f"{report.printable(student.name)} cannot be read ({type(error).__name__})")
            continue
        for work in works:
            where = report.printable(f"{student.name}/{work.name}")
            if work.is_symlink() or student.is_symlink():
                strange.append(f"{where} is a link")
            elif work.name in known:
                found.append(Handed(student.name, work.name, work))
            else:
                strange.append(f"{where}: there is no lab {report.printable(work.name)}")
    if not found:
        labs = ", ".join(sorted(known))
        raise CourseError(f"{folder} holds no submission. They should lie there as {LAYOUT}, with labs {labs}.")
    return found, strange


def run(submissions, out, secret, *, confined=True, workers=None, console=None):
    """Grade ``submissions`` (of ``Handed``) into the folder ``out``; returns (results in their order, labs by name)."""
    labs = {name: load(name) for name in sorted({handed.lab for handed in submissions})}
    out, results, again = Path(out), {}, []
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        walls = {name: stack.enter_context(Sandbox(lab, confined=confined)) for name, lab in labs.items()}
        from cnnlib.grading import worker  # while the sandboxes warm up, for it imports much

        worker.feedback.exporter()
        for sandbox in walls.values():
            sandbox.await_ready()
        # Fork the workers before this process opens files and starts threads of its own.
        batch = worker.Batch(labs, walls, out, secret)
        futures = _submitted(submissions, worker, batch, workers or os.cpu_count(), stack)
        from cnnlib.grading import gradebook  # likewise, while the workers begin

        book = stack.enter_context(gradebook.opened(out / "gradebook.db"))
        bar = stack.enter_context(Progress(*COLUMNS, console=console))
        write(out / "nbgrader_config.py", gradebook.configuration(out, submissions[0].folder.parents[1]))
        for lab in labs.values():
            gradebook.add_lab(book, lab)
        line = bar.add_task("", total=len(submissions))

        def keep(handed, result):
            results[handed] = result
            gradebook.enter(book, result)
            bar.update(line, advance=1, description=report.printable(f"{handed.student}: {result.status}"))

        for handed, result in _results(futures):
            if result is None:
                again.append(handed)
            else:
                keep(handed, result)
        for handed in again:  # alone, so that it is clear of which one the worker died
            [(_, result)] = _results(_submitted([handed], worker, batch, 1, stack))
            keep(handed, result or _failed(handed, "the grader's own process died of it"))
    in_order = [results[handed] for handed in submissions]
    write(out / "grades.csv", report.csv_text(in_order, labs))
    write(out / "grades.json", report.json_text(in_order, labs))
    return in_order, labs


def _submitted(submissions, worker, batch, workers, stack):
    """Futures of a pool of workers that have begun, with the submission that each is of; ``stack`` ends the pool."""
    fork = multiprocessing.get_context("fork")  # what is imported here need not be imported again
    pool = ProcessPoolExecutor(min(workers, len(submissions)), fork, worker.start, (batch,))

    def end(error, *_):
        pool.shutdown(wait=error is None, cancel_futures=True)
        if error is not None:  # an interrupt, for instance: do not wait for what is being graded
            for process in multiprocessing.active_children():
                process.terminate()

    stack.push(end)
    return {pool.submit(worker.work, handed): handed for handed in submissions}


def _results(futures):
    """(submission, result) of each as it is done; the result is None where a worker died."""
    for future in as_completed(futures):
        handed = futures[future]
        try:
            yield handed, future.result()
        except BrokenProcessPool:
            yield handed, None
        except CourseError:  # no sandbox, or checks that fail on the solution: nobody can be graded
            raise
        except Exception as error:  # a fault of the grader; it must not cost anybody else a grade
            yield handed, _failed(handed, f"the grader failed ({type(error).__name__}: {error})")


def _failed(handed, why):
    return SubmissionResult(handed.student, handed.lab, UNREADABLE, why)
