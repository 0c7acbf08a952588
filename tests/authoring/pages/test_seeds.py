"""The claims of a page, gathered under other seeds."""

import math

import nbformat
import pytest
from nbformat import v4

from cnnlib.authoring.pages import seeds

PAGE = """
from cnnlib import scale
from cnnlib.claims import claim
claim("one more than the seed", scale.seed() + 1, at_least=1.5)
"""


def test_under_other_seeds(tmp_path):
    path = tmp_path / "page.ipynb"
    cells = [v4.new_code_cell(source) for source in (PAGE, "1 / (scale.seed() - 2)", 'claim("two", 2, at_most=3)')]
    nbformat.write(v4.new_notebook(cells=cells), path)
    before = path.read_bytes()
    (one, two), failures = seeds.margins(path, (0, 1, 2))
    assert (one.values, one.threshold, one.holds, one.least) == ((1, 2, 3), 1.5, False, -0.5)
    assert one.deviations == pytest.approx(0.5)
    assert (two.what, two.least, two.deviations) == ("two", 1, math.inf)
    [failure] = failures
    assert "seed 2" in failure and "ZeroDivisionError" in failure
    assert path.read_bytes() == before


def test_a_claim_that_fails_moves_no_other(tmp_path):
    """What stands after it in its cell is not made; what stands in later cells keeps its place."""
    path = tmp_path / "page.ipynb"
    both = PAGE + 'claim("two", 2, at_most=3)'
    cells = [v4.new_code_cell(source) for source in (both, 'claim("three", 3, at_most=4)')]
    nbformat.write(v4.new_notebook(cells=cells), path)
    found, failures = seeds.margins(path, (0, 1))
    assert [(margin.what, margin.values) for margin in found] == [
        ("one more than the seed", (1, 2)), ("two", (2,)), ("three", (3, 3)),
    ] and not failures  # fmt: skip
