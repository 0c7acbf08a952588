"""Reading with a phone, with a keyboard, with a screen reader and on paper, beyond what axe-core sees."""

import pytest

from tests.site.book_pages import toc_pages

CHAPTERS = [name for name in toc_pages() if name.startswith("chapters/") and not name.endswith("index")]
# The pages with an interactive figure that arrow keys work in, and its kind.
WITH_ARROW_KEYS = {
    "index": "filter-photo",
    "chapters/01_convolution/receptive_fields": "receptive-field",
    "chapters/02_pooling/lenet": "lenet-draw",
    "chapters/04_residual/complexity": "ball-chart",
}
FIGURES_WITH_TABLES = {
    "chapters/03_alexnet_to_googlenet/googlenet": "network-explorer",
    "chapters/04_residual/complexity": "ball-chart",
    "chapters/04_residual/residual": "training-curves",
}


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    yield context.new_page()
    context.close()


def typeset(page, url):
    """Open a page, with its formulas typeset and all that is folded unfolded."""
    page.goto(url, wait_until="networkidle")
    page.evaluate("window.MathJax?.startup?.promise")
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("name", CHAPTERS)
def test_boxes_that_scroll_and_no_other_text_are_stops_of_the_keyboard(name, phone, site_url):
    typeset(phone, f"{site_url}/{name}.html")
    wrong = phone.evaluate(
        """() => [...document.querySelectorAll(".bd-article :is(pre, table, mjx-container, span.math)")]
            .filter(e => e.clientWidth && getComputedStyle(e).overflowX !== "visible")
            .filter(e => (e.scrollWidth > e.clientWidth) !== (e.tabIndex === 0))
            .map(e => `${e.tagName} ${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.slice(0, 60)}`)"""
    )
    assert wrong == []
    # Nothing is cut off: what is wider than its box can be scrolled.
    cut = phone.evaluate(
        """() => [...document.querySelectorAll("article *, .prev-next-area a")]
            .filter(e => !e.closest("mjx-container, svg, .cnn-unseen") && e.clientWidth)
            .filter(e => /hidden|clip/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
            .map(e => `${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}`)"""
    )
    assert cut == []


@pytest.mark.parametrize("name", ["appendices/numbers", *CHAPTERS])
def test_verdicts_are_in_sight_on_a_phone(name, phone, site_url):
    phone.goto(f"{site_url}/{name}.html")
    heads = "table.cnn-verdicts tr:first-child th:last-child, table.cnn-numbers th:last-child"
    edges = phone.eval_on_selector_all(
        heads,
        """heads => heads.filter(e => e.clientWidth).map(e => {
            const words = document.createRange();
            words.selectNodeContents(e);
            return words.getBoundingClientRect().right;
        })""",
    )
    assert edges and max(edges) <= 390


@pytest.mark.parametrize(("name", "kind"), FIGURES_WITH_TABLES.items())
def test_tables_of_interactive_figures_have_their_whole_width(name, kind, page, site_url):
    page.goto(f"{site_url}/{name}.html")
    figure = page.locator(f".cnn-{kind}").first
    figure.wait_for()
    figure.evaluate("figure => figure.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    inside = figure.evaluate("e => e.clientWidth - 2 * parseFloat(getComputedStyle(e).paddingLeft)")
    assert figure.locator("thead tr").bounding_box()["width"] == pytest.approx(inside, abs=2)


@pytest.mark.parametrize(("name", "kind"), WITH_ARROW_KEYS.items())
def test_arrow_keys_are_told_of_where_they_work(name, kind, page, site_url):
    page.goto(f"{site_url}/{name}.html")
    figure = page.locator(f".cnn-{kind}").first
    figure.wait_for()
    told = figure.locator("[role=application]").evaluate_all(
        "all => all.map(e => document.getElementById(e.getAttribute('aria-describedby'))?.textContent ?? '')"
    )
    assert told and all("arrow keys" in text for text in told)


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
