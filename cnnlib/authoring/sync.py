"""Carry what ``pyproject.toml`` sets once into the files that must repeat it."""

import json
import re
from pathlib import Path

from cnnlib import checkout
from cnnlib.authoring.pages.provenance import COLAB


def environment_yml() -> str:
    """Text of ``environment.yml``: the same requirements for users of conda, at the tested versions."""
    python = checkout.project()["requires-python"]
    return f"""\
# For users of conda or Binder: conda env create -f environment.yml && conda activate cnn-lab-course
# Written by `cnnlab sync` from pyproject.toml; pip takes the versions that the course is tested with.
name: cnn-lab-course
channels: [conda-forge]
dependencies:
  - python{python}
  - pip
  - nodejs>=20
  - make
  - pip:
      - --constraint constraints.txt
      - --editable .[full]
"""


def citation_cff() -> str:
    """Text of ``CITATION.cff``."""
    project = checkout.project()
    return f"""\
# Written by `cnnlab sync` from pyproject.toml.
cff-version: 1.2.0
message: If you use this course, please cite it.
title: "Convolutional networks: a course lab suite"
type: software
version: {project["version"]}
license: [MIT, CC-BY-4.0]
repository-code: {checkout.repository_url()}
authors:
  - name: {checkout.authors()}
"""


def colab_cell() -> str:
    """Source of the cell that fetches the course where a notebook is opened on Colab."""
    return f"""\
import sys

if "google.colab" in sys.modules:  # on Colab, fetch the course's package first
    %pip install -q "cnnlib[notebooks] @ git+{checkout.repository_url()}"
"""


def expected_texts() -> dict[Path, str]:
    """Path → text, for every file that repeats something."""
    root = checkout.ROOT
    texts = {root / "environment.yml": environment_yml(), root / "CITATION.cff": citation_cff()}
    line = re.compile(r"^author: .*$", re.MULTILINE)
    config = checkout.BOOK / "_config.yml"
    texts[config] = line.sub(f"author: {checkout.authors()}", config.read_text(encoding="utf-8"))
    for path in checkout.notebooks():
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if COLAB in cell["metadata"].get("tags", []):
                cell["source"] = colab_cell().rstrip("\n").splitlines(keepends=True)
        texts[path] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return texts


def out_of_step() -> list[Path]:
    """The files that do not say what ``pyproject.toml`` does."""
    return list(_stale(expected_texts()))


def sync() -> list[Path]:
    """Rewrite the files that are out of step; returns them."""
    stale = _stale(expected_texts())
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(stale)


def _stale(texts: dict[Path, str]) -> dict[Path, str]:
    return {
        path: text for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
