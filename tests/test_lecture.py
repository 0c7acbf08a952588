"""Verdicts are found, not given; and a table's output keeps its numbers as plain data."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from cnnlib import lecture
from cnnlib.lecture import SlideNumber

NUMBERS = [
    SlideNumber("A8", "size", "28×28", "28×28"),
    SlideNumber("A8", "count", 5, 7, "the slide leaves out <two>"),
    SlideNumber("A13", "linear", True, False, "not with a bias"),
    SlideNumber("C4", "width", 225, 225, note="on paper"),
    SlideNumber("C2", "error", "16.4 %", source="Krizhevsky & al. 2012", note="five networks"),
]


@pytest.fixture
def output(monkeypatch):
    """What a notebook stores of the table: HTML and metadata."""
    InteractiveShell.instance()
    with capture_output() as captured:
        lecture.verdicts(NUMBERS)
    (table,) = captured.outputs
    InteractiveShell.clear_instance()
    return table.data["text/html"], table.metadata


def test_table(output):
    table, _ = output
    assert "<td>size</td><td>28×28</td><td>28×28</td><td>agrees</td>" in table
    assert "<td>linear</td><td>holds</td><td>does not hold</td><td><b>differs</b>: not with a bias</td>" in table
    assert "<td>width</td><td>225</td><td>225</td><td>agrees; on paper</td>" in table
    assert "<td>count</td><td>5</td><td>7</td><td><b>differs</b>: the slide leaves out &lt;two&gt;</td>" in table
    assert "<td>error</td><td>16.4 %</td><td></td><td>cited: Krizhevsky &amp; al. 2012; five networks</td>" in table


def test_metadata(output):
    table, metadata = output
    kept = json.loads(json.dumps(metadata))["cnnlib"]["slide_numbers"]
    assert [(row["row"], row["verdict"]) for row in kept] == [
        ("A8", "agrees"), ("A8", "differs"), ("A13", "differs"), ("C4", "agrees"), ("C2", "cited")
    ]  # fmt: skip
    assert kept[1]["slide"] == "5" and kept[1]["computed"] == "7" and kept[1]["why"] == "the slide leaves out <two>"
    assert kept[4]["computed"] == "" and kept[4]["source"] == "Krizhevsky & al. 2012"
    for row in kept:
        assert table.count(f'<tr id="{row["anchor"]}">') == 1


def test_anchor_depends_on_what_the_slide_says_alone():
    differs = SlideNumber("A8", "count", 5, 7, "the slide leaves out two")
    assert differs.anchor == NUMBERS[1].anchor == SlideNumber("A8", "count", 5, 5).anchor
    assert len({number.anchor for number in NUMBERS}) == len(NUMBERS)
