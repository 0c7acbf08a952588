"""Which pages the book has."""

import yaml

from cnnlib.checkout import BOOK


def toc_pages():
    """The book's pages in the order of its table of contents, without their suffix."""

    def walk(entry):
        yield from ([entry["file"]] if "file" in entry else [])
        for key in ("parts", "chapters", "sections"):
            for inner in entry.get(key, []):
                yield from walk(inner)

    toc = yaml.safe_load((BOOK / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"], *walk(toc)]
