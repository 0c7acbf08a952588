"""Which code a notebook's stored outputs belong to.

A notebook's metadata carries, under ``cnnlib``, the run that made its outputs: scale, device, seconds, a hash of its
code cells, and of what its kernel really loaded: each module of ``cnnlib``, and each script and style sheet that a
widget among them is made of (the class's ``SOURCES``). Those alone: an edit elsewhere makes nothing stale.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnlib.checkout import ROOT
from cnnlib.errors import CourseError

COLAB = "colab"  # the tag of the cell that fetches the course on Colab; no output depends on it

# An expression for the page's kernel, when its cells have run; JSON: {"modules": {name: file}, "sources": [path]}.
LOADED = """\
(lambda modules: __import__("json").dumps({
    "modules": {name: module.__file__ for name, module in modules.items()},
    "sources": sorted({
        str(path)
        for module in modules.values() for member in vars(module).values()
        if isinstance(member, type) and member.__module__ in modules
        for path in getattr(member, "SOURCES", ())
    }),
}))({
    name: module for name, module in sorted(__import__("sys").modules.items())
    if name.partition(".")[0] == "cnnlib" and getattr(module, "__file__", None)
})"""


def record(notebook: Mapping[str, Any], loaded: Mapping[str, Any], root: Path = ROOT) -> dict[str, Any]:
    """What is kept of a run: the hashes of the code cells, and of what the kernel ``loaded`` (the value of ``LOADED``).

    ``CourseError`` where the kernel loaded another ``cnnlib`` than the one in ``root``.
    """
    return {
        "code": code_hash(notebook),
        "modules": {name: _digest(_within(root, file).read_bytes()) for name, file in loaded["modules"].items()},
        "sources": {
            _within(root, file).relative_to(root).as_posix(): _digest(Path(file).read_bytes())
            for file in loaded["sources"]
        },
    }


def differences(notebook: Mapping[str, Any], root: Path = ROOT) -> list[str]:
    """Why the stored outputs do not belong to the code as it stands: a list of reasons, empty where they do."""
    run = notebook["metadata"].get("cnnlib")
    if run is None:
        return ["it was never run by `cnnlab execute`"]
    reasons = [] if run.get("code") == code_hash(notebook) else ["its code cells changed"]
    if "modules" not in run or "sources" not in run:
        return [*reasons, "its run did not record what it loaded"]
    paths = {name: _module_path(name, root) for name in run["modules"]} | {name: root / name for name in run["sources"]}
    for name, hashed in sorted((run["modules"] | run["sources"]).items()):
        if not paths[name].is_file():
            reasons.append(f"{name} is gone")
        elif _digest(paths[name].read_bytes()) != hashed:
            reasons.append(f"{name} changed")
    return reasons


def code_hash(notebook: Mapping[str, Any]) -> str:
    """Hash of a notebook's code cells, in order."""
    sources = [
        cell["source"]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and COLAB not in cell["metadata"].get("tags", [])
    ]
    return _digest("\0".join(sources).encode())


def _within(root: Path, file: str) -> Path:
    path = Path(file).resolve()
    if not path.is_relative_to(root.resolve()):
        raise CourseError(f"The notebook's kernel loaded {path}, which is not of the course in {root}: make setup")
    return path


def _module_path(name: str, root: Path) -> Path:
    base = root.joinpath(*name.split("."))
    package = base / "__init__.py"
    return package if package.is_file() else base.with_suffix(".py")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
