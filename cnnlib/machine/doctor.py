"""Examine the machine: what the course needs, what is there, and the command that mends what is missing."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from cnnlib.data.store.folders import data_folder
from cnnlib.errors import CourseError
from cnnlib.machine import apt, browser

FULL_ENVIRONMENT = "python -m pip install -c constraints.txt -e '.[full]'"


class Finding(NamedTuple):
    """One thing that was looked at, and how to mend it; without what is ``required``, nothing runs."""

    name: str
    good: bool
    found: str
    needed_for: str = ""
    mend: str = ""
    required: bool = False


def examine():
    """All findings, in the order in which a newcomer would mend them."""
    return [_python(), _torch(), _gpu(), _data_folder(), _node(), _browser(), _sandbox()]


def _python():
    good = sys.version_info >= (3, 11)
    mend = "" if good else "install Python 3.11 or newer"
    return Finding("Python", good, platform.python_version(), "everything", mend, required=True)


def _torch():
    use = "running the notebooks and tests"
    try:
        found = f"torch {version('torch')}, torchvision {version('torchvision')}"
    except PackageNotFoundError as error:
        return Finding("PyTorch", False, f"no {error.name}", use, FULL_ENVIRONMENT, required=True)
    return Finding("PyTorch", True, found, use, required=True)


def _gpu():
    try:
        import torch
    except ImportError:
        return Finding("GPU", True, "not looked for, without PyTorch")
    if torch.cuda.is_available():
        return Finding("GPU", True, torch.cuda.get_device_name())
    return Finding("GPU", True, "none; the notebooks run at quick scale on the CPU")


def _data_folder():
    folder = data_folder()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        mend = "export CNNLIB_DATA=/a/folder/you/can/write/to"
        return Finding("Data folder", False, f"{folder} cannot be written to", "data sets at full scale", mend)
    free = shutil.disk_usage(existing).free / 1e9
    return Finding("Data folder", True, f"{folder}, {free:.0f} GB free", "data sets at full scale")


def _node():
    node = shutil.which("node")
    if node and shutil.which("npm"):
        asked = subprocess.run([node, "--version"], capture_output=True, encoding="utf-8", errors="replace")
        found = asked.stdout.strip()
        return Finding("Node.js", True, found, "building the site")
    return Finding("Node.js", True, "none; `make book` takes PyPI's when it needs it", "building the site")


def _browser():
    try:
        path = browser.find()
    except CourseError as error:
        return Finding("Browser", False, str(error), "the site's tests", "unset CNNLIB_BROWSER")
    if path:
        return Finding("Browser", True, path, "the site's tests")
    return Finding("Browser", False, "no Chromium", "the site's tests", shlex.join(browser.install_command()))


def _sandbox():
    """Whether bubblewrap is there; whether it works here is found out by grading, which refuses where it does not."""
    use = "grading"
    if platform.system() != "Linux":
        return Finding("Sandbox", True, "none; grade in a Linux machine or in WSL 2", use)
    path = shutil.which("bwrap")
    mend = "" if path else shlex.join(apt.command("bubblewrap"))
    return Finding("Sandbox", path is not None, path or "no bubblewrap", use, mend)
