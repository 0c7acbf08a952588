"""Which pages the book has."""

from collections.abc import Iterable

import pytest
import yaml

from cnnlib.checkout import BOOK


def toc_pages() -> list[str]:
    """The book's pages in the order of its table of contents, without their suffix."""

    def walk(entry):
        yield from ([entry["file"]] if "file" in entry else [])
        for key in ("parts", "chapters", "sections"):
            for inner in entry.get(key, []):
                yield from walk(inner)

    toc = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *walk(toc)]


def for_each(names: Iterable[str]) -> pytest.MarkDecorator:
    """Parametrise a test over visits of the pages ``names``.

    The tests of a page go to the same one of xdist's processes, which then visits that page once.
    """
    pages = [pytest.param(name, id=name, marks=pytest.mark.xdist_group(name)) for name in names]
    return pytest.mark.parametrize("visit", pages, indirect=True)
