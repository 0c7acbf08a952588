"""The packages that a lab's sandbox holds: those that the lab names, what they need, and cnnlib's tools."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from cnnlib.checkout import ROOT
from cnnlib.data.store import registry as data
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import Lab

# IPython runs the cells, as a notebook's kernel does; Pillow reads and writes the pictures that cnnlib shows.
ALWAYS = ("ipython", "pillow")


def sources_of(lab: Lab) -> dict[str, Path]:
    """Name in the sandbox's package folder → path here: the lab's packages, what they need, and cnnlib's tools."""
    sources = {}
    for name in with_requirements([*ALWAYS, *lab.packages]):
        installed = distribution(name)
        for top in {
            line.partition("/")[0].partition(",")[0] for line in (installed.read_text("RECORD") or "").splitlines()
        }:
            if top not in ("..", "__pycache__"):
                sources[top] = Path(str(installed.locate_file(top)))
    package = ROOT / "cnnlib"
    sources["cnnlib/__init__.py"] = package / "__init__.py"
    for tool in lab.tools:
        path = package / tool if (package / tool).is_dir() else package / f"{tool}.py"
        sources[f"cnnlib/{path.name}"] = path
    if "data" in lab.tools:
        # The files of data sets that packages carry, without their code, which would bring SciPy along.
        for carrier in data.carriers():
            if carrier.package not in lab.packages and (folder := carrier.path()):
                sources[f"{carrier.module}/{carrier.folder}"] = folder
                sources[f"{carrier.module}/__init__.py"] = package / "grading" / "sandbox" / "inside" / "empty.py"
    return sources


def with_requirements(names: list[str]) -> list[str]:
    """The distributions of those names and, in turn, those that they need here."""
    seen, found, waiting = set(), set(), [(name, "") for name in names]
    while waiting:
        name, extra = waiting.pop()
        name = name.lower().replace("_", "-").replace(".", "-")
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:
            if name in names:
                raise CourseError(f"{name} is not installed, and a lab needs it: make setup") from None
            continue
        found.add(name)
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, wanted) for wanted in ("", *requirement.extras)]
    return sorted(found)


def link(sources: dict[str, Path], folder: Path) -> None:
    """The same package folder without a sandbox: links."""
    for name, path in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(path)
