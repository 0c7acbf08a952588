"""The build itself: the same each time, and possible without Jupyter Book."""

import re
import subprocess
from urllib.request import urlopen

from cnnlib.checkout import BOOK, ROOT
from tests.site.book_pages import toc_pages


def pages(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.html")}


def test_building_twice_gives_the_same_pages(request, tmp_path):
    """Both builds run at the same time, where ``site`` is not built yet."""
    command = [ROOT / ".venv-book" / "bin" / "cnnlab", "book", "--out", tmp_path / "again"]
    building = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    site = request.getfixturevalue("site")
    output, _ = building.communicate()
    assert building.returncode == 0, output
    first, second = pages(site), pages(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_plain_sphinx_builds_the_same_sources(site, tmp_path):
    """``site`` comes first: it puts the third parties' scripts in place."""
    sphinx = ROOT / ".venv-sphinx" / "bin" / "sphinx-build"
    command = [sphinx, "-c", ROOT / "tests/site/plain_sphinx", "-W", "--keep-going", "-n", "-q", BOOK, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    for page in toc_pages():
        ours, theirs = site / f"{page}.html", tmp_path / f"{page}.html"
        assert theirs.is_file()
        assert ours.read_text("utf-8").count("cnn-figure") == theirs.read_text("utf-8").count("cnn-figure")
        assert ours.read_text("utf-8").count("widget-view+json") == theirs.read_text("utf-8").count("widget-view+json")


def test_the_site_is_served_again_without_building(site):
    process = subprocess.Popen(["make", "serve"], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    try:
        lines = iter(process.stdout.readline, "")  # under `make test`, make first says which folder it enters
        url = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        with urlopen(url) as answer:
            assert b"Convolutional networks" in answer.read()
    finally:
        process.terminate()  # make passes it on
        process.wait(30)


def test_no_page_has_an_empty_place(site):
    """Cells whose output was lost, links that resolve to nothing, and directives nobody knows leave these behind."""
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        for mark in ("system-message", "Unknown directive", 'class="problematic"', "A Jupyter widget could not be"):
            assert mark not in text, f"{path.name}: {mark}"


def test_numbers_of_the_lecture_link_to_their_lines(site):
    page = site / "appendices" / "numbers.html"
    links = re.findall(r'href="([^"#]+)#(lecture-[^"]+)"', page.read_text("utf-8"))
    lines = [line for line in (BOOK / "appendices/numbers.md").read_text("utf-8").splitlines() if "<a href" in line]
    assert len(links) == len(lines) > 0
    for target, anchor in links:
        assert (page.parent / target).read_text("utf-8").count(f'id="{anchor}"') == 1, (target, anchor)
