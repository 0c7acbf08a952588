"""The command ``cnnlab``: a file for each group of commands. Each make target is one line over it."""

from cnnlib.cli import book, data, grading, labs, machine, models, pages
from cnnlib.cli._app import app

__all__ = ["app", "book", "data", "grading", "labs", "machine", "models", "pages"]
