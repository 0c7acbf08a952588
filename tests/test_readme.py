"""Every command in the README is run here, or is shown to be run elsewhere."""

import csv
import os
import re
import shlex
import shutil
import subprocess

import pytest

from cnnlib.checkout import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]

# Commands that run elsewhere: a file, and a text in it that runs them.
ELSEWHERE = {
    "make test": (".ci/run", "make test"),
    "make book": ("tests/site/conftest.py", '["make", "book"]'),
    "make seeds": ("tests/authoring/pages/test_seeds.py", "seeds.margins("),  # as long as three executions of the book
    "make thorough": ("tests/machine/test_thorough.py", 'cnnlab("thorough")'),  # it takes hours
    "make serve": ("tests/site/test_build.py", '["make", "serve"]'),
}


def run(command, **options):
    options = {"cwd": ROOT, "text": True, "capture_output": True, "timeout": 600} | options
    return subprocess.run(shlex.split(command), **options)


def passes(command, expected, **options):
    done = run(command, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(expected, done.stdout), done.stdout


def examines(command):
    """The doctor's verdict may be that something is missing; then it names it and what mends it."""
    done = run(command)
    assert "PyTorch" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0 or re.search(r"^[A-Z][\w. ]+: \S", done.stdout, re.MULTILINE), done.stdout


def starts(command, expected):
    """Start a server, wait for the line that says where it is, and stop it."""
    process = subprocess.Popen(
        shlex.split(command), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        lines = []
        while not re.search(expected, lines[-1] if lines else ""):
            lines.append(process.stdout.readline())
            assert lines[-1], "".join(lines)
    finally:
        process.terminate()
        process.wait(30)


def opens(command, _):
    """JupyterLab, without a browser; it says its address."""
    starts(f"{command} --no-browser --allow-root --port=0", r"/lab\?token=")


def copied(folder):
    """A copy of the course whose book has one page, with the real environment."""
    course = folder / "course"
    unneeded = ".venv* .git node_modules _build vendor* .vendor* building-* chapters *.egg-info submitted graded"
    # Other tests, and other parts of the suite, write there meanwhile.
    changing = "__pycache__ .coverage* .hypothesis .pytest_cache .ruff_cache .course-secret .thorough"
    shutil.copytree(ROOT, course, ignore=shutil.ignore_patterns(*unneeded.split(), *changing.split()))
    for name in ("pyproject.toml", "constraints.txt"):
        os.utime(course / name, (0, 0))  # older than the environment, so that make never installs into the real one
    (course / ".venv").symlink_to(ROOT / ".venv")
    return course


def executes(command, folder):
    """In a copy of the course that has one page, for all pages run under nbval."""
    course = copied(folder)
    page = course / "book" / "index.ipynb"
    page.write_text(page.read_text(encoding="utf-8").replace('"seconds": ', '"seconds": -'), encoding="utf-8")
    passes(command, r"index\.ipynb: ran at \w+ scale in \d+ s", cwd=course, env={**os.environ, "PYTHONPATH": course})
    assert '"seconds": -' not in page.read_text(encoding="utf-8")


def grades(command, folder):
    """In a copy of the course that has the lab done right, as it was released, and as an empty file."""
    course = copied(folder)
    for student in ("ada", "bob"):
        done = course / "submitted" / student / "lab01_convolution"
        done.mkdir(parents=True)
        kind = "solutions" if student == "ada" else "labs"
        shutil.copy(ROOT / kind / "lab01_convolution" / "lab01_convolution.ipynb", done)
    empty = course / "submitted" / "eve" / "lab01_convolution" / "lab01_convolution.ipynb"
    empty.parent.mkdir(parents=True)
    empty.write_text("")
    environment = {**os.environ, "PYTHONPATH": str(course)}
    passes(
        command, r"the file is empty(.|\n)*Grades, gradebook and feedback are in graded", cwd=course, env=environment
    )
    ada, bob, eve = csv.DictReader((course / "graded" / "grades.csv").read_text().splitlines())
    assert ada["status"] == bob["status"] == "graded" and ada["score"] == ada["max_score"] == bob["max_score"] != "0"
    assert bob["score"] == "0" and eve["score"] == ""
    assert (course / ".course-secret").is_file()


def checks_a_lab(command, _):
    """As it was released: nothing is written yet, which is said for each task."""
    done = run(command, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 1 and done.stdout.count("not written yet") >= 4, done.stdout + done.stderr


def measures(command, _):
    """With two submissions in place of forty."""
    passes(command, r"conv2d_matmul(.|\n)*cnnlab grade", env={**os.environ, "COPIES": "2"}, timeout=1700)


def releases(command, folder):
    """Into a folder beside the repository, here one of the test's."""
    folder = folder / "students"
    passes(command.replace("../students", str(folder)), "The students' copy is in")
    assert (folder / "labs" / "lab01_convolution" / "lab01_convolution.ipynb").is_file()
    assert not list(folder.rglob("checks*"))


HERE = {
    "make setup": lambda command, _: examines(command),
    ".venv/bin/cnnlab doctor": lambda command, _: examines(command),
    ".venv/bin/jupyter lab": opens,
    ".venv/bin/cnnlab check lab01_convolution": checks_a_lab,
    ".venv/bin/cnnlab models": lambda command, _: passes(command, r"resnet152 +2016 +224 +152 60\.2 M"),
    ".venv/bin/cnnlab release --to ../students": releases,
    "make grade SUBMISSIONS=submitted": grades,
    "make labs": lambda command, _: passes(command, "labs/ is in step with solutions/"),
    "make execute": executes,
    "make lint": lambda command, _: passes(command, "All checks passed!"),
    "make bench": measures,
    "make help": lambda command, _: passes(command, "make book"),
    ".venv/bin/cnnlab data": lambda command, _: passes(command, "cifar10"),
    ".venv/bin/cnnlab --help": lambda command, _: passes(command, "doctor"),
}


# Its ratios mean nothing beside other tests, and it takes minutes.
SLOW = {"make bench": [pytest.mark.thorough, pytest.mark.timeout(1800)]}


def test_every_command_is_known():
    assert set(COMMANDS) == HERE.keys() | ELSEWHERE.keys()
    for command, (path, proof) in ELSEWHERE.items():
        assert proof in (ROOT / path).read_text(encoding="utf-8"), command


@pytest.mark.parametrize("command", [pytest.param(command, marks=SLOW.get(command, ())) for command in HERE])
def test_command(command, tmp_path):
    HERE[command](command, tmp_path)
