"""A photo and its cross-correlation with a small kernel that the reader edits."""

import anywidget
import traitlets
from numpy.typing import ArrayLike

from cnnlib import _arguments as arguments
from cnnlib import filters
from cnnlib.widgets import _state, sources

__all__ = ["FilterPhoto"]

IDENTITY = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


class FilterPhoto(anywidget.AnyWidget):
    """A grey photo (H, W) with values in [0, 1], at most 192 pixels a side, beside what a kernel makes of it.

    ``kernel`` is 3×3 or 5×5; ``presets`` maps names to kernels to choose from. The output is the valid
    cross-correlation, (H − K + 1, W − K + 1). ``row`` and ``column`` are the marked pixel of that output.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    pixels = traitlets.Bytes().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    kernel = _state.Matrix(sizes=(3, 5), square=True).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    row = _state.Whole(0, 191).tag(sync=True)
    column = _state.Whole(0, 191).tag(sync=True)

    def __init__(
        self,
        photo: ArrayLike,
        kernel: ArrayLike = filters.SOBEL,
        presets: dict[str, ArrayLike] | None = None,
        caption: str = "",
    ) -> None:
        pixels, (_, height, width) = _state.grey_levels(photo, largest=192)
        if presets is None:
            presets = {
                "Identity": IDENTITY,
                "Smooth": filters.SMOOTH,
                "Laplacian": filters.LAPLACIAN,
                "Sobel": filters.SOBEL,
            }
        if not isinstance(presets, dict) or not all(isinstance(name, str) for name in presets):
            arguments.fail("presets", presets, "a dict of names and kernels")
        if not isinstance(caption, str):
            arguments.fail("caption", caption, "a string")
        super().__init__(
            pixels=pixels,
            height=height,
            width=width,
            kernel=kernel,
            presets={
                name: _state.matrix(f"presets[{name!r}]", values, sizes=(3, 5), square=True)
                for name, values in presets.items()
            },
            caption=caption,
            row=height // 2 - 1,
            column=width // 2 - 1,
        )
