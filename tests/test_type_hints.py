"""Whoever calls the package from outside finds type hints: every public function and method has them, whole."""

import importlib
import inspect
import pkgutil

import pytest

PACKAGES = [
    "conv", "filters", "receptive_field", "models", "complexity", "training", "landscape", "data", "plots", "labs",
    "grading.checks",
]  # fmt: skip


def modules():
    """The public modules of those packages."""
    for package in PACKAGES:
        root = importlib.import_module(f"cnnlib.{package}")
        yield root
        for found in pkgutil.walk_packages(getattr(root, "__path__", []), f"{root.__name__}."):
            if found.name.rpartition(".")[2] != "__main__":
                yield importlib.import_module(found.name)


def public_functions():
    """Name → function, of what the modules' ``__all__`` list, with the methods of their classes."""
    found = {}
    for module in modules():
        for name in getattr(module, "__all__", ()):
            member = getattr(module, name)
            if inspect.isfunction(member):
                found[f"{member.__module__}.{member.__qualname__}"] = member
            elif inspect.isclass(member) and member.__module__.startswith("cnnlib"):
                for method, function in vars(member).items():
                    plain = function.fget if isinstance(function, property) else function
                    if inspect.isfunction(plain) and plain.__module__ == member.__module__ and method[0] != "_":
                        found[f"{plain.__module__}.{plain.__qualname__}"] = plain
    return found


@pytest.mark.parametrize("function", public_functions().values(), ids=public_functions())
def test_hints_are_whole(function):
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
    without = [name for name in (*names, "return") if name not in function.__annotations__]
    assert not without, f"{function.__qualname__} has no hints for {without}"
