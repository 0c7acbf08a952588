"""Every number of the lecture has a verdict, and the appendix shows what the pages computed."""

import json
from collections import Counter

import pytest
from nbformat import v4

from cnnlib.authoring.pages import numbers
from cnnlib.checkout import notebooks
from cnnlib.lecture import ROWS, SlideNumber
from tests import lecture_numbers

FOUND = numbers.collect()


def test_the_appendix_is_in_step_with_the_pages():
    assert numbers.PATH.read_text(encoding="utf-8") == numbers.text(FOUND), "run: cnnlab numbers"


@pytest.mark.parametrize("row", lecture_numbers.SAID)
def test_every_number_has_a_verdict(row):
    missing = lecture_numbers.missing(row, [each.data for each in FOUND])
    assert missing == [], f"{ROWS[row]}: no table of verdicts holds {missing}"


def test_rows_are_the_lectures():
    """All rows up to the measures of complexity, in order."""
    rows = list(ROWS)
    assert list(lecture_numbers.SAID) == rows[: rows.index("C10") + 1]
    for entries in lecture_numbers.SAID.values():
        assert len(set(entries)) == len(entries)
        assert all(lecture_numbers.plain(way) for entry in entries for way in entry.split(" | "))


def test_every_line_can_be_linked_to():
    for path in notebooks():
        found = numbers.collect([path])
        anchors = Counter(each.data["anchor"] for each in found)
        assert max(anchors.values(), default=1) == 1, f"{path.name} says twice what one slide says of one thing"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        shown = "".join(
            "".join(output.get("data", {}).get("text/html", "")) for cell in cells for output in cell.get("outputs", [])
        )
        assert all(f'<tr id="{anchor}">' in shown for anchor in anchors)
        assert {each.data["verdict"] for each in found} <= {"agrees", "differs", "cited"}


@pytest.mark.parametrize(
    ("line", "entry", "answer"),
    [
        ("C = 64 : 25 C² H W", "25C²HW", True),
        ("winner of 2010 : 28.2 %", "28.2", True),
        ("winner of 2010 : 128.2", "28.2", False),
        ("about : 28.25", "28.2", False),
        ("about : 0.7 GFLOP", "7", False),
        ("a : [3.6, 3.0]", "3.0 | 3", True),
        ("a : 3.6 3.0", "6", False),
        ("map : 28 × 28 x 6", "28×28×6", True),
        ("FC6 : 4,096", "4096", True),
        ("FC6 : 14,096", "4096", False),
        ("(a ∗ b₁) ∗ b₂", "(a * b1) * b2", True),
        ("first use of relu", "ReLU", True),
        ("first use of tanh", "ReLU | sigmoid", False),
    ],
)
def test_looking_up(line, entry, answer):
    assert lecture_numbers.says(line, entry) is answer


@pytest.fixture
def page(tmp_path):
    """A notebook with one line of each kind in its outputs."""
    lines = [
        SlideNumber("C4", "5×5 | 3×3", "25C²", "25C²"),
        SlideNumber("C2", "error of *2012*", 15.4, source="a <paper>", note="seven networks"),
        SlideNumber("A8", "count", 5, 7, "one is $left$ out"),
    ]
    metadata = {"cnnlib": {"slide_numbers": [line.as_data() for line in lines]}}
    output = v4.new_output("display_data", {"text/html": "…"}, metadata=metadata)
    cells = [v4.new_markdown_cell("# A page"), v4.new_code_cell("1", outputs=[output]), v4.new_code_cell("2")]
    path = tmp_path / "page.ipynb"
    path.write_text(json.dumps(v4.new_notebook(cells=cells)), encoding="utf-8")
    return path, [line.anchor for line in lines]


def test_text(page):
    path, anchors = page
    text = numbers.text(numbers.collect([path]))
    assert "3 numbers and claims: 1 agree, 1 differ, and the line says why; 1 are cited." in text
    assert [text.index(title) for title in ("### The layer's", "### The ImageNet", "### VGG")] == sorted(
        text.index(title) for title in ("### The layer's", "### The ImageNet", "### VGG")
    )
    assert f'| <a href="../page.html#{anchors[0]}">5×5 \\| 3×3</a> | 25C² | 25C² | agrees |' in text
    assert "error of \\*2012\\*</a> | 15.4 |  | cited: a \\<paper\\>; seven networks |" in text
    assert "| 5 | 7 | **differs**: one is \\$left\\$ out |" in text


def test_a_number_without_a_line_is_missed(page):
    data = [each.data for each in numbers.collect([page[0]])]
    assert "28.2" in lecture_numbers.missing("C2", data) and "15.4" not in lecture_numbers.missing("C2", data)
    assert lecture_numbers.missing("A1", data) == lecture_numbers.SAID["A1"]
    assert lecture_numbers.missing("A1", []) and not lecture_numbers.missing("B3", [])
