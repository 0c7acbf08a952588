"""The lecture's numbers beside the computed ones: agree, or differ and why."""

import html
from typing import NamedTuple

import numpy as np
from IPython.display import HTML, display

from cnnlib import _arguments as arguments

__all__ = ["SlideNumber", "verdicts"]


class SlideNumber(NamedTuple):
    """One number or claim on the slides: what it is about, what the slide says, what the code finds."""

    topic: str
    slide: object
    computed: object
    why: str = ""  # where they differ: the reason
    note: str = ""  # what else there is to say

    @property
    def agrees(self):
        return bool(np.array_equal(self.slide, self.computed))


def verdicts(numbers):
    """Display ``numbers`` (``SlideNumber``) as a table with a verdict each.

    The verdict is found by comparing, never given: a number that differs without a reason, or agrees with one, is an
    error, so the table cannot say what the code does not.
    """
    rows = []
    for number in arguments.sequence("numbers", numbers, "a list of SlideNumber"):
        if not isinstance(number, SlideNumber):
            arguments.fail("numbers", number, "a list of SlideNumber")
        if number.agrees and number.why:
            arguments.fail("why", number.why, f"empty, for {number.topic!r} agrees with the slide")
        if not number.agrees and not number.why:
            arguments.fail(
                "why", number.why, f"the reason why {number.topic!r} is {number.computed!r} and not {number.slide!r}"
            )
        verdict = "agrees" if number.agrees else f"<b>differs</b>: {html.escape(number.why)}"
        verdict += f"; {html.escape(number.note)}" if number.note else ""
        cells = (html.escape(_words(value)) for value in (number.topic, number.slide, number.computed))
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + f"<td>{verdict}</td></tr>")
    head = "".join(f'<th scope="col">{title}</th>' for title in ("about", "the slide says", "computed here", "verdict"))
    display(HTML(f'<table class="cnn-verdicts"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'))


def _words(value):
    """A claim is shown as one, not as Python's True or False."""
    if isinstance(value, bool | np.bool_):
        return "holds" if value else "does not hold"
    return str(value)
