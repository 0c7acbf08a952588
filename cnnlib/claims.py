"""Statements about results, asserted: each with the margin by which it holds.

A result that depends on a seed is claimed with a threshold that leaves room for the seed: its mean less four standard
deviations, over five seeds at least. ``claim`` stops the notebook where the result falls short, and records value and
threshold in the cell's output, so that ``cnnlab seeds`` can tabulate the margins under other seeds.
"""

from IPython.display import TextDisplayObject, display

from cnnlib import _arguments as arguments

__all__ = ["claim"]

SIGNS = {"at_least": "≥", "at_most": "≤"}
KEY = "claim"  # of an output's metadata, under "cnnlib"


class Claim(TextDisplayObject):
    """One line of plain text."""

    def __repr__(self) -> str:
        return self.data


def claim(what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Assert that ``value`` is ``at_least`` or ``at_most`` a threshold, and show so in one line.

    ``what`` names the result in a few words. ``AssertionError`` where it does not hold.
    """
    if not isinstance(what, str) or not what.strip():
        arguments.fail("what", what, "a few words")
    given = {name: bound for name, bound in (("at_least", at_least), ("at_most", at_most)) if bound is not None}
    if len(given) != 1:
        arguments.fail("at_least, at_most", given, "one of them, the threshold")
    [(side, bound)] = given.items()
    value, bound = arguments.real("value", value), arguments.real(side, bound)
    margin = value - bound if side == "at_least" else bound - value
    line = f"{what}: {value:.4g} {SIGNS[side]} {bound:.4g}"
    record = {"what": what, "value": value, "threshold": bound, "side": side, "holds": margin >= 0}
    display(Claim(f"{'✓' if margin >= 0 else '✗'} {line}"), metadata={"cnnlib": {KEY: record}})
    assert margin >= 0, f"this does not hold: {line}"
