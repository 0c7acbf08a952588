"""What a worker of a batch does: grade one submission, and write what belongs to it alone."""

import ctypes
import resource
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

# An extra of jsonschema's, for addresses that no notebook holds; its import takes longer than all others together.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402

from cnnlib._files import write  # noqa: E402
from cnnlib.grading.notebooks import feedback  # noqa: E402
from cnnlib.grading.notebooks.autograded import marked  # noqa: E402
from cnnlib.grading.results import not_graded  # noqa: E402
from cnnlib.grading.runs.grade import grade  # noqa: E402
from cnnlib.grading.sandbox.bubblewrap import SandboxError  # noqa: E402


class Batch(NamedTuple):
    """What the workers need to know; they are forked with it."""

    labs: dict  # name → Lab
    sandboxes: dict  # name → Sandbox; all workers fork from the same
    out: Path
    secret: bytes


_batch = None
PR_SET_PDEATHSIG = 1
# Nets, should a submission make the grader's own work endless: a worker that is caught in one is replaced.
MEMORY = 4 << 30  # bytes, over what was imported
CPU_SECONDS = 120  # for one submission, its sandbox not counted


def start(batch):
    """Begin a worker, which ends when its parent does and leaves interrupts to it."""
    global _batch
    _batch = batch
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _limit(resource.RLIMIT_AS, mapped + MEMORY)
    if torch := sys.modules.get("torch"):  # a lab's solution uses it: as many threads as there are workers are enough
        torch.set_num_threads(1)


def work(handed):
    """Grade one submission (``results.Handed``); returns the ``SubmissionResult``.

    What fails here costs this submission alone, but for a sandbox that does not work: then nobody can be graded.
    """
    try:
        return _graded(handed)
    except SandboxError:
        raise
    except BaseException as error:  # a check may even exit; and not every exception finds its way to another process
        return not_graded(handed, error)


def _graded(handed):
    lab = _batch.labs[handed.lab]
    _limit(resource.RLIMIT_CPU, int(time.process_time()) + CPU_SECONDS)
    result, notebook = grade(handed, _batch.sandboxes[lab.name], _batch.secret)
    if notebook is not None:
        notebook = marked(notebook, lab, result)
        folder = _batch.out / "autograded" / handed.student / lab.name
        write(folder / f"{lab.name}.ipynb", nbformat.writes(notebook))
    write_feedback(_batch.out, result, lab, notebook)
    return result


def write_feedback(out, result, lab, notebook=None):
    """Write a student's page into ``out``; ``notebook`` is the ``marked`` one, if there is one."""
    write(out / "feedback" / result.student / f"{lab.name}.html", feedback.page(result, lab, notebook))


def _limit(which, soft):
    """Lower or raise a limit of this process for itself."""
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
