"""The students' copy of the course: labs, the tools that they use, and how to start. No answer is in it."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from cnnlib import checkout
from cnnlib.data.store.registry import carriers
from cnnlib.errors import CourseError

MARK = "# Written by `cnnlab release`: the students' copy of the course.\n"
COMMANDS = ("terminal",)  # what `cnnlab check` needs beside the tools
# What the tools need, and opening a notebook; and the packages that carry data.
NEEDED = ("ipykernel", "jupyterlab", "matplotlib", "pillow")


def make(folder: Path, notebooks: dict[str, str], tools: Iterable[str], packages: Iterable[str]) -> list[Path]:
    """Make or renew the copy in ``folder``; returns the paths of its files.

    ``notebooks`` maps names of labs to texts, ``tools`` are the modules of cnnlib to copy, ``packages`` what the labs
    import. ``CourseError`` where ``folder`` holds something else. An earlier copy is replaced part by part when the new
    one is whole; what stands beside it, such as ``.git``, stays.
    """
    folder = Path(folder).resolve()
    if not _may_be_written(folder):
        raise CourseError(f"{folder} holds something other than a students' copy; name an empty or a new folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".students-") as scratch:
        fresh, old = Path(scratch, "fresh"), Path(scratch, "old")
        fresh.mkdir()
        old.mkdir()
        _write(fresh, notebooks, tools, packages)
        files = [folder / path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]
        folder.mkdir(exist_ok=True)
        for part in sorted(fresh.iterdir()):
            if (folder / part.name).exists():
                (folder / part.name).rename(old / part.name)
            part.rename(folder / part.name)
    return files


def _may_be_written(folder: Path) -> bool:
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    project = folder / "pyproject.toml"
    return not any(folder.iterdir()) or (project.is_file() and project.read_text(encoding="utf-8").startswith(MARK))


def _write(folder: Path, notebooks: dict[str, str], tools: Iterable[str], packages: Iterable[str]) -> None:
    for name, text in notebooks.items():
        path = folder / "labs" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    source = Path(checkout.__file__).parent
    (folder / "cnnlib").mkdir()
    for name in (*tools, *COMMANDS):
        if (source / name).is_dir():
            shutil.copytree(source / name, folder / "cnnlib" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source / f"{name}.py", folder / "cnnlib")
    shutil.copy(checkout.ROOT / "LICENSE", folder)
    texts = {
        "cnnlib/__init__.py": '"""cnnlib: the tools that the labs use."""\n',
        "pyproject.toml": pyproject(packages),
        "README.md": readme(min(notebooks, default="NAME")),
        ".gitignore": ".venv/\n*.egg-info/\n__pycache__/\n.ipynb_checkpoints/\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def pyproject(packages: Iterable[str]) -> str:
    """Text of the copy's ``pyproject.toml``: what the labs import, at the versions that the course asks for."""
    project = checkout.project()
    ranges = {Requirement(line).name: line for line in project["optional-dependencies"]["notebooks"]}
    needed = (*NEEDED, *(carrier.package for carrier in carriers()))
    wanted = {*project["dependencies"], *(ranges.get(name, name) for name in needed)}
    base = {Requirement(line).name for line in wanted}
    wanted |= {ranges.get(name, name) for name in packages if name not in base}
    requirements = "".join(f'    "{line}",\n' for line in sorted(wanted))
    return f"""{MARK}\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "cnnlib"
version = "{project["version"]}"
description = "The labs of a course on convolutional networks, and the tools that they use"
readme = "README.md"
license = "{project["license"]}"
license-files = ["LICENSE"]
authors = [{{ name = "{checkout.authors()}" }}]
requires-python = "{project["requires-python"]}"
dependencies = [
{requirements}]

[project.scripts]
cnnlab = "cnnlib.labs.__main__:app"

[tool.setuptools.packages.find]
include = ["cnnlib*"]
"""


def readme(example: str) -> str:
    """Text of the copy's ``README.md``; ``example`` is the name of a lab."""
    return f"""\
# Labs on convolutional networks

With Python 3.11 or newer, in this folder, once:

    python3 -m venv .venv
    .venv/bin/python -m pip install --editable .

Then open the labs, and work on them:

    .venv/bin/jupyter lab labs

The last cell of a lab shows how far you are. This runs a lab from the top, and says the same:

    .venv/bin/cnnlab check {example}

On Windows, the commands are in `.venv\\Scripts`.

What you hand in is the notebook of the lab, saved, under the name that it has. Then hidden checks run, on other
inputs.
"""
