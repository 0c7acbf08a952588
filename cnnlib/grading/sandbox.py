"""The walls around student code: bubblewrap, with nothing in it but Python and what the lab allows.

No network, no file of this machine beyond the system's libraries, no solution, no check, no other submission. Within it
waits an interpreter that has the lab's packages imported (``inside.template``); each submission is a fork of it with
walls of its own (``inside.confine``).
"""

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import sysconfig
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from cnnlib.authoring.checkout import ROOT
from cnnlib.errors import CourseError

INSIDE = Path(__file__).parent / "inside"
START_SECONDS = 120  # for the interpreter and its packages, PyTorch among them, on a slow disk
FORK_SECONDS = 10
# IPython runs the cells, as a notebook's kernel does; Pillow reads and writes the pictures that cnnlib shows.
ALWAYS = ("ipython", "pillow")
# Packages that carry data, their modules, and where in these the data are.
CARRIED = (("scikit-image", "skimage", "data"), ("scikit-learn", "sklearn", "datasets/data"))
INSTALL = """\
Grading runs student code in a sandbox, and there is none here: {why}
On Debian or Ubuntu: sudo apt-get install bubblewrap
Where the system forbids user namespaces: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
On macOS or Windows: grade in a Linux machine, or in WSL 2.
With --no-sandbox, student code runs with all your rights; do that only in a machine that you can throw away."""


class SandboxError(CourseError):
    """There is no working sandbox; the message says why and what to install."""


class Sandbox:
    """A warm interpreter for one lab; ``fork`` gives each submission a process of its own. A context manager.

    It begins at once and is warm after a second or two; ``await_ready`` waits for that, and the first ``fork`` does it.
    Processes that are forked from this one may use it too. Without ``confined`` there are no walls at all.
    """

    def __init__(self, lab, *, confined=True):
        self.lab, self.confined = lab, confined
        self.control = self.process = None
        self.warm = False
        self.scratch = TemporaryDirectory(prefix="cnnlab-")
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def fork(self):
        """A new ``Process``, locked in and waiting for requests."""
        self.await_ready()
        try:
            return self._forked()
        except OSError:  # somebody ended the sandbox, for instance a system that was short of memory
            self._stop()
            self._start()
            self.await_ready()
            return self._forked()

    def _forked(self):
        ours, theirs = socket.socketpair()
        lifeline, far_lifeline = socket.socketpair()
        process = Process(ours, lifeline)
        with theirs, far_lifeline:
            try:
                socket.send_fds(self.control, [b"f"], [theirs.fileno(), far_lifeline.fileno()])
            except OSError:
                process.kill()
                raise
        try:
            process.await_ready()
        except BaseException:
            process.kill()
            raise
        return process

    def close(self):
        self._stop()
        self.scratch.cleanup()

    def _stop(self):
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _start(self):
        packages = Path(self.scratch.name) / "packages"
        sources = package_sources(self.lab)
        ours, theirs = socket.socketpair()
        log = open(Path(self.scratch.name) / "log", "w")  # noqa: SIM115 - handed over
        with theirs, log:
            here = "/inside" if self.confined else str(INSIDE)
            command = [python(), "-I", "-S", f"{here}/template.py", str(theirs.fileno())]
            if self.confined:
                command = [*walls(sources), *command]
            else:
                link(sources, packages)
            self.process = subprocess.Popen(
                command,
                env=environment(self.scratch.name),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.scratch.name,
                start_new_session=True,  # an interrupt at the terminal is for the grader to handle
            )
        self.control = ours
        settings = {
            "confined": self.confined,
            "packages": "/packages" if self.confined else str(packages),
            "setup": self.lab.setup,
            "tensors": any(task.tensors for task in self.lab.tasks.values()),
            "memory_mib": self.lab.memory_mib,
            "cpu_seconds": int(self.lab.total_seconds),
        }
        self.warm = False
        with suppress(OSError):  # where it has ended already, waiting for it will tell why
            ours.sendall(json.dumps(settings).encode() + b"\n")

    def await_ready(self):
        """Wait until it is warm; ``SandboxError`` where it does not work here."""
        if self.warm:
            return
        self.control.settimeout(START_SECONDS)
        answer = b""
        with suppress(OSError):
            answer = self.control.recv(1)
        self.control.settimeout(None)
        if answer != b"r":
            raise _no_sandbox(self._complaint())
        self.warm = True

    def _complaint(self):
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        text = (Path(self.scratch.name) / "log").read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1] if text else f"exit code {self.process.returncode}"


