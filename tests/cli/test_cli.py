"""The command line."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnnlib import checkout, cli
from cnnlib.authoring import sync
from cnnlib.authoring.release import notebooks as release
from cnnlib.authoring.site import build as site
from cnnlib.authoring.site import serve as server
from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import lab_names
from cnnlib.machine import suite
from tests.command import cnnlab

PARTS = ", ".join(part.name for part in suite.PARTS)
LABS = ", ".join(lab_names()) or "none"


@pytest.mark.parametrize(("arguments", "message"), [
    (["execute", "nowhere.ipynb"], "Error: There is no notebook at nowhere.ipynb"),
    (["execute", "--scale", "huge"], "Error: --scale must be quick or full; got 'huge'"),
    (["test", "nonsense"], f"Error: There is no part nonsense; there are {PARTS}"),
    (["check", "nowhere.ipynb"], "Error: There is no notebook and no lab nowhere.ipynb; the labs are: " + LABS),
    (["release", "lab99"], "Error: There is no lab lab99; there are " + LABS),
    (["release", "--to", "cnnlib"], f"Error: {checkout.ROOT / 'cnnlib'} holds something other than a students' copy; "
                                    "name an empty or a new folder."),
])  # fmt: skip
def test_mistakes_are_one_message(in_the_clone, arguments, message):
    code, output = cnnlab(*arguments)
    assert code == 1
    assert output == message


@pytest.fixture
def in_the_clone(monkeypatch):
    monkeypatch.chdir(checkout.ROOT)


def test_a_mistake_is_told_on_stderr():
    result = CliRunner().invoke(cli.app, ["execute", "nowhere.ipynb"])
    assert "nowhere.ipynb" in result.stderr and not result.stdout


def test_a_port_is_a_port():
    code, output = cnnlab("serve", "--port", "65536")
    assert code == 2 and "65535" in output


def test_execute(tmp_path, monkeypatch):
    monkeypatch.setattr("cnnlib.authoring.pages.execute.execute", lambda path, scale, force: f"{scale} {force}")
    page = tmp_path / "page.ipynb"
    page.write_text("{}")
    assert cnnlab("execute", str(page), "--scale", "quick") == (0, "page.ipynb: quick False")


def test_a_page_that_fails_does_not_keep_the_others_from_running(tmp_path, monkeypatch):
    def run(path, scale, force):
        if path.stem == "first":
            raise CourseError("first.ipynb failed, and was left as it was.")
        return "ran"

    monkeypatch.setattr("cnnlib.authoring.pages.execute.execute", run)
    pages = [tmp_path / f"{name}.ipynb" for name in ("first", "second")]
    for page in pages:
        page.write_text("{}")
    code, output = cnnlab("execute", *map(str, pages))
    assert code == 1
    assert "left as it was" in output and "second.ipynb: ran" in output and "Not run to the end: first.ipynb" in output


def test_book_and_serve(tmp_path, monkeypatch):
    served, nobody = [], {"open_browser": False}
    monkeypatch.setattr(site, "build", lambda out: tmp_path)
    monkeypatch.setattr(server, "serve", lambda *folder, port=8000, **options: served.append((folder, port, options)))
    assert cnnlab("book")[0] == 0 and not served  # not at a terminal
    assert cnnlab("book", "--serve")[0] == 0 and served == [((tmp_path,), 8000, nobody)]
    assert cnnlab("serve", "--port", "9000")[0] == 0 and served[-1] == ((), 9000, nobody)


def test_sync(monkeypatch):
    monkeypatch.setattr(sync, "sync", lambda: [checkout.ROOT / "environment.yml"])
    assert cnnlab("sync") == (0, "wrote environment.yml")


def test_release(tmp_path, monkeypatch):
    written = [checkout.ROOT / "labs" / "lab01" / "lab01.ipynb"]
    monkeypatch.setattr(release, "release", lambda names, to: written)
    assert cnnlab("release", "lab01") == (0, f"wrote {Path('labs', 'lab01', 'lab01.ipynb')}")
    code, output = cnnlab("release", "--to", str(tmp_path))
    assert code == 0 and output.startswith(f"The students' copy is in {tmp_path}: 0 labs, and the tools")
    written.clear()
    assert cnnlab("release") == (0, "labs/ is in step with solutions/.")


@pytest.mark.parametrize(("module", "code"), [("this", 0), ("no_such_module_here", 1)])
def test_lint_passes_its_failure_on(monkeypatch, module, code):
    monkeypatch.setattr(suite, "PARTS", [suite.Part("style", [[module]])])
    assert cnnlab("lint")[0] == code


@pytest.mark.parametrize("code", [0, 1])
def test_bench_passes_its_failure_on(monkeypatch, code):
    monkeypatch.setattr(cli.machine.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], code))
    assert cnnlab("bench")[0] == code


def test_test_runs_every_part_whatever_failed(monkeypatch):
    parts = [suite.Part("one", [["no_such_module_here"]]), suite.Part("two", [["this", "-V"]])]
    monkeypatch.setattr(suite, "PARTS", parts)
    code, output = cnnlab("test")
    assert code == 1
    assert "one │ failed" in output and "two │ passed" in output


def test_test_without_a_browser_runs_the_rest_and_then_fails(monkeypatch):
    monkeypatch.setattr(suite, "PARTS", [suite.Part("site", [["this"]])])
    monkeypatch.setattr(suite, "missing", lambda names: [("a browser", ["apt-get", "install", "chromium"])])
    code, output = cnnlab("test")
    assert code == 1
    assert "site │ passed" in output
    assert output.endswith("Not everything ran: a browser is missing. Install it with: apt-get install chromium")


def test_outside_a_clone(monkeypatch, tmp_path):
    monkeypatch.setattr(checkout, "BOOK", tmp_path)
    code, output = cnnlab("bench")
    assert code == 1 and "run this from a clone of the course's repository" in output
