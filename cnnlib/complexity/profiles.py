"""A network's profile: the rows of its layers, their totals, and both as a table, a frame and a figure."""

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cnnlib import _arguments as arguments
from cnnlib.complexity.operations import CATEGORIES

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


class Row(NamedTuple):
    """What one module owns and does itself, over all its calls; what its children do stands in their rows."""

    name: str  # as in ``model.named_modules()``, so that of the model itself is ""
    kind: str  # its class
    output_shape: tuple  # of its last call; a tuple of shapes if it returns several tensors, () if none
    calls: int
    params: int  # a parameter that several modules share counts in the first
    convolution: int  # multiply-adds
    linear: int  # multiply-adds
    norm: int  # steps, as in the next three
    activation: int
    pooling: int
    other: int
    activations: int  # numbers
    activation_bytes: int

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and matrix products."""
        return self.convolution + self.linear

    @property
    def other_steps(self) -> int:
        """Steps of all else: norm, activation, pooling, other."""
        return self.norm + self.activation + self.pooling + self.other


class Uncounted(NamedTuple):
    """An operation that no rule covers. What it writes is among the activations, what it computes nowhere."""

    operation: str
    module: str
    times: int


SUMS = ("params", "macs", "other_steps", "activations", *CATEGORIES, "activation_bytes")
HEADINGS = ("layer", "kind", "output", "parameters", "multiply-adds", "other steps", "activations")


@dataclass(frozen=True)
class Profile:
    """The rows of a network in the order in which they compute, and their totals, for one batch."""

    rows: tuple[Row, ...]  # modules whose parameters others use, or nobody, come last
    uncounted: tuple[Uncounted, ...]

    def total(self, field: str) -> int:
        """Sum over the rows of one field or property, such as "norm"."""
        field = arguments.choice("field", field, SUMS)
        return sum(getattr(row, field) for row in self.rows)

    @property
    def params(self) -> int:
        """Numbers in all parameters, each counted once. Buffers are no parameters."""
        return self.total("params")

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and matrix products."""
        return self.total("macs")

    @property
    def activations(self) -> int:
        """Numbers written to new memory."""
        return self.total("activations")

    @property
    def activation_bytes(self) -> int:
        """Bytes written to new memory."""
        return self.total("activation_bytes")

    def table(self) -> str:
        """The rows, their totals and what was not counted, as aligned text."""
        lines = [HEADINGS, *map(_cells, self.rows), self._foot()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        sides = "<<<>>>>"  # words to the left, numbers to the right
        head, *body, foot = (
            "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths, strict=True))
            for line in lines
        )
        between = "-" * len(head)
        return "\n".join([head, between, *body, between, foot, *self._gaps()])

    __str__ = table

    def to_frame(self) -> "pandas.DataFrame":
        """The rows as a ``pandas.DataFrame``, ``macs`` and ``other_steps`` included; ImportError without pandas."""
        try:
            import pandas
        except ImportError as error:
            raise ImportError("to_frame needs pandas: pip install pandas") from error
        columns = [*Row._fields, "macs", "other_steps"]
        return pandas.DataFrame([[getattr(row, column) for column in columns] for row in self.rows], columns=columns)

    def figure(self) -> "Figure":
        """Bars along the depth: parameters, multiply-adds, activations of each row with any; returns the figure."""
        from matplotlib.ticker import EngFormatter  # only here: everything else works without matplotlib

        from cnnlib import plots

        colours = dict(zip(CATEGORIES, ("blue", "vermillion", "purple", "green", "sky", "orange"), strict=True))
        rows = [row for row in self.rows if row.params or row.macs or row.activations]
        figure, axes = plots.plt.subplots(3, sharex=True, figsize=(8, 6), layout="constrained")
        for axis, field in zip(axes, ("params", "macs", "activations"), strict=True):
            for category, colour in colours.items():
                places = [n for n, row in enumerate(rows) if _main_category(row) == category]
                heights = [getattr(rows[n], field) for n in places]
                if places:
                    axis.bar(places, heights, width=0.9, color=plots.PALETTE[colour], label=category)
            axis.set_ylabel({"params": "parameters", "macs": "multiply-adds"}.get(field, field))
            axis.yaxis.set_major_formatter(EngFormatter(sep=" "))
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=6, frameon=False)
        axes[-1].set_xlabel("layer, in the order of computation")
        return figure

    def _foot(self):
        return ("total", "", "", *(f"{self.total(field):,}" for field in SUMS[:4]))

    def _gaps(self):
        return [f"not counted: {u.operation}, {u.times} times, in {_shown(u.module)}" for u in self.uncounted]

    def _repr_html_(self):
        def line(cells, tag="td"):
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(line(_cells(row)) for row in self.rows)
        gaps = "".join(f"<p>{html.escape(gap)}</p>" for gap in self._gaps())
        return (
            f"<table><thead>{line(HEADINGS, 'th')}</thead><tbody>{body}</tbody>"
            f"<tfoot>{line(self._foot(), 'th')}</tfoot></table>{gaps}"
        )


def _cells(row):
    """A row as text, under ``HEADINGS``."""
    several = row.output_shape and isinstance(row.output_shape[0], tuple)
    shapes = row.output_shape if several else (row.output_shape,) if row.output_shape else ()
    output = ", ".join("×".join(map(str, shape)) for shape in shapes)
    return (_shown(row.name), row.kind, output, *(f"{getattr(row, field):,}" for field in SUMS[:4]))


def _shown(name):
    return name or "(the model)"


def _main_category(row):
    """What a row mostly does; a row that computes nothing counts as other."""
    return max(CATEGORIES, key=lambda category: (getattr(row, category), category == "other"))
