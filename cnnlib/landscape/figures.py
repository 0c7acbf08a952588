"""Loss surfaces as contours and as reliefs, side by side; ``cnnlib.plots.show`` displays them."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from cnnlib import _arguments as arguments
from cnnlib.landscape.plane import Surface

__all__ = ["contours", "relief"]

COLOURS = "viridis"  # from dark for a low loss to light for a high one; told apart by all, and in grey


def contours(surfaces: dict[str, Surface], *, limits: Sequence[float] | None = None, lines: int = 12) -> plt.Figure:
    """Surfaces from above, as a figure; ``surfaces`` is a dictionary from titles to ``Surface``.

    All have the same colours and lines of equal loss, ``lines`` of them, evenly spaced on a logarithmic scale between
    ``limits`` (low, high); by default these are the least and the largest loss of all. What lies outside has
    the colour of the nearest limit. A cross marks the model.
    """
    surfaces, (low, high) = _check(surfaces, limits)
    lines = arguments.integer("lines", lines, 1)
    levels = np.geomspace(low, high, lines + 2)[1:-1]  # at the limits themselves there is nothing to draw
    size = 3.9 * len(surfaces), 3.7
    figure, axes = plt.subplots(1, len(surfaces), figsize=size, squeeze=False, layout="constrained")
    for axis, (title, surface) in zip(axes[0], surfaces.items(), strict=True):
        values = _clip(surface, low, high).T  # matplotlib's rows run along y
        mesh = axis.pcolormesh(
            surface.alphas, surface.betas, values, norm=LogNorm(low, high), cmap=COLOURS, shading="gouraud"
        )
        axis.contour(surface.alphas, surface.betas, values, levels, colors="white", linewidths=0.8)
        axis.plot(0, 0, "x", color="white", ms=8, mew=2)
        axis.set(title=title, xlabel="α", aspect="equal", xticks=[*surface.alphas[[0, -1]], 0])
    axes[0, 0].set_ylabel("β")
    figure.colorbar(mesh, ax=list(axes[0]), label="loss")
    return figure


def relief(surfaces: dict[str, Surface], *, limits: Sequence[float] | None = None) -> plt.Figure:
    """Surfaces in perspective, as a figure, the height being the logarithm of the loss; arguments as ``contours``."""
    surfaces, (low, high) = _check(surfaces, limits)
    figure = plt.figure(figsize=(3.9 * len(surfaces), 3.6), layout="constrained")
    for number, (title, surface) in enumerate(surfaces.items(), 1):
        axis = figure.add_subplot(1, len(surfaces), number, projection="3d")
        heights = np.log10(_clip(surface, low, high))
        alpha, beta = np.meshgrid(surface.alphas, surface.betas, indexing="ij")
        bottom, top = np.log10([low, high])
        axis.plot_surface(alpha, beta, heights, cmap=COLOURS, vmin=bottom, vmax=top, rcount=100, ccount=100)
        axis.set_zlim(bottom, top)
        axis.zaxis.set_major_locator(plt.MaxNLocator(5, integer=True))
        axis.zaxis.set_major_formatter(lambda power, _: f"{10.0**power:g}")
        ticks = {
            f"{name}ticks": [*values[[0, -1]], 0] for name, values in (("x", surface.alphas), ("y", surface.betas))
        }
        axis.set(title=title, xlabel="α", ylabel="β", **ticks)
    return figure


def _clip(surface, low, high):
    """The losses, those outside the limits, infinite or no number set to the nearest limit."""
    return np.nan_to_num(surface.losses, nan=high, posinf=high).clip(low, high)


def _check(surfaces, limits):
    """The dictionary, and (low, high), the limits of the losses that are drawn."""
    if not isinstance(surfaces, dict) or not surfaces or not all(isinstance(s, Surface) for s in surfaces.values()):
        arguments.fail("surfaces", surfaces, "a dictionary from titles to surfaces")
    if limits is None:
        losses = np.concatenate([surface.losses.ravel() for surface in surfaces.values()])
        shown = losses[np.isfinite(losses) & (losses > 0)]
        if len(np.unique(shown)) < 2:
            arguments.fail("limits", None, "given, for the surfaces do not have two different losses above 0")
        limits = shown.min(), shown.max()
    low, high = arguments.sequence("limits", limits, "a pair (low, high)")
    if not 0 < arguments.real("limits", low) < arguments.real("limits", high):
        arguments.fail("limits", limits, "a pair 0 < low < high, for the scale is logarithmic")
    return surfaces, (low, high)
