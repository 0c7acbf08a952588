"""Grades in the forms that others read: each file of this folder holds a small class, and that is all of an export.

class Csv:
    name = "csv"       # what --export calls it
    suffix = ".csv"    # of the file, which is called grades

    def text(self, grades: Grades) -> str: ...
"""

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Protocol

from cnnlib.errors import CourseError
from cnnlib.grading.grades import Grades

DEFAULT = ("csv", "json")


class Export(Protocol):
    """The form of such a class."""

    name: str
    suffix: str

    def text(self, grades: Grades) -> str:
        """What the file holds."""


def available() -> dict[str, Export]:
    """All exports by name, in the order of the names."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    classes = [thing for module in modules for thing in vars(module).values() if _is_export(thing, module.__name__)]
    return {made.name: made for made in sorted((kind() for kind in classes), key=lambda made: made.name)}


def select(names: Iterable[str]) -> list[Export]:
    """The exports of those names, each once; ``CourseError`` where there is none."""
    exports, names = available(), list(names)
    if unknown := [name for name in names if name not in exports]:
        raise CourseError(f"There is no export {unknown[0]}; there are {', '.join(exports)}.")
    return [exports[name] for name in dict.fromkeys(names)]


def _is_export(thing: object, module: str) -> bool:
    return (
        isinstance(thing, type) and thing.__module__ == module and hasattr(thing, "suffix") and hasattr(thing, "text")
    )
