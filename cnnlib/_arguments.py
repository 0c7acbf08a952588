"""Checks of arguments, so that a bad call says which argument, what it was, and what was expected.

Every check returns the value in the form the caller works with, and raises ``ValueError`` otherwise.
"""

import difflib
import inspect
import math
import reprlib
from collections.abc import Mapping, Set
from numbers import Integral, Real
from typing import NoReturn

import numpy as np

LARGEST = 2**31 - 1  # no size, stride or padding means more; and NumPy can count that far
FEW = 12  # names that an error lists


def fail(name: str, value: object, expected: str) -> NoReturn:
    """Raise the one form of error that this package uses for a bad argument."""
    raise ValueError(f"{name} must be {expected}; got {reprlib.repr(value)}")


def integer(name, value, at_least):
    """An integer (bool excluded) of ``at_least`` or more."""
    if not _is_integer(value) or not at_least <= value <= LARGEST:
        fail(name, value, f"an integer of {at_least} or more")
    return int(value)


def pair(name: str, value: object, at_least: int) -> tuple[int, int]:
    """An integer, meant for both axes, or a pair (vertical, horizontal) of integers."""
    values = value if isinstance(value, (tuple, list)) else (value, value)
    if len(values) != 2 or not all(_is_integer(v) and at_least <= v <= LARGEST for v in values):
        fail(name, value, f"an integer of {at_least} or more, or a pair of them")
    return int(values[0]), int(values[1])


def array(name, value, axes, kinds="fiu"):
    """An array of real numbers with one dimension per word of ``axes``, none of them empty.

    ``kinds`` are the kinds of NumPy types that will do: floats and integers, and "b" for True and False.
    """
    try:
        result = np.asarray(value)
    except (ValueError, TypeError, RuntimeError):  # ragged lists; tensors that carry gradients
        fail(name, value, f"an array of shape ({axes})")
    if result.dtype.kind not in kinds or isinstance(value, np.ma.MaskedArray):
        fail(name, type(value).__name__ + " of " + result.dtype.name, "an array of real numbers")
    if result.ndim != len(axes.split(", ")) or 0 in result.shape:
        fail(f"{name}.shape", result.shape, f"({axes}), no axis empty")
    return result


def choice(name, value, allowed):
    """One of the strings in ``allowed``."""
    if not isinstance(value, str) or value not in allowed:
        fail(name, value, "one of " + ", ".join(repr(a) for a in allowed))
    return value


def one_of_names(name, value, names, kind):
    """One of the strings in ``names``. ``kind`` is what they are, such as "a network's name"."""
    if not isinstance(value, str) or value not in names:
        near = difflib.get_close_matches(value.lower(), names, n=3, cutoff=0.5) if isinstance(value, str) else []
        every = f"there are {quote(names, ', ')}" if len(names) <= FEW else "names() lists them"
        advice = f"did you mean {quote(near, ' or ')}?" if near else every
        fail(name, value, f"{kind} ({advice})")
    return value


def options(function, given, owner, apart=()):
    """``given``, if ``function`` takes each of them by its name; those in ``apart`` are not the caller's to give."""
    allowed = [option for option in inspect.signature(function).parameters if option not in apart]
    for option, value in given.items():
        if option not in allowed:
            fail(option, value, f"left out: {owner} has {quote(allowed, ' and ') or 'no options'}")
    return given


def quote(words, conjunction):
    """Words in quotes, one after another."""
    return conjunction.join(repr(word) for word in words)


def real(name, value):
    """A finite real number."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real) or not _is_finite(value):
        fail(name, value, "a finite number")
    return float(value)


def positive(name, value):
    """A finite number above 0."""
    if real(name, value) <= 0:
        fail(name, value, "above 0")
    return float(value)


def sequence(name, value, expected):
    """A list of what ``value`` holds in order; a string, a dictionary or a set will not do."""
    if isinstance(value, (str, bytes, Mapping, Set)):
        fail(name, value, expected)
    try:
        return list(value)
    except TypeError:
        fail(name, value, expected)


def _is_integer(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_finite(value):
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float holds
        return False
