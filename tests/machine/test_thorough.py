"""``cnnlab thorough``: what passed on this very tree is not run again."""

import subprocess

import pytest

from cnnlib.errors import CourseError
from cnnlib.grading.checks.lab import lab_names
from cnnlib.machine import thorough
from cnnlib.machine.suite import Part
from tests.command import cnnlab


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A repository with one file; in it, a part that writes a line at each run and passes where a file says so."""
    for arguments in (["init", "-q"], ["add", "."]):
        (tmp_path / "text").write_text("one")
        (tmp_path / ".gitignore").write_text("ran\nfails\n.thorough\n")
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    program = "import pathlib; pathlib.Path('ran').open('a').write('x'); assert not pathlib.Path('fails').exists()"
    (tmp_path / "counted.py").write_text(program)
    monkeypatch.setattr(thorough, "ROOT", tmp_path)
    monkeypatch.setattr(thorough, "STAMPS", tmp_path / ".thorough")
    monkeypatch.setattr("cnnlib.machine.suite.ROOT", tmp_path)
    monkeypatch.setattr(thorough, "parts", lambda: [Part("counted", [["counted"]])])
    return tmp_path


def runs(tree, **options):
    """Names of the parts that ran, and of those that had passed before; and how often the part has run by now."""
    results, passed = thorough.run(**options)
    return list(results), passed, len((tree / "ran").read_text())


def test_what_passed_is_not_run_again_until_something_changes(tree):
    assert runs(tree) == (["counted"], [], 1)
    assert runs(tree) == ([], ["counted"], 1)
    assert runs(tree, again=True) == (["counted"], [], 2)
    assert runs(tree) == ([], ["counted"], 2)
    (tree / "text").write_text("two")
    assert runs(tree) == (["counted"], [], 3)
    (tree / "new").write_text("a file that nobody has committed")
    assert runs(tree) == (["counted"], [], 4)
    (tree / "new").unlink()
    assert runs(tree) == (["counted"], [], 5)
    (tree / "text").unlink()
    assert runs(tree) == (["counted"], [], 6)


def test_what_failed_is_run_again(tree):
    (tree / "fails").touch()
    assert runs(tree) == (["counted"], [], 1)
    assert runs(tree) == (["counted"], [], 2)
    (tree / "fails").unlink()
    assert runs(tree) == (["counted"], [], 3)
    (tree / "fails").touch()
    assert runs(tree, again=True) == (["counted"], [], 4)
    assert runs(tree) == (["counted"], [], 5)  # its last run failed, whatever was before


def test_another_definition_of_a_part_is_another_part(tree, monkeypatch):
    runs(tree)
    monkeypatch.setattr(thorough, "parts", lambda: [Part("counted", [["counted", "more"]])])
    assert runs(tree) == (["counted"], [], 2)


def test_an_edit_while_it_runs_leaves_no_stamp(tree):
    with (tree / "counted.py").open("a") as file:
        file.write("; pathlib.Path('text').write_text('edited' + pathlib.Path('text').read_text())")
    assert runs(tree) == (["counted"], [], 1)
    assert runs(tree) == (["counted"], [], 2)


def test_without_git_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(thorough, "ROOT", tmp_path)
    with pytest.raises(CourseError, match="needs Git"):
        thorough.tree_digest()


def test_the_command(tree, monkeypatch):
    code, output = cnnlab("thorough")
    assert code == 0 and "counted │ passed" in output
    code, output = cnnlab("thorough", "counted")
    assert code == 0 and "counted │ passed before" in output
    (tree / "fails").touch()
    assert cnnlab("thorough", "--again")[0] == 1
    assert cnnlab("thorough", "seed") == (1, "Error: There is no part seed; there are counted")


def test_parts_are_of_every_lab_and_every_chapter():
    names = [part.name for part in thorough.parts()]
    assert len(set(names)) == len(names)
    assert set(lab_names()) <= set(names) and {"units", "site", "seeds-book", "seeds-01_convolution"} <= set(names)
