"""Where the files of the course are, and the facts that are set once, in ``pyproject.toml``."""

import re
import tomllib
from pathlib import Path
from typing import Any

from cnnlib.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"


def require_checkout() -> None:
    """Raise ``CourseError`` where cnnlib is installed without the book around it."""
    if not (BOOK / "_config.yml").is_file():
        raise CourseError(f"The book is not at {BOOK}: run this from a clone of the course's repository.")


def project() -> dict[str, Any]:
    """The ``[project]`` table of ``pyproject.toml``."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def repository_url() -> str:
    return project()["urls"]["Repository"]


def site_url() -> str | None:
    """Where the site is published: GitHub Pages, for a repository on GitHub; None for another one."""
    owner_and_name = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+?)/?", repository_url())
    return None if owner_and_name is None else "https://{}.github.io/{}".format(*owner_and_name.groups())


def authors() -> str:
    return project()["authors"][0]["name"]


def notebooks() -> list[Path]:
    """The book's notebooks, in a fixed order."""
    return sorted(path for path in BOOK.rglob("*.ipynb") if not {"_build", ".ipynb_checkpoints"} & set(path.parts))
