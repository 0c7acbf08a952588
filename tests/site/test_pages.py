"""Every page of the book, opened in Chromium from a local server, at both widths and in both modes."""

import re
from urllib.parse import urlsplit

import pytest

from cnnlib.checkout import BOOK, ROOT
from tests.site.book_pages import toc_pages

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# What passed is left out: it is most of the answer, and slow to carry over.
RUN_AXE = """async () => {
    const { violations, incomplete } = await axe.run({ resultTypes: ["violations", "incomplete"] });
    return { violations, incomplete };
}"""

PAGES = [*toc_pages(), "genindex", "search"]


@pytest.fixture(params=["light", "dark"])
def opened(request, chromium, site_url):
    """A function that opens a page in light or dark mode; it fails the test for what the page does wrong meanwhile."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    requests, errors = [], []

    def open_page(name):
        page = context.new_page()
        page.on("request", lambda asked: requests.append(asked.url))
        page.on("console", lambda message: errors.append(located(message)) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site_url}/{name}.html", wait_until="networkidle")
        if page.locator("script[type='application/vnd.jupyter.widget-view+json']").count():
            page.wait_for_selector(".cnn-widget")
        assert page.evaluate("document.documentElement.dataset.theme") == request.param
        return page

    yield open_page
    context.close()
    outside = {url for url in requests if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(site_url)}
    assert outside == set(), "a request left this host"
    assert errors == []


def located(message):
    """The text of a console message, and where it is from: that a resource is missing does not say which one."""
    return f"{message.text} ({message.location['url']})"


def serious(found):
    """What axe-core found that is serious or critical, in a form that can be read in a failure.

    Text of exactly its background's colour, which axe-core leaves undecided, is such a thing.
    """
    for violation in found["violations"]:
        if violation["impact"] in ("serious", "critical"):
            for node in violation["nodes"]:
                yield f"{violation['id']}: {violation['help']} — {node['target']} {node['failureSummary']}"
    for undecided in found["incomplete"]:
        for node in undecided["nodes"]:
            reasons = [check["data"].get("messageKey") for check in node["any"] if isinstance(check["data"], dict)]
            if "equalRatio" in reasons:
                yield f"invisible text — {node['target']} {node['html']}"


@pytest.mark.parametrize("name", PAGES)
def test_page(name, opened):
    page = opened(name)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"the page scrolls sideways by {overflow} px at {width} px"
        if page.evaluate("typeof axe") == "undefined":
            page.add_script_tag(path=AXE)
        assert list(serious(page.evaluate(RUN_AXE))) == []
    # A browser asks for a font only when it draws with it; ask for all, so that one missing does not show by chance.
    missing = page.evaluate(
        """async () => {
            const loads = await Promise.allSettled([...document.fonts].map(font => font.load()));
            return loads.filter(load => load.status === "rejected").map(load => String(load.reason));
        }"""
    )
    assert missing == []
    undescribed = page.eval_on_selector_all(
        "article img, article canvas, article svg[role=img]",
        """all => all.filter(e => !(e.getAttribute("alt") ?? e.getAttribute("aria-label") ?? "").trim()
                                  && e.getAttribute("aria-hidden") !== "true").map(e => e.outerHTML.slice(0, 200))""",
    )
    assert undescribed == []


@pytest.mark.parametrize("name", [name for name in PAGES if (BOOK / f"{name}.ipynb").is_file() and name != "index"])
def test_an_executed_page_says_where_its_outputs_come_from(name, page, site, site_url):
    page.goto(f"{site_url}/{name}.html")
    line = page.locator("h1 + .cnn-run-line").inner_text()
    assert re.fullmatch(
        r"\d+ minutes to read\. Outputs from a run at (quick|full) scale, \d+ seconds on \S.*\.", line
    ), line
    # The notebook behind the page can be downloaded, and opened where it runs.
    download = page.locator(".btn-download-source-button").get_attribute("href")
    assert download.endswith(".ipynb")
    assert page.request.get(page.evaluate("href => new URL(href, location).href", download)).ok
    launchers = page.eval_on_selector_all(".dropdown-launch-buttons a", "all => all.map(a => a.href)")
    assert {urlsplit(link).netloc for link in launchers} == {"mybinder.org", "colab.research.google.com"}
    assert all(f"book/{name}.ipynb" in link.replace("%2F", "/") for link in launchers), launchers


def test_the_first_screen_shows_a_live_figure_and_three_doors(page, site_url):
    page.goto(f"{site_url}/index.html")
    page.wait_for_selector(".cnn-filter-photo canvas")
    for part in (".cnn-filter-photo", ".cnn-doors"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900, f"{part} ends below the first screen: {box}"
    doors = page.locator(".cnn-doors a")
    assert doors.count() == 3
    for link in doors.evaluate_all("all => all.map(a => a.href)"):
        assert page.request.get(link).ok


def test_search_finds_a_page(page, site_url):
    page.goto(f"{site_url}/search.html?q=receptive")
    page.wait_for_selector("#search-results li a[href*='receptive_fields.html']")  # they come in one by one


def test_the_reader_can_switch_to_dark(page, site_url):
    page.goto(f"{site_url}/index.html")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(3):  # the switch goes round light, dark and the system's choice
        page.locator("button.theme-switch-button:visible").first.click()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_exercises_fold_their_solutions(page, site_url):
    page.goto(f"{site_url}/chapters/01_convolution/layer.html")
    solution = page.locator("details.cnn-fold", has_text="Solution 1").first
    body = solution.locator("p").first
    assert not body.is_visible()
    solution.locator("summary").click()
    assert body.is_visible()


def test_works_from_a_folder_with_no_server(page, site):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto((site / "index.html").as_uri(), wait_until="load")
    page.wait_for_selector(".cnn-filter-photo canvas")
    page.goto((site / "chapters/01_convolution/layer.html").as_uri(), wait_until="load")
    page.wait_for_selector(".cnn-conv-step")
    page.wait_for_selector("mjx-container")
    assert errors == []
