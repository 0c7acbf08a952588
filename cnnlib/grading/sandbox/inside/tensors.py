"""Arrays for tensors and back, for labs of PyTorch: across the wall go arrays alone.

Both sides use it: the sandbox for the student's code, the grader for the solution and the misconceptions. It imports
PyTorch, so it is itself imported only where a task asks for tensors.
"""

import numpy as np
import torch


class NoArray(Exception):
    """A tensor that no array can hold: a sparse one, one without data, or one of a type that NumPy lacks."""


def to_tensors(value):
    """``value`` with a tensor for each array in it, of the same type and with memory of its own.

    NumPy's single numbers become Python's, as they do on the wire.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(np.array(value, order="C"))
    return _within(value, to_tensors)


def to_arrays(value):
    """``value`` with an array for each tensor in it, whether that needs gradients or not; ``NoArray``."""
    if isinstance(value, torch.Tensor):
        try:
            return value.numpy(force=True)
        except (TypeError, RuntimeError):  # NotImplementedError among them
            raise NoArray from None
    return _within(value, to_arrays)


def _within(value, convert):
    """The same container with its items converted; anything else as it is."""
    if isinstance(value, dict):
        return {key: convert(item) for key, item in value.items()}
    if isinstance(value, list):
        return [convert(item) for item in value]
    if isinstance(value, tuple):  # a named one becomes a plain one, as it does on the wire
        return tuple(convert(item) for item in value)
    return value
