"""A visit of one page: opened once on a desktop and once on a phone, and everything noted that its tests ask.

To open a page and to look at it with axe-core takes seconds, so that all tests of a page share one visit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from cnnlib.checkout import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# The rules whose verdict depends on colours. The others depend on the width of the page at most.
COLOURS = ["color-contrast", "link-in-text-block"]

# What passed is left out: it is most of the answer, and slow to carry over.
RUN_AXE = """async (rules) => {
    const only = rules ? { runOnly: rules } : {};
    const { violations, incomplete } = await axe.run({ resultTypes: ["violations", "incomplete"], ...only });
    return { violations, incomplete };
}"""
ALL_FIGURES = """() => document.querySelectorAll(".cnn-widget").length
    >= document.querySelectorAll("script[type='application/vnd.jupyter.widget-view+json']").length"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A browser asks for a font only when it draws with it; ask for all, so that one missing does not show by chance.
MISSING_FONTS = """async () => {
    const loads = await Promise.allSettled([...document.fonts].map(font => font.load()));
    return loads.filter(load => load.status === "rejected").map(load => String(load.reason));
}"""
UNDESCRIBED = """() => [...document.querySelectorAll("article img, article canvas, article svg[role=img]")]
    .filter(e => !(e.getAttribute("alt") ?? e.getAttribute("aria-label") ?? "").trim()
                 && e.getAttribute("aria-hidden") !== "true")
    .map(e => e.outerHTML.slice(0, 200))"""
# The line under the title, the notebook behind the page, and where that can be run.
PROVENANCE = """() => ({
    line: document.querySelector("h1 + .cnn-run-line")?.innerText,
    download: document.querySelector(".btn-download-source-button")?.href,
    launchers: [...document.querySelectorAll(".dropdown-launch-buttons a")].map(a => a.href),
})"""
# Of every interactive figure, by its kind: what a screen reader tells where arrow keys work, and how wide its tables
# are beside the figure's inside.
FIGURES = """() => Object.fromEntries([...document.querySelectorAll(".cnn-widget")].reverse().map(figure => {
    const kind = [...figure.classList].find(name => name.startsWith("cnn-") && name !== "cnn-widget");
    figure.querySelectorAll("details").forEach(fold => { fold.open = true; });
    return [kind.slice(4), {
        told: [...figure.querySelectorAll("[role=application]")]
            .map(e => document.getElementById(e.getAttribute("aria-describedby"))?.textContent ?? ""),
        tables: [...figure.querySelectorAll("thead tr")].map(e => e.getBoundingClientRect().width),
        inside: figure.clientWidth - 2 * parseFloat(getComputedStyle(figure).paddingLeft),
    }];
}))"""
VERDICT_EDGES = """() => [...document.querySelectorAll(
    "table.cnn-verdicts tr:first-child th:last-child, table.cnn-numbers th:last-child"
)].filter(e => e.clientWidth).map(e => {
    const words = document.createRange();
    words.selectNodeContents(e);
    return words.getBoundingClientRect().right;
})"""
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
WRONG_STOPS = """() => [...document.querySelectorAll(".bd-article :is(pre, table, mjx-container, span.math)")]
    .filter(e => e.clientWidth && getComputedStyle(e).overflowX !== "visible")
    .filter(e => (e.scrollWidth > e.clientWidth) !== (e.tabIndex === 0))
    .map(e => `${e.tagName} ${e.scrollWidth} in ${e.clientWidth}: ${e.textContent.slice(0, 60)}`)"""
CUT_OFF = """() => [...document.querySelectorAll("article *, .prev-next-area a")]
    .filter(e => !e.closest("mjx-container, svg, .cnn-unseen") && e.clientWidth)
    .filter(e => /hidden|clip/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
    .map(e => `${e.tagName}.${e.className} ${e.scrollWidth} in ${e.clientWidth}`)"""


@dataclass
class Visit:
    """What was seen of a page. Lists are empty where nothing is wrong; dictionaries have a line for each screen."""

    name: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    themes: dict[str, str] = field(default_factory=dict)
    sideways: dict[str, int] = field(default_factory=dict)
    violations: dict[str, list[str]] = field(default_factory=dict)
    missing_fonts: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)
    provenance: dict = field(default_factory=dict)
    download_is_there: bool = False
    figures: dict[str, dict] = field(default_factory=dict)
    verdict_edges: list[float] = field(default_factory=list)
    wrong_stops: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)


def visit(browser: Browser, url: str, name: str) -> Visit:
    """Look at the page ``name`` of the site at ``url``, on a desktop in both modes and on a phone in dark mode."""
    seen = Visit(name)
    for look, options in (
        (_look_on_a_desktop, {"viewport": DESKTOP, "color_scheme": "light"}),
        (_look_on_a_phone, {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True, "has_touch": True}),
    ):
        context = browser.new_context(**options)
        try:
            look(_opened(context, f"{url}/{name}.html", seen), seen)
        finally:
            context.close()
    return seen


def _look_on_a_desktop(page: Page, seen: Visit) -> None:
    for mode in ("light", "dark"):
        page.emulate_media(color_scheme=mode)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            # All rules at either width: here at the wide one, and those of the narrow one on the phone.
            _note_screen(page, seen, f"{mode} at {width} px", None if (mode, width) == ("light", 1280) else COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    seen.missing_fonts = page.evaluate(MISSING_FONTS)
    seen.undescribed = page.evaluate(UNDESCRIBED)
    seen.provenance = page.evaluate(PROVENANCE)
    download = seen.provenance["download"]
    seen.download_is_there = bool(download) and page.request.get(download).ok
    seen.figures = page.evaluate(FIGURES)


def _look_on_a_phone(page: Page, seen: Visit) -> None:
    _note_screen(page, seen, "dark on a phone", None)
    seen.verdict_edges = page.evaluate(VERDICT_EDGES)
    page.evaluate("window.MathJax?.startup?.promise")
    page.evaluate(UNFOLD)
    page.wait_for_timeout(200)
    seen.wrong_stops = page.evaluate(WRONG_STOPS)
    seen.cut_off = page.evaluate(CUT_OFF)


def _opened(context: BrowserContext, address: str, seen: Visit) -> Page:
    """The page with its figures, opened; from now on its requests and errors are noted."""
    page = context.new_page()
    page.on("request", lambda asked: seen.requests.append(asked.url))
    page.on("console", lambda message: seen.errors.append(located(message)) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(address, wait_until="networkidle")
    page.wait_for_function(ALL_FIGURES)
    return page


def _note_screen(page: Page, seen: Visit, screen: str, rules: list[str] | None) -> None:
    page.wait_for_timeout(150)
    seen.themes[screen] = page.evaluate("document.documentElement.dataset.theme")
    seen.sideways[screen] = page.evaluate(SIDEWAYS)
    seen.violations[screen] = list(serious(run_axe(page, rules)))


def run_axe(page: Page, rules: list[str] | None = None) -> dict:
    """What axe-core finds on an open page by ``rules``, or by all."""
    if page.evaluate("typeof axe") == "undefined":
        page.add_script_tag(path=AXE)
    return page.evaluate(RUN_AXE, rules)


def located(message: ConsoleMessage) -> str:
    """The text of a console message, and where it is from: that a resource is missing does not say which one."""
    return f"{message.text} ({message.location['url']})"


def serious(found: dict) -> Iterator[str]:
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
