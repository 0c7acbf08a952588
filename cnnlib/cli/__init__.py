"""The command ``cnnlab``: a file for each group of commands. Each make target is one line over it."""

from cnnlib.cli import book, data, grading, labs, machine, models, pages  # noqa: F401 - each adds its commands
from cnnlib.cli._app import app as app
