"""Stored notebooks are quiet in diffs: the same run gives the same bytes."""

import copy
import json
import re

import nbformat
import pytest
from nbformat import v4

from cnnlib import checkout
from cnnlib.authoring.pages.execute import read
from cnnlib.authoring.pages.tidy import tidy


def test_text_printed_in_pieces_is_one_output():
    pieces = [v4.new_output("stream", name=name, text=text) for name, text in [("stdout", "a"), ("stdout", "b")]]
    pieces += [v4.new_output("stream", name="stderr", text="c"), v4.new_output("stream", name="stdout", text="d")]
    cell = tidy(v4.new_notebook(cells=[v4.new_code_cell("1", outputs=pieces)]))["cells"][0]
    assert [(output["name"], output["text"]) for output in cell["outputs"]] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


def test_only_addresses_are_masked():
    data = {"text/plain": "<A at 0x7f12>, 0xffffff", "text/html": "&lt;A at 0x7F12&gt; <b>0xffffff</b>"}
    cell = v4.new_code_cell("1", outputs=[v4.new_output("display_data", data)])
    [output] = tidy(v4.new_notebook(cells=[cell]))["cells"][0]["outputs"]
    assert output["data"] == {
        "text/plain": "<A at 0x…>, 0xffffff",
        "text/html": "&lt;A at 0x…&gt; <b>0xffffff</b>",
    }


@pytest.mark.parametrize("path", checkout.notebooks(), ids=lambda path: path.stem)
def test_the_books_notebooks_are_whole_and_tidy(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(nbformat.from_dict(notebook))
    whole = json.loads(json.dumps(read(path)))  # as plain dicts, each text in one piece
    assert tidy(copy.deepcopy(whole)) == whole
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and path.stem != "index":
            # JupyterLab, VS Code and Colab show such a directive as code, and the answer in it unfolded.
            assert not re.search(r"^(```|:::)+\{", "".join(cell["source"]), re.MULTILINE)
        if cell["cell_type"] == "code":
            assert cell["execution_count"], "a cell was not run"
            assert len(cell["source"]) <= 20, f"a cell of {len(cell['source'])} lines: {cell['source'][0]}"
            assert not [output for output in cell["outputs"] if output["output_type"] == "error"]
            assert not [output for output in cell["outputs"] if output.get("name") == "stderr"]
