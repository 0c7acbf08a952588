"""The doctor, and the helpers that find or install what the machine lacks."""

import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from cnnlib.errors import CourseError
from cnnlib.machine import apt, browser, doctor, suite
from tests.command import cnnlab

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
    with pytest.raises(CourseError, match=r"^CNNLIB_BROWSER names .*none, and there is no such file"):
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
