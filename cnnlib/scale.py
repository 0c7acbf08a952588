"""How large the book's experiments run: ``quick`` on any laptop with no network, ``full`` on a GPU."""

import os

from cnnlib import _arguments as arguments

__all__ = ["current", "device", "pick", "seed"]


def current():
    """ "quick" or "full": the environment variable ``CNNLIB_SCALE``; without it, full where there is a GPU."""
    asked = os.environ.get("CNNLIB_SCALE")
    if asked:
        return arguments.choice("CNNLIB_SCALE", asked, ("quick", "full"))
    return "full" if device() == "cuda" else "quick"


def pick(*, quick, full):
    """The value for the current scale, so that both stand side by side in a notebook's one cell of settings."""
    return full if current() == "full" else quick


def device():
    """ "cuda" where PyTorch finds a GPU, else "cpu"."""
    import torch  # slow to import, and not needed when the scale is given

    return "cuda" if torch.cuda.is_available() else "cpu"


def seed():
    """The seed that all of a page's seeds follow: the environment variable ``CNNLIB_SEED``; without it, 0."""
    asked = os.environ.get("CNNLIB_SEED") or "0"
    if not asked.isdecimal():
        arguments.fail("CNNLIB_SEED", asked, "an integer of 0 or more")
    return int(asked)
