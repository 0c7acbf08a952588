"""What is set once, in ``pyproject.toml``, and the files that repeat it."""

import os
from pathlib import Path

import yaml

from cnnlib import checkout
from cnnlib.authoring import sync


def test_derived_files_are_in_step():
    assert sync.out_of_step() == [], "run: cnnlab sync"


def test_sync_mends_what_is_out_of_step(monkeypatch, tmp_path):
    stale = tmp_path / "environment.yml"
    stale.write_text("old")
    monkeypatch.setattr(sync, "expected_texts", lambda: {stale: sync.environment_yml(), tmp_path / "new": "x"})
    assert sync.sync() == [stale, tmp_path / "new"]
    assert sync.out_of_step() == []


def test_environment_yml_asks_for_what_pyproject_does():
    environment = yaml.safe_load((checkout.ROOT / "environment.yml").read_text(encoding="utf-8"))
    *packages, pip = environment["dependencies"]
    assert f"python{checkout.project()['requires-python']}" in packages
    assert "--editable .[full]" in pip["pip"] and "full" in checkout.project()["optional-dependencies"]


def test_constraints_pin_the_tested_pair():
    pins = (checkout.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for pin in (
        "torch==2.14.1",
        "torchvision==0.29.1",
        "jupyter-book==1.0.4.post1",
        "nbval==0.11.0",
        "nbgrader==0.9.6",
    ):
        assert pin in pins


def test_addresses_and_authors_stand_in_one_place():
    own = checkout.ROOT / "pyproject.toml"
    derived = set(sync.expected_texts())
    paths = []
    for folder, folders, files in os.walk(checkout.ROOT):
        # Pruned while walking: the environments hold a hundred thousand files.
        left_out = {"node_modules", "_build", ".git", "cnnlib.egg-info"}
        folders[:] = [name for name in folders if name not in left_out and not name.startswith(".venv")]
        paths += [Path(folder, name) for name in files]
    for path in paths:
        if path != own and path not in derived and path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".cff", ""}:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert checkout.repository_url() not in text, path
            assert checkout.authors() not in text, path
