"""Convolution of a small grid of numbers, one window at a time."""

import anywidget
import traitlets
from numpy.typing import ArrayLike

from cnnlib.widgets import _state, sources

__all__ = ["ConvStep"]


class ConvStep(anywidget.AnyWidget):
    """An integer grid of up to 8×8 and a kernel of up to 4×4, convolved step by step with everything editable.

    ``step`` counts the output's entries in reading order, from 0; with ``show_all`` the whole output is shown.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    grid = _state.Matrix(sizes=range(1, 9), whole=True).tag(sync=True)
    kernel = _state.Matrix(sizes=range(1, 5)).tag(sync=True)
    stride = _state.Whole(1, 4).tag(sync=True)
    padding = _state.Whole(0, 3).tag(sync=True)
    dilation = _state.Whole(1, 3).tag(sync=True)
    step = _state.Whole(0, 195).tag(sync=True)  # an 8×8 grid with padding 3 and a 1×1 kernel has 196 outputs
    show_all = traitlets.Bool().tag(sync=True)

    def __init__(
        self, grid: ArrayLike, kernel: ArrayLike, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> None:
        super().__init__(grid=grid, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
