"""The bubblewrap command around the sandbox, and what of this machine can be seen within it."""

import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from cnnlib.errors import CourseError

INSIDE = Path(__file__).parent / "inside"
INSTALL = """\
Grading runs student code in a sandbox, and there is none here: {why}
On Debian or Ubuntu: sudo apt-get install bubblewrap
Where the system forbids user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
On macOS or Windows: grade in a Linux machine, or in WSL 2.
With --no-sandbox, student code runs with all your rights; do that only in a machine that you can throw away."""


class SandboxError(CourseError):
    """There is no working sandbox; the message says why and what to install."""


def no_sandbox(why: str) -> SandboxError:
    """The error that says why there is none, and what to install."""
    return SandboxError(INSTALL.format(why=why))


def bubblewrap_command(sources: Mapping[str, Path]) -> list[str]:
    """The command that runs what is appended to it; ``sources`` maps a name in /packages to a path."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        linux = platform.system() == "Linux"
        raise no_sandbox("the command bwrap is missing." if linux else f"it needs Linux, not {platform.system()}.")
    command = [bwrap, "--unshare-all", "--uid", "1000", "--gid", "1000", "--hostname", "lab", "--cap-drop", "ALL"]
    command += ["--die-with-parent", "--new-session", "--setenv", "HOME", "/home/student"]
    for link in ("/lib", "/lib64"):  # where programs look for the loader, wherever the system keeps it
        if os.path.islink(link):
            command += ["--symlink", os.readlink(link), link]
    for path in system_files():
        command += ["--ro-bind", path, path]
    for hidden in installed_folders():
        command += ["--tmpfs", hidden, "--remount-ro", hidden]
    for name, source in sorted(sources.items()):
        command += ["--ro-bind", str(source), f"/packages/{name}"]
    command += ["--ro-bind", str(INSIDE), "/inside", "--proc", "/proc", "--dev", "/dev"]
    command += ["--tmpfs", "/tmp", "--tmpfs", "/home/student", "--chdir", "/home/student"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def system_files() -> list[str]:
    """Files and folders of this machine that Python itself needs: shared libraries, and its own installation."""
    triplet = sysconfig.get_config_var("MULTIARCH")
    shared = f"/usr/lib/{triplet}" if triplet and os.path.isdir(f"/usr/lib/{triplet}") else "/usr/lib"
    paths = [shared, "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache"]
    base = os.path.realpath(sys.base_prefix)
    if base in ("/usr", "/usr/local"):  # shared with everything else that is installed: its own parts alone
        library = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LDLIBRARY"))
        paths += [python(), sysconfig.get_path("stdlib"), str(library)]
    else:
        paths.append(base)
    return [path for path in paths if os.path.exists(path) and not os.path.islink(path)]


def installed_folders() -> list[str]:
    """Where that Python keeps packages that were installed into it: hidden in the sandbox."""
    library = Path(sysconfig.get_path("stdlib"))
    return sorted(str(path) for path in library.glob("*-packages") if path.is_dir())


def python() -> str:
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)
