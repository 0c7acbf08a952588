"""Find a Chromium for the browser tests, and install one where this machine lets us."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from cnnlib.authoring.checkout import CourseError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find():
    """Path of a Chromium or Chrome: ``CNNLIB_BROWSER``, Playwright's own, or the system's; None if there is none.

    ``CourseError`` where ``CNNLIB_BROWSER`` names no file.
    """
    asked = os.environ.get("CNNLIB_BROWSER")
    if asked:
        if not Path(asked).is_file():
            raise CourseError(f"CNNLIB_BROWSER names {asked}, and there is no such file")
        return asked
    return _playwrights_own() or next((path for name in NAMES if (path := shutil.which(name))), None)


def install_command():
    """The one command that installs a browser here, as a list of words."""
    if shutil.which("apt-get"):
        apt = ["apt-get", "install", "--yes", "chromium"]
        return apt if _is_root() else ["sudo", *apt]
    return [sys.executable, "-m", "playwright", "install", "chromium"]


def install():
    """Try to install a browser without asking: Debian's as root, else Playwright's own. True if there is one then."""
    if shutil.which("apt-get") and _is_root():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _attempt(["apt-get", "update", "--quiet"], environment)
        _attempt(install_command(), environment)
    if find() is None and find_spec("playwright"):
        _attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    return find() is not None


def _attempt(words, environment=None):
    """Run a command that may fail or hang; whether there is a browser then is what counts."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(words, env=environment, capture_output=True, timeout=600)


def _playwrights_own():
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
