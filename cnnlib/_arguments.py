"""Checks of arguments, so that a bad call says which argument, what it was, and what was expected.

Every check returns the value in the form the caller works with, and raises ``ValueError`` otherwise.
"""

from numbers import Integral, Real

import numpy as np


def fail(name, value, expected):
    """Raise the one form of error that this package uses for a bad argument."""
    raise ValueError(f"{name} must be {expected}; got {value!r}")


def integer(name, value, at_least):
    """An integer (bool excluded) of ``at_least`` or more."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        fail(name, value, f"an integer of {at_least} or more")
    return int(value)


def pair(name, value, at_least):
    """An integer, meant for both axes, or a pair (vertical, horizontal) of integers."""
    values = value if isinstance(value, (tuple, list)) else (value, value)
    whole = all(isinstance(v, Integral) and not isinstance(v, bool) and v >= at_least for v in values)
    if len(values) != 2 or not whole:
        fail(name, value, f"an integer of {at_least} or more, or a pair of them")
    return int(values[0]), int(values[1])


def array(name, value, axes):
    """An array of real numbers with one dimension per word of ``axes``, none of them empty."""
    try:
        result = np.asarray(value)
    except ValueError:  # ragged nested lists
        fail(name, value, f"an array of shape ({axes})")
    if result.dtype.kind not in "fiu":
        fail(name, result.dtype.name, "an array of real numbers")
    if result.ndim != len(axes.split(", ")) or 0 in result.shape:
        fail(f"{name}.shape", result.shape, f"({axes}), no axis empty")
    return result


def choice(name, value, allowed):
    """One of the values in ``allowed``."""
    if value not in allowed:
        fail(name, value, "one of " + ", ".join(repr(a) for a in allowed))
    return value


def real(name, value):
    """A finite real number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(value):
        fail(name, value, "a finite number")
    return float(value)


def positive(name, value):
    """A finite number above 0."""
    if real(name, value) <= 0:
        fail(name, value, "above 0")
    return float(value)
