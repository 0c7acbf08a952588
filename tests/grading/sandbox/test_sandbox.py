"""The sandbox from outside: what goes into it on other systems, and what it does when it is ended."""

import os
import signal
import sys
import sysconfig
from pathlib import Path

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.sandbox import bubblewrap, packages
from cnnlib.grading.sandbox.bubblewrap import SandboxError
from cnnlib.grading.sandbox.sandbox import Sandbox
from cnnlib.grading.sandbox.session import Session


def answers(sandbox):
    with Session(sandbox, [(0, "x = 1")]) as session:
        session.run_cells()
    return session.status == "graded"


def test_it_starts_again_when_it_was_ended(lab):
    with Sandbox(lab) as sandbox:
        assert answers(sandbox)
        os.kill(sandbox.process.pid, signal.SIGKILL)
        sandbox.process.wait()
        assert answers(sandbox)
    assert sandbox.process.poll() is not None and not Path(sandbox.scratch.name).exists()


def test_nothing_is_left_open(sandbox):
    """Sockets, pipes and the like: as many after a hundred submissions as after one."""
    answers(sandbox)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(100):
        answers(sandbox)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_package_that_is_not_there_is_named(lab, monkeypatch):
    monkeypatch.setattr(lab, "packages", ("no-such-package-anywhere",))
    with pytest.raises(CourseError, match="no-such-package-anywhere is not installed, and a lab needs it: make setup"):
        Sandbox(lab)


def test_a_template_that_fails_says_why(lab, monkeypatch):
    monkeypatch.setattr(type(lab), "setup", "import no_such_module")
    with Sandbox(lab) as sandbox, pytest.raises(SandboxError, match="No module named 'no_such_module'"):
        sandbox.await_ready()


def test_what_packages_need_comes_along():
    assert {"numpy", "matplotlib", "pillow", "kiwisolver"} <= set(packages.with_requirements(["matplotlib"]))
    assert "torch" not in packages.with_requirements(["matplotlib", "ipython"])


def test_only_on_linux(lab, monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bubblewrap.platform, "system", lambda: "Darwin")
    with pytest.raises(SandboxError, match="it needs Linux, not Darwin"):
        Sandbox(lab)


@pytest.mark.parametrize("base", ["/usr", "/usr/local", sys.base_prefix])
def test_pythons_own_files_alone(monkeypatch, base):
    """Where Python shares its folder with all else that is installed, only its parts of it are shown."""
    monkeypatch.setattr(sys, "base_prefix", base)
    paths = bubblewrap.system_files()
    assert not {"/", "/usr", "/usr/local", "/usr/bin", "/etc", "/root", "/home"} & set(paths)
    shared = base in ("/usr", "/usr/local")
    assert (sysconfig.get_path("stdlib") in paths) == shared
    assert (os.path.realpath(base) in paths) != shared


def test_photographs_and_digits_come_without_their_packages_code(lab, monkeypatch):
    monkeypatch.setattr(lab, "tools", ("_arguments", "data"))
    sources = packages.sources_of(lab)
    for carried, name in (("skimage/data", "skimage"), ("sklearn/datasets/data", "sklearn")):
        assert sources[carried].is_dir() and sources[f"{name}/__init__.py"].name == "empty.py"
    assert not {"skimage", "sklearn", "scipy"} & set(sources)
