"""The figures that the book repeats, each with a caption and a description for those who cannot see it."""

import base64
import html
import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from numpy.typing import ArrayLike
from PIL import Image

from cnnlib import _arguments as arguments

__all__ = ["PALETTE", "heat_grid", "image_row", "show"]

Limits = tuple[float, float]  # the values that the ends of the colours stand for

# Okabe and Ito's colours, which people with any of the common colour-vision deficiencies can tell apart.
PALETTE = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
}
plt.rcParams["axes.prop_cycle"] = plt.cycler(
    color=[PALETTE[c] for c in ("blue", "vermillion", "green", "orange", "purple", "sky")]
)
plt.rcParams["axes.spines.top"] = plt.rcParams["axes.spines.right"] = False
plt.rcParams["font.size"] = 11


def show(figure: plt.Figure, caption: str, alt: str) -> None:
    """Display ``figure`` under ``caption``, with ``alt`` as its text alternative, and close it.

    ``caption`` says what to notice and may hold inline HTML; ``alt`` says what is there to see. Both are part of the
    output itself, so they stand wherever the notebook is shown.
    """
    if not isinstance(figure, plt.Figure):
        arguments.fail("figure", figure, "a matplotlib Figure")
    for name, text in (("caption", caption), ("alt", alt)):
        if not isinstance(text, str) or not text.strip():
            arguments.fail(name, text, "a sentence")
    image = io.BytesIO()
    # WebP, for photographs as PNG make notebooks of megabytes. The same figure gives the same bytes.
    figure.savefig(image, format="webp", dpi=144, bbox_inches="tight", pil_kwargs={"quality": 90, "method": 6})
    plt.close(figure)
    data = base64.b64encode(image.getvalue()).decode()
    width = round(Image.open(image).width / 1.5)  # at 96 pixels per inch
    display(
        HTML(
            f'<figure class="cnn-figure"><img src="data:image/webp;base64,{data}" width="{width}" '
            f'alt="{html.escape(alt)}" style="max-width: 100%; height: auto; background: white">'
            f"<figcaption>{caption}</figcaption></figure>"
        )
    )


def image_row(
    images: Sequence[ArrayLike],
    titles: Sequence[str],
    *,
    size: float = 2.4,
    limits: Limits | Sequence[Limits] | None = None,
    colours: str | Sequence[str] = "gray",
    bar: str | None = None,
) -> plt.Figure:
    """A row of images, (H, W) or (H, W, 3), each under its title; returns the figure.

    Values (H, W) are shown in ``colours``, a name of matplotlib's colour maps, or one per image. ``limits`` is the
    (low, high) that they span, or one per image; without it, each spans its own range. ``bar`` is the label of a
    colour bar for the last image.
    """
    images = arguments.sequence("images", images, "a list of images")
    titles = arguments.sequence("titles", titles, "a list of titles")
    if len(images) != len(titles) or not images:
        arguments.fail("titles", titles, f"one per image, of which there are {len(images)}")
    arrays = [np.asarray(image) for image in images]
    for number, image in enumerate(arrays):
        if image.dtype.kind not in "fiub" or not image.size:
            arguments.fail(f"images[{number}]", image, "an image of real numbers")
        if image.ndim != 2 and (image.ndim != 3 or image.shape[2] != 3):
            arguments.fail(f"images[{number}].shape", image.shape, "(H, W) or (H, W, 3)")
    spans: list = list(limits) if limits and np.ndim(limits) == 2 else [limits or (None, None)] * len(images)
    maps = [colours] * len(images) if isinstance(colours, str) else list(colours)
    for name, values in (("limits", spans), ("colours", maps)):
        if len(values) != len(images):
            arguments.fail(name, values, f"one for all images or one per image, of which there are {len(images)}")
    width = size * len(images) + (0.6 if bar else 0)
    figure, axes = plt.subplots(1, len(images), figsize=(width, size + 0.4), squeeze=False, layout="constrained")
    for axis, image, title, (low, high), name in zip(axes[0], arrays, titles, spans, maps, strict=True):
        drawn = axis.imshow(image, cmap=name, vmin=low, vmax=high)
        axis.set_title(title)
        axis.axis("off")
    if bar:
        figure.colorbar(drawn, ax=axes[0, -1], label=bar)
    return figure


def heat_grid(matrix: ArrayLike, *, size: float = 0.42, fmt: str = "{:g}", limits: Limits | None = None) -> plt.Figure:
    """A small matrix (rows, columns) as coloured cells with their numbers in them; returns the figure."""
    cells = arguments.array("matrix", matrix, "rows, columns")
    if cells.size > 400:
        arguments.fail("matrix.shape", cells.shape, "at most 400 cells, or the numbers cannot be read")
    if not np.isfinite(cells).all():
        arguments.fail("matrix", cells.tolist(), "finite numbers")
    bound = float(np.abs(cells.astype(float)).max()) or 1
    low, high = limits or (-bound, bound)
    rows, columns = cells.shape
    figure, axis = plt.subplots(figsize=(size * columns + 0.3, size * rows + 0.3), layout="constrained")
    axis.imshow(cells, cmap="PuOr", vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(cells):
        dark = abs(value - (low + high) / 2) > 0.35 * (high - low)
        axis.text(
            column, row, fmt.format(value), ha="center", va="center", color="white" if dark else "black", fontsize=9
        )
    axis.axis("off")
    return figure
