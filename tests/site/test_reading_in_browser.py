"""Reading with a phone, with a keyboard, with a screen reader and on paper, beyond what axe-core sees."""

import pytest

from tests.site.book_pages import for_each, toc_pages
from tests.site.page_visit import PHONE, Visit

CHAPTERS = [name for name in toc_pages() if name.startswith("chapters/") and not name.endswith("index")]
# Pages with an interactive figure that arrow keys work in, and its kind: there, something must be told of them.
WITH_ARROW_KEYS = {
    "index": "filter-photo",
    "chapters/01_convolution/receptive_fields": "receptive-field",
    "chapters/02_pooling/lenet": "lenet-draw",
    "chapters/04_residual/complexity": "ball-chart",
}
# Figures with a table, which has the whole width.
WITH_TABLES = {
    "chapters/03_alexnet_to_googlenet/googlenet": "network-explorer",
    "chapters/04_residual/complexity": "ball-chart",
    "chapters/04_residual/residual": "training-curves",
}


@for_each(CHAPTERS)
def test_boxes_that_scroll_and_no_other_text_are_stops_of_the_keyboard(visit: Visit):
    assert visit.wrong_stops == []


@for_each(CHAPTERS)
def test_nothing_is_cut_off_on_a_phone(visit: Visit):
    """What is wider than its box can be scrolled."""
    assert visit.cut_off == []


@for_each(["appendices/numbers", *CHAPTERS])
def test_verdicts_are_in_sight_on_a_phone(visit: Visit):
    assert visit.verdict_edges and max(visit.verdict_edges) <= PHONE["width"]


@for_each(WITH_TABLES)
def test_tables_of_interactive_figures_have_their_whole_width(visit: Visit):
    figure = visit.figures[WITH_TABLES[visit.name]]
    assert figure["tables"][0] == pytest.approx(figure["inside"], abs=2)


@for_each(WITH_ARROW_KEYS)
def test_arrow_keys_work_where_they_are_expected(visit: Visit):
    assert visit.figures[WITH_ARROW_KEYS[visit.name]]["told"]


@for_each(toc_pages())
def test_arrow_keys_are_told_of_where_they_work(visit: Visit):
    told = [text for figure in visit.figures.values() for text in figure["told"]]
    assert [text for text in told if "arrow keys" not in text] == []


def test_the_focus_is_seen_on_every_button_of_the_top_line_and_of_code(page, site_url):
    page.goto(f"{site_url}/chapters/04_residual/residual.html")
    met = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        kind, outline, opacity = page.evaluate(
            """() => {
                const e = document.activeElement;
                const kind = e.closest(".bd-header-article") ? "top" : e.matches(".copybtn") ? "copy" : "other";
                return [kind, getComputedStyle(e).outlineStyle, getComputedStyle(e).opacity];
            }"""
        )
        met.add(kind)
        if kind != "other":
            page.wait_for_timeout(400)  # it fades in
            opacity = page.evaluate("getComputedStyle(document.activeElement).opacity")
            assert (outline, opacity) == ("solid", "1")
    assert {"top", "copy"} <= met


def test_paper_is_white_in_dark_mode(page, site_url):
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site_url}/chapters/04_residual/residual.html", wait_until="networkidle")
    themes = "[seen, document.documentElement.dataset.theme]"
    page.evaluate(
        """() => {
            window.seen = [];
            addEventListener("beforeprint", () => seen.push(document.documentElement.dataset.theme));
        }"""
    )
    page.pdf()
    assert page.evaluate(themes) == [["light"], "dark"]
