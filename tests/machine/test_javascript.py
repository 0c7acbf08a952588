"""The checks of JavaScript and CSS: that they find what is wrong, and where Node.js comes from."""

import json
import shutil

import pytest

from cnnlib.authoring.site import vendor
from cnnlib.checkout import ROOT
from cnnlib.machine import javascript

GOOD = 'const words = ["a", "b"];\n\nconsole.log(words);\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("figure.js", GOOD.replace('"', "'")),  # format
        ("figure.js", GOOD.replace("const", "let")),  # lint: it never changes
        ("figure.js", GOOD.replace("(words)", "(words, [1, 2].map((n) => { n; }))")),
        ("figure.css", ".cnn-figure { colour: red }\n"),
    ],
)
def test_lint_finds_what_is_wrong(monkeypatch, tmp_path, capfd, name, text):
    folder = tmp_path / "cnnlib" / "widgets" / "figure"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "biome.json", tmp_path)
    (folder / "good.js").write_text(GOOD)
    monkeypatch.setattr(javascript, "ROOT", tmp_path)
    assert javascript.lint() == 0
    (folder / name).write_text(text)
    assert javascript.lint() != 0
    assert name in "".join(capfd.readouterr())


def test_node_of_pypi_where_the_system_has_none(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(vendor, "npm", lambda: ["/site-packages/node", "npm-cli.js"])
    assert javascript.node() == "/site-packages/node"


def test_lock_has_the_linter_for_every_system_and_no_address():
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text  # the address of whichever registry it came from
    for name in packages["node_modules/@biomejs/biome"]["optionalDependencies"]:
        assert packages[f"node_modules/{name}"]["integrity"]
