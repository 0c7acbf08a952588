"""Find a Chromium for the browser tests, and install one where this machine lets us."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from cnnlib.errors import CourseError
from cnnlib.machine import apt

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
    return apt.command("chromium") if apt.available() else [sys.executable, "-m", "playwright", "install", "chromium"]


def install():
    """Try to install a browser without asking: Debian's as root, else Playwright's own. True if there is one then."""
    apt.install("chromium")
    if find() is None and find_spec("playwright"):
        apt.attempt([sys.executable, "-m", "playwright", "install", "chromium"])
    return find() is not None


def _playwrights_own():
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None
