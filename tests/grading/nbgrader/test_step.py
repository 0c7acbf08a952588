"""nbgrader itself, with the course's configuration: its commands and tools do here what they do elsewhere."""

import os
import shutil
import subprocess
import sys
from zipfile import ZipFile

from nbgrader.api import Gradebook
from traitlets.config.loader import PyFileConfigLoader

from cnnlib.checkout import ROOT
from cnnlib.grading.runs.submissions import find


def test_tools_in_the_folder_of_grades_keep_the_sandbox(course, graded, minilab):
    """The Formgrader has a button that grades, and one that releases."""
    course.submit("ada")
    graded()
    config = PyFileConfigLoader("nbgrader_config.py", str(course.out)).load_config()
    assert config.Autograde.autograde_preprocessors[0] == "cnnlib.grading.nbgrader.step.TrustedChecks"
    assert "nbgrader.preprocessors.Execute" not in config.Autograde.autograde_preprocessors
    places = config.CourseDirectory
    assert places.db_url == f"sqlite:///{course.out}/gradebook.db" and "checks" in places.ignore
    assert (places.root, places.source_directory) == (str(course.out), str(minilab))
    assert (places.submitted_directory, places.release_directory) == (str(course.folder), "release")


def test_nbgrader_autograde_takes_the_same_step(course, lab, minilab, tmp_path):
    """`nbgrader autograde` with ``nbgrader_config.py`` gives the points that `cnnlab grade` does."""
    home = tmp_path / "course"
    shutil.copytree(minilab, home / "solutions")
    course.submit("ada", {"double": "import os\ndef double(x):\n    return 2 * abs(x)", "open": "I think so."})
    course.submit("bob", {"double": "def double(x):\n    return __import__('torch')"})
    shutil.copytree(course.folder, home / "submitted")
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    # In a copy of the course; what the configuration says of its own place is all that changes.
    config += f"""
from pathlib import Path
from cnnlib.grading.checks import draws, lab
lab.SOLUTIONS = Path({str(home / "solutions")!r})
draws.SECRET_FILE = Path({str(home / "secret")!r})
"""
    (home / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for command in (["generate_assignment", lab.name], ["autograde", lab.name]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=home,
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": f"{sys.prefix}/bin:/usr/bin:/bin"},
        )
        assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}") as book:
        scores = {s.student.id: s.score for s in book.assignment_submissions(lab.name)}
        assert scores == {"ada": 6, "bob": 3}
        assert book.find_grade("open", lab.name, lab.name, "ada").needs_manual_grade


HANDED_IN = {  # name in the archive → where it belongs
    "lovelaceada_4711_815_lab00_small.ipynb": "lovelaceada/lab00_small/lab00_small.ipynb",
    "müllerjürgen_LATE_4712_816_lab00_small-2.ipynb": "müllerjürgen/lab00_small/lab00_small.ipynb",
    "Eve O'Hara_17_assignsubmission_file_/lab00_small.ipynb": "Eve O'Hara/lab00_small/lab00_small.ipynb",
    "Jean-Luc Dupont_18_assignsubmission_file/my_2_answers.ipynb": "Jean-Luc Dupont/lab00_small/my_2_answers.ipynb",
    "Guy Fey_19_assignsubmission_file_lab00_small.ipynb": "Guy Fey/lab00_small/lab00_small.ipynb",
    "Guy Fey_19_assignsubmission_file_notes.pdf": None,
}


def test_nbgrader_collects_what_canvas_and_moodle_give(lab, tmp_path):
    archive = tmp_path / "downloaded" / lab.name / "archive"
    archive.mkdir(parents=True)
    with ZipFile(archive / "submissions.zip", "w") as file:
        for name in HANDED_IN:
            file.writestr(name, lab.source.read_text(encoding="utf-8"))
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "nbgrader", "zip_collect", lab.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    submitted = tmp_path / "submitted"
    found = {str(path.relative_to(submitted)) for path in submitted.rglob("*") if path.is_file()}
    assert found == set(HANDED_IN.values()) - {None}
    assert len(find(submitted)[0]) == 5
