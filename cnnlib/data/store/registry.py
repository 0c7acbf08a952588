"""The data sets by name: every module or package in ``cnnlib/data``, ``store`` apart, is one.

Such a module has its ``ENTRY``; ``load``, whose result is a record of arrays; and ``whereabouts``: the path of its
file, or words, or None where it would have to be downloaded. It is imported when it is asked for by name.
"""

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any

from cnnlib import _arguments as arguments
from cnnlib import data
from cnnlib.data.store.entry import Carrier, Entry

__all__ = ["carriers", "entry", "load", "module", "modules", "names", "whereabouts"]

SCALES = ("quick", "full")


def names() -> list[str]:
    """The names that ``load`` knows: data sets of quick scale first, and in each scale the largest files first."""
    entries = [entry(name) for name in modules()]
    return [each.name for each in sorted(entries, key=lambda each: (SCALES.index(each.scale), -each.size, each.name))]


def module(name: str) -> ModuleType:
    """The module of the data set."""
    if not isinstance(name, str) or name not in modules():  # only then are all imported, to list them in their order
        arguments.one_of_names("name", name, names(), "a data set's name")
    return import_module(f"{data.__name__}.{name}")


def entry(name: str) -> Entry:
    """What is to be known about the data set: an ``Entry``."""
    return module(name).ENTRY._replace(name=name)


def load(name: str, **options: Any) -> Any:
    """The data set of that name: a record of arrays, as the ``load`` of its module gives it.

    Options are those of that function, for example ``load("photos", size=64)``. "cifar10" is downloaded where it is
    not here yet; all others come with the course's packages, or are generated.
    """
    function = module(name).load
    return function(**arguments.options(function, options, name, apart=("name",)))


def whereabouts(name: str) -> str:
    """Where the data set is, in words; "" where it would have to be downloaded."""
    return str(module(name).whereabouts() or "")


def carriers() -> list[Carrier]:
    """The packages that carry files of data sets."""
    found = [entry(name).carrier for name in names()]
    return list(dict.fromkeys(carrier for carrier in found if carrier))


def modules() -> set[str]:
    """Names of the modules and packages in the folder, in no order; none is imported."""
    return {found.name for found in pkgutil.iter_modules(data.__path__)} - {"store"}
