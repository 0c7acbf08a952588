"""Under each executed page's title: how long it reads, and which run, where and how long, its outputs come from.

All of it from measurement: words are counted, and the run's facts stand in the notebook's metadata, put there
by ``cnnlab execute``.
"""

import json
import math
from pathlib import Path

from docutils import nodes

WORDS_PER_MINUTE = 180  # prose with formulas and code is slower than a novel


def add_run_line(app, doctree):
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix != ".ipynb":
        return
    notebook = json.loads(source.read_text(encoding="utf-8"))
    run = notebook["metadata"].get("cnnlib")
    title = next(iter(doctree.findall(nodes.title)), None)
    if not run or title is None or app.env.docname == app.config.root_doc:
        return
    prose = " ".join(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "markdown"
    )
    minutes = math.ceil(len(prose.split()) / WORDS_PER_MINUTE)
    text = (
        f"{minutes} minutes to read. Outputs from a run at {run['scale']} scale, "
        f"{run['seconds']:.0f} seconds on {run['device']}."
    )
    line = nodes.paragraph("", text, classes=["cnn-run-line"])
    title.parent.insert(title.parent.index(title) + 1, line)


def setup(app):
    app.connect("doctree-read", add_run_line)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
