"""What is to be known about a data set before it is used, and the package that carries its files."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

__all__ = ["Carrier", "Entry"]


class Carrier(NamedTuple):
    """A package of PyPI that carries a data set's files."""

    package: str  # its name there
    module: str  # the module that it installs
    folder: str  # where in the module's folder the files are

    def path(self) -> Path | None:
        """The folder of the files; None where the package is not installed."""
        found = find_spec(self.module)  # without importing it, which may take long and bring others along
        return None if found is None or found.origin is None else Path(found.origin).parent / self.folder

    def required_path(self, files: str) -> Path:
        """The folder of the files, which ``files`` names; ``ModuleNotFoundError`` says what to install."""
        path = self.path()
        if path is None:
            raise ModuleNotFoundError(f"{files} come with {self.package}: pip install {self.package}")
        return path

    def whereabouts(self) -> str | None:
        """In words; None where the package is not installed."""
        return f"with {self.package}" if self.path() else None


class Entry(NamedTuple):
    """What is to be known about a data set before it is used. Its name is that of its module."""

    title: str
    licence: str
    size: int  # bytes of its files; 0 for what is generated
    source: str  # where its files are from
    scale: str  # of the book's experiments that use it: "quick" or "full"
    citation: str = ""  # a key of book/references.bib
    carrier: Carrier | None = None
    name: str = ""  # filled in by the registry
