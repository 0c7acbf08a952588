"""A data folder and, where asked for, a mirror of the test's own."""

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The data folder, which is not there yet; and no mirror."""
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CNNLIB_MIRROR", raising=False)
    return tmp_path / "data"


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("CNNLIB_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "mirror"
