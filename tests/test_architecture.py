"""The map of the project is true: what it names is there, and what is there in the package's first row is named."""

import re

import pytest

from cnnlib.checkout import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w.-]+(?:/[\w.*-]*)*(?:/|\.\w+))`", TEXT)))


def test_there_is_something_to_look_up():
    assert len(NAMED) > 50


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there(name):
    """A path from the root, or from ``cnnlib``; ``*`` stands for any name."""
    assert list(ROOT.glob(name)) or list((ROOT / "cnnlib").glob(name)), f"ARCHITECTURE.md names {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "cnnlib").iterdir()), ids=lambda path: path.name)
def test_every_room_is_named(path):
    if path.suffix == ".py" or (path / "__init__.py").is_file():
        assert path.name == "__init__.py" or f"`{path.name}{'/' * path.is_dir()}`" in TEXT
