"""A build that fails keeps the old site, and none replaces what is no site."""

import subprocess

import pytest

from cnnlib.authoring.site import build as site
from cnnlib.authoring.site import vendor
from cnnlib.errors import CourseError


def test_a_failed_build_says_why_and_keeps_the_old_site(monkeypatch, tmp_path):
    failed = subprocess.CompletedProcess([], 1, "", "WARNING: no such page")
    monkeypatch.setattr(vendor, "stage", lambda: None)
    monkeypatch.setattr(site.subprocess, "run", lambda *_, **__: failed)
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "searchindex.js").write_text("")
    with pytest.raises(CourseError, match=r"was not built(.|\n)*no such page"):
        site.build(tmp_path / "html")
    assert [path.name for path in tmp_path.iterdir()] == ["html"]
    assert (tmp_path / "html" / "searchindex.js").is_file()


def test_a_build_never_replaces_what_is_no_site(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(CourseError, match="holds something other than a site"):
        site.build(tmp_path)
    with pytest.raises(CourseError, match="is a file; name an empty or a new folder"):
        site.build(tmp_path / "thesis.tex")
    assert (tmp_path / "thesis.tex").is_file()
