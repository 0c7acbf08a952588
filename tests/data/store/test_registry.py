"""The catalogue, at the command line and in the appendix, says what is true of the data sets."""

import re

import numpy as np
import pytest

from cnnlib import data, terminal
from cnnlib.checkout import BOOK
from cnnlib.data import cifar10, digits, photos
from cnnlib.data.store import registry as catalogue
from cnnlib.errors import CourseError
from tests.command import cnnlab

PAGE = (BOOK / "appendices" / "data_sets.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """A terminal so wide that no line is broken, whoever asked for its width before."""
    for console in (terminal.console, terminal.errors):
        monkeypatch.setattr(console, "_width", 300)
        monkeypatch.setattr(console, "_height", 50)


def row(entry):
    columns = f"`{entry.name}`", entry.title, entry.licence, f"{entry.size / 1e6:.1f}", entry.source, entry.scale
    return f"| {' | '.join(columns)} |"


def test_the_appendix_has_its_table():
    rows = [line for line in PAGE.partition("## ")[0].splitlines() if line.startswith("| `")]
    assert rows == [row(data.entry(name)) for name in data.names()]


@pytest.mark.parametrize("name", data.names())
def test_entries(name):
    entry = data.entry(name)
    assert entry.name == name and entry.scale in ("quick", "full") and entry.licence
    if entry.citation:
        assert f"{{cite}}`{entry.citation}`" in PAGE
        assert f"{{{entry.citation},\n" in (BOOK / "references.bib").read_text(encoding="utf-8")


def test_sizes():
    files = [photos._folder() / photo.file for photo in photos.PHOTOS.values()]
    assert data.entry("photos").size == sum(file.stat().st_size for file in files)
    assert data.entry("digits").size == digits._file().stat().st_size
    assert data.entry("cifar10").size == cifar10.ARCHIVE.size


def test_load_passes_options_on():
    pictures = data.load("photos", size=16, grey=True)
    assert list(pictures) == photos.names()
    assert np.array_equal(pictures["cat"], photos.load("cat", 16, grey=True))
    assert data.load("shapes", train=3, test=2, size=16, objects=2).train.boxes.shape == (3, 2, 4)


def test_list(folder):
    code, output = cnnlab("data")
    assert code == 0 and "│ with scikit-learn │" in output and "│ no: from www.cs.toronto.edu" in output
    for name in data.names():
        assert f"│ {name} │ {data.entry(name).title} │ {data.entry(name).licence} │" in output
    folder.mkdir()
    (folder / "cifar10-jpeg.npz").write_bytes(b"")
    assert "cifar10-jpeg.npz │" in cnnlab("data")[1]


def test_fetch(monkeypatch, folder):
    assert cnnlab("data", "fetch", "digits") == (0, "digits is ready: with scikit-learn.")
    code, output = cnnlab("data", "fetch", "cifar")
    assert code == 1 and output.startswith("Error: name must be a data set's name (did you mean 'cifar10'?); got")

    def no_network():
        raise CourseError("The download stopped.")

    monkeypatch.setitem(catalogue.LOADERS, "cifar10", no_network)
    assert cnnlab("data", "fetch", "cifar10") == (1, "Error: The download stopped.")


def test_a_package_that_is_not_there(monkeypatch):
    for module in (photos, digits, catalogue):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    for name, message in (
        ("digits", "The digits come with scikit-learn: pip install scikit-learn"),
        ("photos", "The photographs come with scikit-image: pip install scikit-image"),
    ):
        assert cnnlab("data", "fetch", name) == (1, f"Error: {message}")
    assert re.search(r"│ no: from scikit-image │", cnnlab("data")[1])
