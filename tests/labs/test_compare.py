"""How an answer differs: said in one line, and never what would be right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cnnlib.labs.compare import difference

X = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(("answer", "expected"), [
    (3, 3), (3.0, 3), (np.int8(3), 3), (np.array(3), 3), (0.1 + 0.2, 0.3), (float("nan"), float("nan")),
    (True, True), (np.bool_(False), False), ("a", "a"), (None, None), (float("inf"), float("inf")),
    (X, X), (X.tolist(), X), (X.astype(int), X), (X.astype(np.float32), X), (X > 2, X > 2),
    ((1, X), (1, X)), ([1, 2], (1, 2)), (np.array([1, 2]), [1, 2]), ({"a": [1, X]}, {"a": [1, X]}),
    (np.array([np.inf, np.nan]), np.array([np.inf, np.nan])),
])  # fmt: skip
def test_equal(answer, expected):
    assert difference(answer, expected) is None


@pytest.mark.parametrize(("answer", "expected", "line"), [
    (None, 3, "it is None; was a return forgotten?"),
    (None, X, "it is None; was a return forgotten?"),
    (4, 3, "the number is not right"),
    (3.1, 3, "the number is not right"),
    (True, 1, "it is True or False, and number was expected"),
    ("3", 3, "it is text, and number was expected"),
    (X, 3, "it is ndarray, and number was expected"),
    (1, True, "it is number, and True or False was expected"),
    (False, True, "it is False, which is not right"),
    ("b", "a", "it is not the right text"),
    (0, None, "it is number, and None was expected"),
    (X[:1], X, "its shape is (1, 3), and (2, 3) was expected"),
    (X > 2, X, "its dtype is bool, and float64 was expected"),
    (X, X > 2, "its dtype is float64, and bool was expected"),
    (["a" * 10**6] * 10**6, X, "it is no array of numbers; one of shape (2, 3) was expected"),
    (X.astype(str), X, "its dtype is <U32, and numbers were expected"),
    (X * 1j, X, "its dtype is complex128, and numbers were expected"),
    ([[1], [1, 2]], X, "it is no array of numbers; one of shape (2, 3) was expected"),
    (X + np.diag([0, 2.5, 1])[:2], X, "1 of 6 entries differ; the largest error is 2.5, at [1, 1]"),
    (X * np.nan, X, "6 of 6 entries are NaN"),
    (np.array([np.nan, 1, 3]), np.array([0, 1, 2.0]), "1 of 3 entries are NaN"),
    (np.array([np.nan, 0]), np.array([np.nan, 1]), "1 of 2 entries differ; the largest error is 1, at [1]"),
    (np.array([0.0, 1]), np.array([np.nan, 1]), "1 of 2 entries differ; the largest error is inf, at [0]"),
    (np.array([np.inf]), np.array([-np.inf]), "1 of 1 entries differ; the largest error is inf, at [0]"),
    (np.zeros(()), (1, 2), "it is ndarray, and 2 things in a tuple were expected"),
    (np.zeros((2**22, 0)), (1, 2), "it holds very many things, and 2 were expected"),
    (np.zeros((2**22, 0)), X, "its shape is much larger, and (2, 3) was expected"),
    ([np.zeros(10**6)] * 2, X, "it is no array of numbers; one of shape (2, 3) was expected"),
    (None, (1, 2), "it is None; was a return forgotten?"),
    (None, {"a": 1}, "it is None; was a return forgotten?"),
    (X + 104, X, "6 of 6 entries differ; the largest error is 100, at [0, 0]"),
    ((1, 2, 3), (1, 2), "it holds 3 things, and 2 were expected"),
    (5, (1, 2), "it is number, and 2 things in a tuple were expected"),
    ((1, X + 1), (1, X), "item 1: 6 of 6 entries differ; the largest error is 1, at [0, 0]"),
    ([1], {"a": 1}, "it is list, and a dictionary was expected"),
    ({"b": 1}, {"a": 1}, "its keys are not ['a']"),
    ({"a": 1, "b": 1}, {"a": 1}, "it also holds 'b', and should not"),
    ({"a": 2}, {"a": 1}, "'a': the number is not right"),
])  # fmt: skip
def test_different(answer, expected, line):
    assert difference(answer, expected) == line


def test_tolerances():
    assert difference(1.001, 1.0, rtol=1e-2) is None
    assert difference(X + 1e-3, X, rtol=0, atol=1e-2) is None
    assert difference(X + 1e-3, X) is not None


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-1e6, 1e6)), st.data())
def test_one_wrong_entry_is_found_where_it_is(expected, data):
    index = tuple(data.draw(st.integers(0, n - 1)) for n in expected.shape)
    answer = expected.copy()
    answer[index] += 1 + abs(answer[index])
    line = difference(answer, expected)
    assert line.startswith(f"1 of {expected.size} entries differ") and line.endswith(str([*map(int, index)]))


@given(
    st.recursive(st.integers() | st.text() | st.none() | st.floats(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_anything_may_be_answered(answer):
    for expected in (1, 0.5, True, "a", None, X, (1, 2), [X], {"a": 1}):
        assert difference(answer, expected) is None or isinstance(difference(answer, expected), str)


def test_tensors_count_as_arrays():
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, requires_grad=True)
    for answer, expected in ((x, X), (X, x), (list(x), X), ({"a": (x, 1)}, {"a": (X, 1)}), (x.sum(), 15.0)):
        assert difference(answer, expected) is None
    assert difference(x + 1, X) == "6 of 6 entries differ; the largest error is 1, at [0, 0]"
    assert difference(x[:1], X) == "its shape is (1, 3), and (2, 3) was expected"
    assert difference(x.detach().to_sparse(), X) == "it is no array of numbers; one of shape (2, 3) was expected"
