"""Error against epoch of networks that were trained side by side."""

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments
from cnnlib.widgets import _state, sources

__all__ = ["TrainingCurves"]

MOST_EPOCHS = 400
MOST_KINDS = 4  # more lines in one picture cannot be told apart


class TrainingCurves(anywidget.AnyWidget):
    """Curves to walk along, epoch by epoch, one group at a time.

    ``runs`` is ``{group: {kind: (training errors, test errors)}}``, for example ``{"20 layers": {"plain": …,
    "residual": …}}``; each sequence has one error in [0, 1] per epoch, and all are equally long. ``group`` is the
    number, from 0, of the group that is shown, and ``epoch``, from 1, the one that is read off; 0 means the last.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    # A list, for the order of a dict is lost where a notebook is stored: [group, [[kind, training, test], …]].
    runs = traitlets.List().tag(sync=True)
    group = _state.Whole(0, 99).tag(sync=True)
    epoch = _state.Whole(0, MOST_EPOCHS).tag(sync=True)

    def __init__(self, runs: dict[str, dict[str, tuple[ArrayLike, ArrayLike]]]) -> None:
        super().__init__(runs=_check(runs))
        self.epoch = len(self.runs[0][1][0][1])


def _check(runs):
    """``runs`` as nested lists, if it is what ``TrainingCurves`` describes."""
    if not isinstance(runs, dict) or not runs:
        arguments.fail("runs", runs, "a dict {group: {kind: (training errors, test errors)}}")
    held, epochs = [], None
    for group, kinds in runs.items():
        if not isinstance(kinds, dict) or not 1 <= len(kinds) <= MOST_KINDS:
            arguments.fail(f"runs[{group!r}]", kinds, f"a dict of 1 to {MOST_KINDS} kinds")
        lines = []
        for kind, pair in kinds.items():
            name = f"runs[{group!r}][{kind!r}]"
            try:
                errors = np.asarray(pair, float)
            except (TypeError, ValueError):  # no numbers, or of different lengths
                arguments.fail(name, pair, "(training errors, test errors), equally long")
            epochs = epochs or errors.shape[-1]
            if errors.shape != (2, epochs) or not 2 <= epochs <= MOST_EPOCHS:
                arguments.fail(f"{name}'s shape", errors.shape, f"(2, epochs), 2 to {MOST_EPOCHS}, the same for all")
            if not np.all((errors >= 0) & (errors <= 1)):  # written so that NaN fails too
                arguments.fail(name, [errors.min(), errors.max()], "errors from 0 to 1")
            lines.append([str(kind), *np.round(errors, 4).tolist()])
        held.append([str(group), lines])
    return held
