"""Cells and notebooks in nbformat 4.5, made without nbformat's own constructors, which validate each one at length."""

from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode, from_dict

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """A notebook of these cells."""
    return from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": KERNEL}, "cells": cells})


def markdown(source: str, name: str, marks: Mapping[str, Any] | None = None) -> NotebookNode:
    """A text cell; ``name`` is its id, ``marks`` are nbgrader's."""
    return from_dict({"cell_type": "markdown", "source": source, "id": name, "metadata": _metadata(marks)})


def code(
    source: str, name: str, marks: Mapping[str, Any] | None = None, outputs: Iterable[Mapping[str, Any]] = ()
) -> NotebookNode:
    """A code cell, with what it printed and showed."""
    outputs = list(outputs)
    cell = {"cell_type": "code", "source": source, "id": name, "metadata": _metadata(marks)}
    return from_dict({**cell, "outputs": outputs, "execution_count": 1 if outputs else None})


def stream(text: str) -> dict[str, Any]:
    """An output: text that a cell printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def error(text: str) -> dict[str, Any]:
    """An output: the traceback of an error."""
    lines = text.splitlines()
    return {"output_type": "error", "ename": "Error", "evalue": lines[-1], "traceback": lines}


def display_data(**data: str) -> dict[str, Any]:
    """An output that is shown: html= and text=."""
    kinds = {"html": "text/html", "text": "text/plain"}
    return {"output_type": "display_data", "metadata": {}, "data": {kinds[name]: value for name, value in data.items()}}


def execute_result(text: str) -> dict[str, Any]:
    """An output: the value of a cell's last line, in which nbgrader reads a score."""
    return {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": text}, "execution_count": 1}


def _metadata(marks: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"nbgrader": dict(marks)} if marks else {}
