"""Every page of the book in Chromium, from a local server: on a desktop and on a phone, in both modes."""

import re
from urllib.parse import urlsplit

import pytest

from cnnlib.checkout import BOOK
from tests.site.book_pages import for_each, toc_pages
from tests.site.page_visit import DESKTOP, Visit, run_axe, serious

PAGES = [*toc_pages(), "genindex", "search"]
EXECUTED = [name for name in PAGES if (BOOK / f"{name}.ipynb").is_file() and name != "index"]


@for_each(PAGES)
def test_no_request_leaves_this_host(visit: Visit, site_url):
    asked = {url for url in visit.requests if urlsplit(url).scheme not in ("data", "blob")}
    assert any(url.startswith(site_url) for url in asked)
    assert {url for url in asked if not url.startswith(site_url)} == set()


@for_each(PAGES)
def test_no_script_fails(visit: Visit):
    assert visit.errors == []


@for_each(PAGES)
def test_the_mode_is_the_readers(visit: Visit):
    assert len(visit.themes) == 5
    assert {screen: theme for screen, theme in visit.themes.items() if theme != screen.split()[0]} == {}


@for_each(PAGES)
def test_no_page_scrolls_sideways(visit: Visit):
    assert len(visit.sideways) == 5
    assert {screen: pixels for screen, pixels in visit.sideways.items() if pixels > 0} == {}


@for_each(PAGES)
def test_axe_finds_nothing_serious(visit: Visit):
    assert len(visit.violations) == 5
    assert {screen: found for screen, found in visit.violations.items() if found} == {}


@pytest.mark.thorough
@for_each(PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_by_any_rule_in_either_mode(visit: Visit, mode, page, site_url):
    """Rules that do not look at colours say the same in both modes; here each is asked in each all the same."""
    page.emulate_media(color_scheme=mode)
    page.goto(f"{site_url}/{visit.name}.html", wait_until="networkidle")
    for width in (DESKTOP["width"], 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        assert list(serious(run_axe(page))) == [], width


@for_each(PAGES)
def test_every_font_is_there(visit: Visit):
    assert visit.missing_fonts == []


@for_each(PAGES)
def test_every_picture_has_a_text(visit: Visit):
    assert visit.undescribed == []


@for_each(EXECUTED)
def test_an_executed_page_says_where_its_outputs_come_from(visit: Visit):
    line = visit.provenance["line"]
    assert re.fullmatch(
        r"\d+ minutes to read\. Outputs from a run at (quick|full) scale, \d+ seconds on \S.*\.", line
    ), line
    # The notebook behind the page can be downloaded, and opened where it runs.
    assert visit.provenance["download"].endswith(".ipynb")
    assert visit.download_is_there
    launchers = visit.provenance["launchers"]
    assert {urlsplit(link).netloc for link in launchers} == {"mybinder.org", "colab.research.google.com"}
    assert all(f"book/{visit.name}.ipynb" in link.replace("%2F", "/") for link in launchers), launchers
