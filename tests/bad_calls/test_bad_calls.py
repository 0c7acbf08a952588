"""Every documented function answers a bad call with a ValueError: the argument, its value, and what was expected."""

import importlib
import inspect
import pkgutil

import pytest

import cnnlib
from cnnlib import data, labs, models, scale, training
from cnnlib.data import cifar10, digits, photos, shapes
from cnnlib.data.store import archives, fetch, folders, registry
from cnnlib.grading import checks
from cnnlib.grading.checks import lab
from cnnlib.labs import compare
from cnnlib.models import initialisation
from tests.bad_calls.of_networks import OF_NETWORKS
from tests.bad_calls.of_tools import OF_TOOLS

BAD_CALLS = [*OF_NETWORKS, *OF_TOOLS]

# Functions that no call can be bad for, and why.
CANNOT_FAIL = {
    archives.manifest: "any files will do",
    archives.members: "a bad archive is the user's, not the caller's: a CourseError",
    checks.wrong: "it is there to raise",
    lab.lab_names: "takes nothing",
    lab.load: "an unknown lab is the user's mistake, not the caller's: a CourseError",
    compare.difference: "any two values can be compared",
    initialisation.he_initialise: "any module will do",
    labs.progress: "takes nothing",
    data.names: "takes nothing",
    cifar10.whereabouts: "takes nothing",
    digits.load: "takes nothing",
    digits.whereabouts: "takes nothing",
    registry.carriers: "takes nothing",
    registry.modules: "takes nothing",
    fetch.fetch: "what goes wrong is the network's or the disk's: a CourseError",
    folders.data_folder: "takes nothing",
    folders.lock: "a folder that cannot be is the user's mistake: a CourseError",
    folders.find_in_mirror: "a folder that is not there is the user's mistake: a CourseError",
    models.names: "takes nothing",
    photos.names: "takes nothing",
    photos.whereabouts: "takes nothing",
    scale.current: "takes nothing; what it reads is in test_scale.py",
    scale.device: "takes nothing",
    scale.pick: "any values are good",
    scale.seed: "takes nothing; what it reads is in test_scale.py",
    shapes.whereabouts: "takes nothing",
    training.flip: "takes nothing",
}


@pytest.mark.parametrize(("function", "arguments", "options", "message"), BAD_CALLS)
def test_bad_call(function, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments, **options)


def test_every_documented_function_is_called_badly():
    """A function that joins a module's ``__all__`` joins one of the tables, or the list above."""
    documented = set()
    for found in pkgutil.walk_packages(cnnlib.__path__, "cnnlib."):
        if "sandbox.inside" in found.name:  # the sandbox alone imports these, by other names
            continue
        module = importlib.import_module(found.name)
        if "widgets" in found.name:  # classes: their bad calls are in tests/widgets
            continue
        members = [getattr(module, name) for name in getattr(module, "__all__", ())]
        documented |= {member for member in members if callable(member) and not isinstance(member, type)}
    functions = {function for function, *_ in BAD_CALLS if inspect.isfunction(function)}
    assert documented == functions | set(CANNOT_FAIL)
