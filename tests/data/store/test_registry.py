"""The registry, at the command line and in the appendix, says what is true of the data sets."""

import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from cnnlib import data, terminal
from cnnlib.authoring.release import student_copy
from cnnlib.checkout import BOOK
from cnnlib.data import cifar10, digits, photos
from cnnlib.data.store import registry
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import TOOLS
from cnnlib.grading.sandbox import packages
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

    monkeypatch.setattr(cifar10, "load", no_network)
    assert cnnlab("data", "fetch", "cifar10") == (1, "Error: The download stopped.")


def test_a_package_that_is_not_there(monkeypatch):
    monkeypatch.setattr("cnnlib.data.store.entry.find_spec", lambda name: None)
    for name, message in (
        ("digits", "The digits come with scikit-learn: pip install scikit-learn"),
        ("photos", "The photographs come with scikit-image: pip install scikit-image"),
    ):
        assert cnnlab("data", "fetch", name) == (1, f"Error: {message}")
    assert re.search(r"│ no: from scikit-image │", cnnlab("data")[1])


# --- one data set more ---

NEW = """
from cnnlib.data.store.entry import Carrier, Entry

CARRIER = Carrier("parcel-of-stars", "stars_parcel", "files")
ENTRY = Entry(
    title="Stars", licence="CC0", size=1000, source=CARRIER.package, scale="quick", carrier=CARRIER
)


def load(number=3):
    return (CARRIER.required_path("The stars") / "stars.csv").read_text()[:number]


def whereabouts():
    return CARRIER.whereabouts()
"""


@pytest.fixture
def stars(tmp_path, monkeypatch):
    """One file beside the data sets, and the package that carries its numbers."""
    folders = tmp_path / "new", tmp_path / "installed" / "stars_parcel" / "files"
    for folder in folders:
        folder.mkdir(parents=True)
    (folders[0] / "stars.py").write_text(NEW)
    (folders[1].parent / "__init__.py").write_text("raise RuntimeError('never imported')")
    (folders[1] / "stars.csv").write_text("12345")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    monkeypatch.setattr(data, "__path__", [*data.__path__, str(folders[0])])
    yield folders[1]
    sys.modules.pop("cnnlib.data.stars", None)
    vars(data).pop("stars", None)


def test_a_new_data_set_is_one_new_file(stars):
    assert data.names() == ["photos", "digits", "stars", "shapes", "cifar10"]
    assert data.load("stars") == "123" and data.load("stars", number=2) == "12" and data.stars.load(1) == "1"
    assert data.entry("stars").name == "stars" and data.entry("stars").title == "Stars"
    assert registry.whereabouts("stars") == "with parcel-of-stars" and "│ with parcel-of-stars │" in cnnlab("data")[1]
    with pytest.raises(ValueError, match=r"size must be left out: stars has 'number'; got 1"):
        data.load("stars", size=1)


def test_what_a_package_carries_follows_from_the_entry(stars):
    """The grader's sandbox holds the files without the package's code, and students install the package."""
    sources = packages.sources_of(SimpleNamespace(packages=["numpy"], tools=TOOLS))
    assert sources["stars_parcel/files"] == stars
    assert "RuntimeError" not in sources["stars_parcel/__init__.py"].read_text()
    assert sources["sklearn/datasets/data"].is_dir() and sources["skimage/data"].is_dir()
    assert '    "parcel-of-stars",\n' in student_copy.pyproject({"numpy"})
    assert "stars_parcel/files" not in packages.sources_of(SimpleNamespace(packages=["numpy"], tools=("labs",)))


def test_only_the_data_set_that_is_asked_for_is_imported():
    code = "import sys; from cnnlib import data; data.load('digits'); data.digits; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    found = {name for name in loaded if name.startswith("cnnlib.data.") and not name.startswith("cnnlib.data.store")}
    assert found == {"cnnlib.data.digits"}


def test_what_is_no_data_set_is_no_attribute():
    with pytest.raises(AttributeError, match=r"module 'cnnlib\.data' has no attribute 'digit'"):
        data.digit  # noqa: B018
