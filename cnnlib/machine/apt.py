"""Debian's packages: the command that installs one here, and installing it where nobody need be asked."""

import os
import shutil
import subprocess
from contextlib import suppress


def available():
    """Whether this is a system that installs packages so."""
    return shutil.which("apt-get") is not None


def command(package):
    """The command that installs ``package``, as a list of words."""
    words = ["apt-get", "install", "--yes", package]
    return words if _is_root() else ["sudo", *words]


def install(package):
    """Install it as root; what would need a password is never run without asking."""
    if available() and _is_root():
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        attempt(["apt-get", "update", "--quiet"], environment)
        attempt(command(package), environment)


def attempt(words, environment=None):
    """Run a command that may fail or hang; what is there afterwards is what counts."""
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(words, env=environment, capture_output=True, timeout=600)


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