class Process:
    """One submission's process: ``connection`` for frames, and a lifeline that ends it when it is cut."""

    def __init__(self, connection, lifeline):
        self.connection, self.lifeline = connection, lifeline

    def await_ready(self):
        """Wait until it is locked in; ``SandboxError`` where it could not be, ``OSError`` where it is not there."""
        self.connection.settimeout(FORK_SECONDS)
        first = self.connection.recv(500)
        if first == b"r":
            return
        self.lifeline.settimeout(5)
        said = first or self.lifeline.recv(500)
        if not said:
            raise ConnectionError("the sandbox is gone")
        raise _no_sandbox(f"a submission's process could not be locked in ({said.decode(errors='replace')}).")

    def kill(self):
        """End it, with everything that it started."""
        self.connection.close()
        self.lifeline.settimeout(5)
        with suppress(OSError):
            self.lifeline.shutdown(socket.SHUT_WR)
            self.lifeline.recv(100)  # until it is gone
        self.lifeline.close()

    def ended(self):
        """How it ended by itself: its exit code, or minus the signal; None if it is still there after a moment."""
        self.lifeline.settimeout(1)
        with suppress(OSError, ValueError):
            return int(self.lifeline.recv(100))
        return None


def _no_sandbox(why):
    return SandboxError(INSTALL.format(why=why))


def python():
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)


def environment(home):
    """Environment variables of the sandbox's processes."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"HOME": home, "MPLBACKEND": "Agg", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"}
    return {**kept, **threads, **own, "CNNLIB_SCALE": "quick"}


def walls(sources):
    """The bubblewrap command that runs what is appended to it; ``sources`` maps a name in /packages to a path."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        linux = platform.system() == "Linux"
        raise _no_sandbox("the command bwrap is missing." if linux else f"it needs Linux, not {platform.system()}.")
    command = [bwrap, "--unshare-all", "--uid", "1000", "--gid", "1000", "--hostname", "lab", "--cap-drop", "ALL"]
    command += ["--die-with-parent", "--new-session", "--setenv", "HOME", "/home/student"]
    for link_ in ("/lib", "/lib64"):  # where programs look for the loader, wherever the system keeps it
        if os.path.islink(link_):
            command += ["--symlink", os.readlink(link_), link_]
    for path in system_files():
        command += ["--ro-bind", path, path]
    for hidden in installed_folders():
        command += ["--tmpfs", hidden, "--remount-ro", hidden]
    for name, path in sorted(sources.items()):
        command += ["--ro-bind", str(path), f"/packages/{name}"]
    command += ["--ro-bind", str(INSIDE), "/inside", "--proc", "/proc", "--dev", "/dev"]
    command += ["--tmpfs", "/tmp", "--tmpfs", "/home/student", "--chdir", "/home/student"]
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/"]


def system_files():
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


def installed_folders():
    """Where that Python keeps packages that were installed into it: hidden in the sandbox."""
    library = Path(sysconfig.get_path("stdlib"))
    return sorted(str(path) for path in library.glob("*-packages") if path.is_dir())


def package_sources(lab):
    """Name in the sandbox's package folder → path here: the lab's packages, what they need, and cnnlib's tools."""
    sources = {}
    for name in needed([*ALWAYS, *lab.packages]):
        installed = distribution(name)
        for top in {line.partition("/")[0].partition(",")[0] for line in installed.read_text("RECORD").splitlines()}:
            if top not in ("..", "__pycache__"):
                sources[top] = Path(installed.locate_file(top))
    package = ROOT / "cnnlib"
    sources["cnnlib/__init__.py"] = package / "__init__.py"
    for tool in lab.tools:
        path = package / tool if (package / tool).is_dir() else package / f"{tool}.py"
        sources[f"cnnlib/{path.name}"] = path
    if "data" in lab.tools:
        # The photographs and digits that these carry, without their code, which would bring SciPy along.
        for name, module, folder in CARRIED:
            if name not in lab.packages and find_spec(module):
                sources[f"{module}/{folder}"] = Path(find_spec(module).origin).parent / folder
                sources[f"{module}/__init__.py"] = package / "grading" / "inside" / "empty.py"
    return sources


def needed(names):
    """The distributions of those names and, in turn, those that they need here."""
    seen, found, waiting = set(), set(), [(name, "") for name in names]
    while waiting:
        name, extra = waiting.pop()
        name = name.lower().replace("_", "-").replace(".", "-")
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:
            if name in names:
                raise CourseError(f"{name} is not installed, and a lab needs it: make setup") from None
            continue
        found.add(name)
        for requirement in map(Requirement, requirements):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(requirement.name, wanted) for wanted in ("", *requirement.extras)]
    return sorted(found)


def link(sources, folder):
    """The same package folder without a sandbox: links."""
    for name, path in sources.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(path)
