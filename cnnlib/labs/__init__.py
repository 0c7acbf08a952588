"""Visible checks for the labs' notebooks.

    with labs.task(1, "Max-plus convolution") as check:
        check.equal("stride 2", lambda: maxplus(X, W, stride=2), [[9, 7], [3, 4]])
        check.true("padding never wins", lambda: maxplus(-X, W, padding=1).max() < 0, "a padded zero won")

    labs.progress()

A check runs the student's code, says what differs, and never stops the notebook. Read ``visible`` first, then
``compare`` (what differs) and ``failure`` (exceptions in words); ``summary`` shows it. ``check`` is the command that
runs a whole notebook (``run_notebook``, with ``run_cells`` in a process of its own). Nothing here holds an answer.
"""

from cnnlib.labs.visible import progress, task

__all__ = ["progress", "task"]
