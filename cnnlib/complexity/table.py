"""Every network of the lecture on one line: when, how deep, what it costs, what it sees, how often it was wrong."""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from rich import box
from rich.table import Table

from cnnlib import _arguments as arguments
from cnnlib import complexity, receptive_field
from cnnlib.models.registry import build, card, names

__all__ = ["Line", "lines"]


class Line(NamedTuple):
    """One network, for one example of the size that it was made for; errors are those of its card, in per cent."""

    name: str
    year: int
    input_size: tuple[int, ...]  # (C, H, W)
    depth: int  # convolutions and linear layers on the longest way, as ``complexity.depth`` counts
    parameters: int  # of what runs when it is used, so without auxiliary classifiers
    macs: int  # multiply-adds of convolutions and matrix products
    activations: int  # numbers written to new memory
    receptive_field: int  # pixels, of the last maps before they are pooled globally or flattened; padding included
    top1: float | None
    top5: float | None


def lines(chosen: Iterable[str] | None = None) -> list[Line]:
    """The ``Line`` of each network in ``chosen``, by default of all, as a list in the order of the lecture or as asked.

    Networks are built without data, so this takes no memory, and a second or less for each. An unknown name is a
    ``ValueError``.
    """
    wanted = names() if chosen is None else arguments.sequence("chosen", chosen, "a list of networks' names")
    return [_line(name) for name in wanted]


def side_by_side(lines: Iterable[Line]) -> Table:
    """``lines`` as a table for a terminal of 80 columns, sizes in thousands (k), millions (M) and beyond (G)."""
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
        caption="MACs: multiply-adds; activ.: numbers written; both for one example.\n"
        "field: what a unit of the last maps sees, in pixels; errors: published, %.",
    )
    table.add_column("network", no_wrap=True)
    for heading in ("year", "input", "depth", "params", "MACs", "activ.", "field", "top-1", "top-5"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        sizes = (_short(number) for number in (line.parameters, line.macs, line.activations))
        errors = ("–" if error is None else f"{error:g}" for error in (line.top1, line.top5))
        side = line.input_size[-1]
        table.add_row(*map(str, (line.name, line.year, side, line.depth, *sizes, line.receptive_field, *errors)))
    return table


def _short(number):
    """Three digits and a unit: 61.1 M."""
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k"), (1, "")):
        if number >= 0.9995 * unit:  # which would read 1.00
            return f"{number / unit:#.3g}".removesuffix(".") + name
    return "0"


def _line(name):
    published = card(name)
    with torch.device("meta"):
        network = build(name)
    profile = complexity.profile(network, published.input_size)
    field, _ = receptive_field.of_last_maps(network, published.input_size)
    return Line(
        name=name,
        year=published.year,
        input_size=published.input_size,
        depth=complexity.depth(network, published.input_size),
        parameters=sum(row.params for row in profile.rows if row.calls),
        macs=profile.macs,
        activations=profile.activations,
        receptive_field=field.size,
        top1=published.top1,
        top5=published.top5,
    )
