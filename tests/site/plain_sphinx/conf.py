"""Build the book's sources with plain Sphinx: what Jupyter Book does, said in Sphinx's own words."""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
BOOK = ROOT / "book"
sys.path[:0] = [str(ROOT), str(BOOK / "_ext")]

book = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))

project = book["title"]
author = book["author"]
extensions = [
    "myst_nb",
    "sphinx_book_theme",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_external_toc",
    "sphinx_togglebutton",
    "sphinxcontrib.bibtex",
    *book["sphinx"]["local_extensions"],
]
external_toc_path = str(BOOK / "_toc.yml")
external_toc_exclude_missing = book["only_build_toc_files"]
html_theme = "sphinx_book_theme"
html_theme_options = {"launch_buttons": book["launch_buttons"]}
myst_enable_extensions = book["parse"]["myst_enable_extensions"]
bibtex_bibfiles = [str(BOOK / name) for name in book["bibtex_bibfiles"]]
nb_execution_mode = book["execute"]["execute_notebooks"]

globals().update(book["sphinx"]["config"])
html_static_path = [str(BOOK / "_web")]
