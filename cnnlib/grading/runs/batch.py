"""Grade a folder of submissions: workers side by side, and one writer of everything that they share."""

import difflib
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cnnlib._files import copy_aside, write
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import lab_names, load
from cnnlib.grading.exports import report
from cnnlib.grading.results import NOT_GRADED, Handed, PassedOver, not_graded
from cnnlib.grading.sandbox.bubblewrap import SandboxError
from cnnlib.grading.sandbox.sandbox import Sandbox
from cnnlib.terminal import say

LAYOUT = "<student>/<lab>/<lab>.ipynb"
WORK = {".ipynb", ".zip"}  # endings of files that hold somebody's work
MARKUP = set('<>"\\')  # in a name, nbgrader's pages would take them for HTML or script
COLUMNS = (
    "grading",
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
    TextColumn("{task.description}", markup=False),
)


def find(folder):
    """(submissions, what was passed over) in nbgrader's layout, as lists of ``Handed`` and ``PassedOver``.

    ``CourseError`` where there is no submission. Files and folders that systems leave behind, and files that are no
    work of a student, are passed over in silence.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. It should hold {LAYOUT}.")
    labs, found, strange = lab_names(), [], []
    for student in _entries(folder):
        for entry in _handed_in(student, labs):
            (found if isinstance(entry, Handed) else strange).append(entry)
    if not found:
        raise CourseError(
            f"{folder} holds no submission. They should lie there as {LAYOUT}, with labs {', '.join(labs)}."
        )
    return found, strange


def _entries(folder):
    """What is in a folder, in order, but for what a system leaves there."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX")))


def _handed_in(student, labs):
    """What one entry of the folder of submissions holds, as ``Handed`` and ``PassedOver``."""
    try:
        if not student.is_dir():
            if student.suffix in WORK:
                yield PassedOver("", student.name, f"it lies in no student's folder ({LAYOUT})")
            return
        if MARKUP & set(student.name):
            yield PassedOver(student.name, "", 'rename the folder: its name has one of < > " \\')
            return
        works = _entries(student)
        student.name.encode()
    except (OSError, UnicodeError) as error:
        yield PassedOver(student.name, "", f"the folder cannot be read ({type(error).__name__})")
        return
    if not works:
        yield PassedOver(student.name, "", "the folder is empty")
    for work in works:
        try:
            if why := _no_submission(work, labs):
                yield PassedOver(student.name, work.name, why)
            elif work.is_dir():
                yield Handed(student.name, work.name, work)
        except OSError as error:
            yield PassedOver(student.name, work.name, f"it cannot be read ({type(error).__name__})")


def _no_submission(work, labs):
    """Why this entry of a student's folder is no submission; empty where it is one, or no work at all."""
    if work.is_symlink() or work.parent.is_symlink():
        return "it is a link"
    if work.is_dir():
        return "" if work.name in labs else _no_lab(work.name, labs)
    return f"it lies in no lab's folder ({LAYOUT})" if work.suffix in WORK else ""


def _no_lab(name, labs):
    near = difflib.get_close_matches(name.lower(), labs, 1)
    return "there is no such lab" + (f"; is it {near[0]}?" if near else "")


def run(submissions, out, secret, *, confined=True, workers=None, console=None):
    """Grade ``submissions`` (of ``Handed``) into the folder ``out``; returns (results in their order, labs by name).

    What ``out`` holds of other submissions, from earlier runs, stays.
    """
    labs = {name: load(name) for name in sorted({handed.lab for handed in submissions})}
    for lab in labs.values():
        _demand_points(lab)
    out, results, rows, again = Path(out), {}, {}, []
    out.mkdir(parents=True, exist_ok=True)
    before = report.read(out / "grades.json")
    answers = {(row["student"], row["lab"]): row["answers"] for row in before or ()}
    with ExitStack() as stack:
        walls = {name: stack.enter_context(Sandbox(lab, confined=confined)) for name, lab in labs.items()}
        from cnnlib.grading.runs import worker  # while the sandboxes warm up, for it imports much

        worker.feedback.exporter()
        for sandbox in walls.values():
            sandbox.await_ready()
        # Fork the workers before this process opens files and starts threads of its own.
        batch = worker.Batch(labs, walls, out, secret)
        futures = _submitted(submissions, worker, batch, workers or os.cpu_count(), stack)
        from cnnlib.grading.nbgrader import gradebook  # likewise, while the workers begin

        book = stack.enter_context(gradebook.opened(out / "gradebook.db"))
        bar = stack.enter_context(Progress(*COLUMNS, console=console))
        folders = labs[submissions[0].lab].folder.parent, submissions[0].folder.parents[1]
        write(out / "nbgrader_config.py", gradebook.configuration(out, *folders))
        for lab in labs.values():
            gradebook.add_lab(book, lab)
        line = bar.add_task("", total=len(submissions))

        def keep(handed, result):
            key, lab = (handed.student, handed.lab), labs[handed.lab]
            try:
                gradebook.enter(book, result, answers.get(key))
                rows[key] = gradebook.with_points_by_hand(book, report.row(result, lab))
            except Exception as error:
                book.db.rollback()
                result = not_graded(handed, error)
                rows[key] = report.row(result, lab)
            if result.score is None:  # the gradebook stays as it was, and so do the answers that a person has read
                rows[key]["answers"] = answers.get(key, {})
            if result.status == NOT_GRADED:
                with suppress(OSError):  # it may be this very page that cannot be written
                    worker.write_feedback(out, result, lab)
            results[handed] = result
            bar.update(line, advance=1, description=report.printable(f"{handed.student}: {result.status}"))

        for handed, result in _results(futures):
            if result is None:
                again.append(handed)
            else:
                keep(handed, result)
        for handed in again:  # alone, so that it is clear of which one the worker died
            [(_, result)] = _results(_submitted([handed], worker, batch, 1, stack))
            keep(handed, result or not_graded(handed, "the grader's own process died of it"))
        for row in before or ():
            if (key := (row["student"], row["lab"])) not in rows:  # no part of this run
                rows[key] = gradebook.with_points_by_hand(book, row)
        if before is None:
            _set_aside(out, bar.console)
        in_order = [rows[key] for key in sorted(rows)]
        write(out / "grades.json", report.json_text(in_order))  # first: it is what the next run reads
        write(out / "grades.csv", report.csv_text(in_order, labs))
    return [results[handed] for handed in submissions], labs


def _set_aside(out, console):
    """Copy what an earlier run left in files that cannot be read and will be replaced, and say so."""
    copies = [copy_aside(path) for path in (out / "grades.json", out / "grades.csv") if path.is_file()]
    if copies:
        names = " and ".join(copy.name for copy in copies)
        text = f"There was no grades.json that could be read in {out}: the grades are of this run alone."
        say(f"{text} Those before are kept as {names}.", console)


def _demand_points(lab):
    """``CourseError`` where the points of a task's checks do not stand in its cell of the source notebook."""
    for task in lab.tasks.values():
        marks = lab.named[task.check_cell].marks if task.check_cell in lab.named else {}
        if not marks.get("grade") or marks["points"] != task.points:
            raise CourseError(
                f"The checks of task {task.name} have {task.points:g} points: in {lab.source} the cell "
                f"{task.check_cell} must be one of autograder tests with as many."
            )


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
        except SandboxError:  # nobody can be graded
            raise
        except Exception as error:  # of the result's way here; it must not cost anybody else a grade
            yield handed, not_graded(handed, error)
