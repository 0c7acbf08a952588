"""The data sets of the book and the labs, one module each, and their registry: ``load("digits")``."""

from types import ModuleType

from cnnlib.data.store import registry
from cnnlib.data.store.registry import entry, load, names

__all__ = ["entry", "load", "names"]


def __getattr__(name: str) -> ModuleType:
    """``data.digits``: a data set's module, imported when it is first asked for."""
    if name not in registry.modules():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return registry.module(name)
