"""Find a Chromium for the browser tests, and install one where this machine lets us."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find():
    """Path of a Chromium or Chrome: ``CNNLIB_BROWSER``, Playwright's own, or the system's; None if there is none."""
    asked = os.environ.get("CNNLIB_BROWSER")
    if asked:
        return asked if Path(asked).is_file() else None
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
        subprocess.run(["apt-get", "update", "--quiet"], env=environment, capture_output=True)
        subprocess.run(install_command(), env=environment, capture_output=True)
    if find() is None and find_spec("playwright"):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True)
    return find() is not None


def _playwrights_own():
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
