"""The process that runs a notebook's cells: ``python -m cnnlib.labs.run_cells CELLS REPORT``.

CELLS is a JSON list of sources. REPORT gets a line of JSON when a cell begins and one when it has ended, so that
whoever waits knows how far it came, whatever happens here.
"""

import ctypes
import json
import signal
import sys
from pathlib import Path
from typing import TextIO

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from cnnlib.labs.failure import in_words
from cnnlib.labs.visible import results

PR_SET_PDEATHSIG = 1


class Shell(InteractiveShell):
    """IPython's interpreter, for its magics, without a terminal or a kernel around it."""

    def enable_gui(self, gui=None):
        """No window is opened: figures are drawn, and shown to nobody."""

    def ask_exit(self):
        """``exit()`` in a cell ends nothing, as in Jupyter, where the next cell can be run."""


def main(cells: list[str], report: TextIO) -> None:
    settings = Config()
    settings.HistoryManager.enabled = False  # the student's own history stays theirs
    shell = Shell.instance(config=settings)

    def tell(cell, error="", done=False):
        report.write(json.dumps({"cell": cell, "error": error, "done": done, "tasks": results()}) + "\n")
        report.flush()

    for number, source in enumerate(cells, start=1):
        tell(number)
        outcome = shell.run_cell(source, store_history=True)
        if error := outcome.error_before_exec or outcome.error_in_exec:
            tell(number, error=in_words(error, shell.user_global_ns))
    tell(len(cells), done=True)


def end_with_parent() -> None:
    """On Linux: be ended with the process that waits for this one, or an endless cell would run on for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    end_with_parent()
    with Path(sys.argv[2]).open("a", encoding="utf-8") as report:
        main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), report)
