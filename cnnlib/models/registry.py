"""The networks by name: found in the files of this folder, each imported when one of its networks is asked for.

A family is one file. It writes out two things, which are read from its text without running it:

    LECTURE_ROW = "C4"                                                 its place, a key of ``cnnlib.lecture.ROWS``
    MODELS = {"vgg16": Network(partial(VGG, …), Card(…)), …}           its networks by name
"""

import ast
import dataclasses
import functools
import importlib
import re
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

from cnnlib import _arguments as arguments
from cnnlib import models
from cnnlib.models.card import Card, Network

__all__ = ["build", "card", "names"]


def names() -> list[str]:
    """The names that ``build`` knows, as a list. Where torchvision has the network, its name is torchvision's.

    They come in the order of the lecture, and no network's file is imported for it.
    """
    return list(_modules())


def card(name: str) -> Card:
    """What was published about the network: a ``Card``."""
    return dataclasses.replace(_network(name).card, name=name)


def build(name: str, num_classes: int | None = None, **options: Any) -> nn.Module:
    """The network of that name, with weights drawn at random: a ``torch.nn.Module``, in training mode.

    ``num_classes`` is by default that of the data set the network was made for (``card(name).classes``): 1000 for
    ImageNet, 10 for digits and CIFAR-10. Options are those of the network's class, for example
    ``build("resnet50", paper_strides=True)``.
    """
    make, published = _network(name)
    classes = published.classes if num_classes is None else arguments.integer("num_classes", num_classes, 1)
    return make(num_classes=classes, **arguments.options(make, options, name, apart=["num_classes"]))


def _network(name: str) -> Network:
    modules = _modules()
    family = importlib.import_module(modules[arguments.one_of_names("name", name, modules, "a network's name")])
    return family.MODELS[name]


def _modules() -> dict[str, str]:
    """Each network's name, in the order of the lecture, and the module that has it."""
    return _modules_in(tuple(models.__path__))


@functools.cache
def _modules_in(folders: tuple[str, ...]) -> dict[str, str]:
    families = []
    for folder in map(Path, folders):
        for path in folder.rglob("*.py"):
            family = _read(path, ".".join((models.__name__, *path.relative_to(folder).with_suffix("").parts)))
            if family is not None:
                families.append(family)
    found: dict[str, str] = {}
    for family in sorted(families):
        for name in family.names:
            if name in found:
                arguments.fail(f"MODELS of {family.module}", name, f"new names: {found[name]} has this one")
            found[name] = family.module
    return found


class _Family(NamedTuple):
    """What a family's file says of itself. Families are in the order of their places, then of their modules."""

    place: tuple[str, int]
    module: str
    names: tuple[str, ...]


def _read(path: Path, module: str) -> _Family | None:
    """The family in a file, which is read and not run; None where it has no ``MODELS``."""
    stated: dict[str, ast.expr | None] = {}
    for statement in ast.parse(path.read_text(encoding="utf-8"), str(path)).body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                # A second statement, such as ``MODELS |= …``, adds what cannot be read from the first.
                stated[target.id] = None if target.id in stated else getattr(statement, "value", None)
    if "MODELS" not in stated:
        return None
    written_out, row = stated["MODELS"], stated.get("LECTURE_ROW")
    keys = written_out.keys if isinstance(written_out, ast.Dict) else [None]
    network_names = tuple(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
    if len(network_names) < len(keys):
        expected = "one dictionary written out, its keys names in quotes, as they are read without running the file"
        arguments.fail(f"MODELS in {path}", _source(written_out), expected)
    place = re.fullmatch(r"([A-Z])(\d+)", str(row.value)) if isinstance(row, ast.Constant) else None
    if place is None:
        arguments.fail(f"LECTURE_ROW in {path}", _source(row), 'a key of cnnlib.lecture.ROWS, such as "C4"')
    return _Family((place[1], int(place[2])), module, network_names)


def _source(expression: ast.expr | None) -> str:
    return "nothing that can be read" if expression is None else ast.unparse(expression)
