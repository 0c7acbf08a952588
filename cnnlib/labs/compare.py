"""Say how an answer differs from the expected one, without saying what would be right.

Visible and hidden checks share this one measure, so that a student who passes the first knows how the second judge.
"""

import sys
from numbers import Number
from typing import Any

import numpy as np

__all__ = ["difference"]


def difference(answer: Any, expected: Any, *, rtol: float = 1e-7, atol: float = 1e-9) -> str | None:
    """None where ``answer`` equals ``expected``, else one line that says what differs.

    ``expected`` is a number, a truth value, a string, None, an array, or a tuple, list or dictionary of those; an array
    may be answered by nested lists, a tuple by a list. Whole numbers and strings must be equal, floats within
    ``atol + rtol · |expected|``; infinities must agree, and NaN equals nothing but NaN. PyTorch's tensors count as
    arrays.
    """
    return _difference(_without_tensors(answer), _without_tensors(expected), rtol, atol)


def _without_tensors(value):
    """``value`` with arrays for the tensors in it."""
    torch = sys.modules.get("torch")
    if torch is None:  # then nobody has a tensor
        return value
    if isinstance(value, torch.Tensor):
        try:
            return value.numpy(force=True)
        except (TypeError, RuntimeError):  # a sparse one, for instance; it is told apart by its type
            return value
    if type(value) in (list, tuple):
        return type(value)(map(_without_tensors, value))
    return {key: _without_tensors(item) for key, item in value.items()} if isinstance(value, dict) else value


def _difference(answer: Any, expected: Any, rtol: float, atol: float) -> str | None:
    if answer is None and expected is not None:
        return "it is None; was a return forgotten?"
    if isinstance(expected, dict):
        return _of_mappings(answer, expected, rtol, atol)
    if isinstance(expected, (tuple, list)):
        return _of_sequences(answer, expected, rtol, atol)
    if isinstance(expected, np.ndarray):
        return _of_arrays(answer, expected, rtol, atol)
    if isinstance(expected, (bool, np.bool_)):
        return _unless(isinstance(answer, (bool, np.bool_)) and bool(answer) == bool(expected), answer, "True or False")
    if isinstance(expected, Number):
        return _of_numbers(answer, expected, rtol, atol)
    return _unless(type(answer) is type(expected) and answer == expected, answer, _kind(expected))


def _unless(equal, answer, kind):
    if equal:
        return None
    if _kind(answer) != kind:
        return f"it is {_kind(answer)}, and {kind} was expected"
    return f"it is {answer}, which is not right" if kind == "True or False" else f"it is not the right {kind}"


def _kind(value):
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if isinstance(value, Number):
        return "number"
    return {str: "text", type(None): "None"}.get(type(value), type(value).__name__)


def _of_numbers(answer, expected, rtol, atol):
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer[()]
    if isinstance(answer, (bool, np.bool_)) or not isinstance(answer, Number):
        return _unless(False, answer, "number")
    whole = isinstance(expected, (int, np.integer))
    equal = answer == expected if whole else np.isclose(answer, expected, rtol, atol, equal_nan=True)
    return None if equal else "the number is not right"


def _of_arrays(answer, expected, rtol, atol):
    try:
        # Only of numbers: of texts, NumPy would make as many copies of the longest as there are.
        answer = np.asarray(answer) if _holds_numbers(answer, 10 * expected.size + 10_000) else None
    except ValueError:  # ragged lists
        answer = None
    if answer is None:
        return f"it is no array of numbers; one of shape {expected.shape} was expected"
    if answer.dtype.kind not in "fiub":
        return f"its dtype is {answer.dtype}, and numbers were expected"
    if answer.shape != expected.shape:
        return f"its shape is {_shape(answer)}, and {expected.shape} was expected"
    if (answer.dtype.kind == "b") != (expected.dtype.kind == "b"):
        return f"its dtype is {answer.dtype}, and {expected.dtype} was expected"
    wrong = ~np.isclose(answer, expected, rtol, atol, equal_nan=True)
    if not wrong.any():
        return None
    if nothing := int((wrong & np.isnan(answer)).sum()):
        return f"{nothing} of {wrong.size} entries are NaN"
    with np.errstate(invalid="ignore"):
        error = np.where(wrong, np.abs(answer.astype(float) - expected.astype(float)), 0)
    error = np.where(np.isnan(error), np.inf, error)  # the wrong infinity, or a number for NaN
    where = np.unravel_index(np.argmax(error), error.shape)
    index = "[" + ", ".join(str(int(i)) for i in where) + "]"
    return f"{wrong.sum()} of {wrong.size} entries differ; the largest error is {_round(error[where])}, at {index}"


def _round(number):
    """Two digits of it, and 100 for 100."""
    return f"{float(f'{number:.2g}'):g}"


def _shape(array):
    """Its shape, where that is one that somebody could have meant."""
    return array.shape if array.ndim <= 6 and all(n < 10_000 for n in array.shape) else "much larger"


def _holds_numbers(value, most):
    """Whether an array, or lists within lists of numbers and arrays, at most ``most`` of them in the latter case."""
    if isinstance(value, np.ndarray):
        return True
    waiting, seen = [value], 0
    while waiting:
        value = waiting.pop()
        seen += value.size if isinstance(value, np.ndarray) else 1
        if isinstance(value, (list, tuple)):
            waiting += value
        elif not isinstance(value, (Number, np.ndarray)) or seen > most:
            return False
    return True


def _of_sequences(answer, expected, rtol, atol):
    many = answer.ndim > 0 if isinstance(answer, np.ndarray) else isinstance(answer, (tuple, list))
    if not many:
        return f"it is {_kind(answer)}, and {len(expected)} things in a {type(expected).__name__} were expected"
    if len(answer) != len(expected):
        held = len(answer) if len(answer) < 10_000 else "very many"
        return f"it holds {held} things, and {len(expected)} were expected"
    for number, (a, e) in enumerate(zip(answer, expected, strict=True)):
        if found := _difference(a, e, rtol, atol):
            return f"item {number}: {found}"
    return None


def _of_mappings(answer, expected, rtol, atol):
    if not isinstance(answer, dict):
        return f"it is {_kind(answer)}, and a dictionary was expected"
    if answer.keys() > expected.keys():
        also = ", ".join(f"{str(key)[:40]!r}" for key in list(answer.keys() - expected.keys())[:3])
        return f"it also holds {also}, and should not"
    if answer.keys() != expected.keys():
        return f"its keys are not {sorted(map(str, expected))}"
    for key in expected:
        if found := _difference(answer[key], expected[key], rtol, atol):
            return f"{key!r}: {found}"
    return None
