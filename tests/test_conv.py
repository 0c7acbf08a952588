"""cnnlib.conv: a case worked by hand, then agreement with PyTorch and the adjoint identities over drawn shapes."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnlib import conv
from tests.conv_strategies import convolutions, output_padding

FORMS = [conv.conv2d_loops, conv.conv2d_windows, conv.conv2d_matmul]


@pytest.mark.parametrize("form", FORMS)
def test_by_hand(form):
    x = np.array([[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]])
    w = np.array([[[[1, 0], [0, -1]]]])  # not symmetric: a flipped kernel would give +4
    assert form(x, w, np.array([10])).tolist() == [[[[6, 6], [6, 6]]]]
    assert form(x, w, stride=2, padding=1).tolist() == [[[[-1, -3], [-7, -4]]]]
    assert form(x, w, dilation=2).tolist() == [[[[-8]]]]


@pytest.mark.parametrize("form", FORMS)
@given(convolutions())
def test_equals_pytorch(form, drawn):
    x, w, b, options = drawn
    expected = F.conv2d(torch.tensor(x), torch.tensor(w), torch.tensor(b), **options).numpy()
    np.testing.assert_allclose(form(x, w, b, **options), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.float32, np.float64])
def test_types(form, dtype):
    """Floats keep their type, integers are counted in int64, and nothing is written into an argument."""
    x, w = np.full((1, 2, 4, 4), 200, dtype), np.ones((2, 2, 3, 3), dtype)
    before = x.copy(), w.copy()
    kept = dtype if np.issubdtype(dtype, np.floating) else np.int64
    y = form(x, w, padding=1)
    assert y.dtype == kept and y[0, 0, 1, 1] == 200 * 18  # a photo's bytes do not overflow
    assert form(x, w.astype(np.float64), padding=1).dtype == np.float64
    assert form(x, w, np.zeros(2), padding=1).dtype == np.float64
    assert conv.conv2d_transpose(y, w).dtype == kept
    assert conv.conv2d_weight_gradient(x, y, 3, padding=1).dtype == kept
    assert conv.conv2d_matrix(w, (4, 4)).dtype == kept
    assert np.array_equal(x, before[0]) and np.array_equal(w, before[1])


@pytest.mark.parametrize("form", FORMS)
def test_groups_may_be_any_integer(form):
    x, w = np.ones((1, 300, 1, 1)), np.ones((300, 150, 1, 1))
    assert np.array_equal(form(x, w, groups=np.uint8(2)), form(x, w, groups=2))


@given(convolutions())
def test_matrix_is_the_convolution_and_its_transpose_the_transposed(drawn):
    x, w, _, options = drawn
    matrix = conv.conv2d_matrix(w, x.shape[2:], **options)
    y = conv.conv2d_matmul(x, w, **options)
    np.testing.assert_allclose(matrix @ x[0].ravel(), y[0].ravel(), rtol=0, atol=1e-10)
    back = conv.conv2d_transpose(y, w, output_padding=output_padding(x, w, options), **options)
    np.testing.assert_allclose(matrix.T @ y[0].ravel(), back[0].ravel(), rtol=0, atol=1e-10)


@given(convolutions(), st.integers(0, 2**32 - 1))
def test_transpose_is_the_adjoint_and_pytorchs(drawn, seed):
    x, w, _, options = drawn
    forward = conv.conv2d_matmul(x, w, **options)
    rng = np.random.default_rng(seed)
    y, bias = rng.standard_normal(forward.shape), rng.standard_normal(x.shape[1])
    extra = output_padding(x, w, options)
    back = conv.conv2d_transpose(y, w, output_padding=extra, **options)
    assert back.shape == x.shape
    assert np.vdot(forward, y) == pytest.approx(np.vdot(x, back), rel=1e-10, abs=1e-9)
    # PyTorch wants output_padding below the stride or the dilation; below the stride is what we ask for.
    theirs = F.conv_transpose2d(torch.tensor(y), torch.tensor(w), torch.tensor(bias), output_padding=extra, **options)
    ours = conv.conv2d_transpose(y, w, bias, output_padding=extra, **options)
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-10)


@given(convolutions(), st.integers(0, 2**32 - 1))
def test_weight_gradient_equals_autograd(drawn, seed):
    x, w, _, options = drawn
    weights = torch.tensor(w, requires_grad=True)
    y = F.conv2d(torch.tensor(x), weights, **options)
    grad_y = np.random.default_rng(seed).standard_normal(tuple(y.shape))
    (expected,) = torch.autograd.grad(y, weights, torch.tensor(grad_y))
    ours = conv.conv2d_weight_gradient(x, grad_y, w.shape[2:], **options)
    np.testing.assert_allclose(ours, expected.numpy(), rtol=0, atol=1e-10)


@given(*[st.integers(1, 40), st.integers(1, 5), st.integers(1, 4), st.integers(0, 4), st.integers(1, 3)])
def test_output_size_counts_the_windows_that_fit(size, kernel_size, stride, padding, dilation):
    ends = range(dilation * (kernel_size - 1), size + 2 * padding, stride)  # the last tap of each window
    if len(ends):
        assert conv.output_size(size, kernel_size, stride, padding, dilation) == len(ends)
    else:
        with pytest.raises(ValueError, match="kernel_size must be no larger than the padded input"):
            conv.output_size(size, kernel_size, stride, padding, dilation)
