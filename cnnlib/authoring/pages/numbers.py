"""The appendix of the lecture's numbers, made from the tables of verdicts in the pages' stored outputs."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from cnnlib.checkout import BOOK, notebooks
from cnnlib.lecture import ROWS

PATH = BOOK / "appendices" / "numbers.md"
PARTS = {
    "A": "Building blocks",
    "B": "A bit of history",
    "C": "Architectures",
    "D": "Deep features and transfer",
    "E": "A label for every pixel",
    "F": "Other tasks",
    "G": "Text and audio",
    "H": "Before and after",
}
MARKS = re.compile(r"([\\`*_{}\[\]<>|$~^#&])")  # what Markdown would read as something else


class PageNumber(NamedTuple):
    """A number of the lecture in a page's output."""

    page: str  # path within the book, without its suffix
    title: str  # of the page
    data: dict[str, str]  # as in ``lecture.SlideNumber.as_data``


def collect(paths: Iterable[Path] | None = None) -> list[PageNumber]:
    """The ``PageNumber``s in the stored outputs of the notebooks ``paths``, by default all of the book's, in order.

    They are what the pages computed when they last ran; a test elsewhere sees that outputs belong to their code.
    """
    found = []
    for path in notebooks() if paths is None else paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        page = path.relative_to(BOOK).with_suffix("").as_posix() if path.is_relative_to(BOOK) else path.stem
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                for data in output.get("metadata", {}).get("cnnlib", {}).get("slide_numbers", []):
                    found.append(PageNumber(page, _title(notebook), data))
    return found


def text(found: list[PageNumber]) -> str:
    """The appendix, in Markdown: part by part of the lecture, row by row, a line for each number."""
    counts = Counter(each.data["verdict"] for each in found)
    lines = [
        "# The lecture's numbers",
        "",
        "<!-- Written by `cnnlab numbers` from the outputs of the pages. -->",
        "",
        "Every number and claim on the lecture's slides that these pages treat, in the lecture's order, beside what "
        "the book computes. The verdict is found by comparing the two in code. A claim in words *holds* or does not. "
        "A *cited* number was published and cannot be computed again here; its source stands with it. A line that "
        "begins with … goes on with the thought of the one above. Each line links to its place on the page that "
        "computes it.",
        "",
        f"{len(found)} numbers and claims: {counts['agrees']} agree, {counts['differs']} differ, and the line says "
        f"why; {counts['cited']} are cited.",
    ]
    part = None
    for row, title in ROWS.items():
        of_row = [each for each in found if each.data["row"] == row]
        if not of_row:
            continue
        if row[0] != part:
            part = row[0]
            lines += ["", f"## {PARTS[part]}"]
        pages = {each.page: each.title for each in of_row}
        links = ", ".join(f"[{_plain(title)}](../{page}.ipynb)" for page, title in pages.items())
        lines += ["", f"### {title}", "", f"From: {links}", ""]
        lines += ["```{table}", ":class: cnn-numbers", ""]
        lines += ["| about | the slide says | computed here | verdict |", "| --- | --- | --- | --- |"]
        lines += [*(_line(each) for each in of_row), "```"]
    return "\n".join(lines) + "\n"


def write() -> list[PageNumber]:
    """Write the appendix; returns what it holds (``collect``)."""
    found = collect()
    PATH.write_text(text(found), encoding="utf-8", newline="\n")
    return found


def _line(each: PageNumber) -> str:
    data = each.data
    link = f'<a href="../{each.page}.html#{data["anchor"]}">{_plain(data["topic"])}</a>'
    verdict = {
        "agrees": "agrees",
        "differs": f"**differs**: {_plain(data['why'])}",
        "cited": f"cited: {_plain(data['source'])}",
    }[data["verdict"]]
    verdict += f"; {_plain(data['note'])}" if data["note"] else ""
    return f"| {link} | {_plain(data['slide'])} | {_plain(data['computed'])} | {verdict} |"


def _plain(words: str) -> str:
    """Words that Markdown shows as they are, on one line."""
    return MARKS.sub(r"\\\1", " ".join(words.split()))


def _title(notebook: dict[str, Any]) -> str:
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    heading = re.search(r"^# (.+)$", prose, re.MULTILINE)
    return heading[1] if heading else "a page without a title"
