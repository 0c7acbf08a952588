"""The kernels have the properties that the book states of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlib import filters


def test_the_lectures_kernels():
    assert (filters.SMOOTH * 8).tolist() == [[0, 1, 0], [1, 4, 1], [0, 1, 0]]
    assert filters.LAPLACIAN.tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    assert filters.SOBEL.tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    assert filters.SMOOTH.sum() == 1
    assert filters.LAPLACIAN.sum() == 0
    assert filters.SOBEL.sum() == 0
    assert np.linalg.matrix_rank(filters.SOBEL) == 1  # separable


@given(st.integers(1, 15), st.floats(0.3, 5))
def test_gaussian_is_a_symmetric_weighted_mean(kernel_size, sigma):
    kernel = filters.gaussian(kernel_size, sigma)
    assert kernel.sum() == pytest.approx(1)
    assert np.allclose(kernel, kernel.T) and np.allclose(kernel, kernel[::-1, ::-1])
    t = np.arange(kernel_size) - (kernel_size - 1) / 2
    bell = np.exp(-(t[:, None] ** 2 + t**2) / (2 * sigma**2))
    assert np.allclose(kernel, bell / bell.sum())


@given(st.integers(5, 15), st.floats(0, np.pi), st.floats(3, 8), st.floats(0, 2 * np.pi))
def test_gabor_ignores_flat_patches(kernel_size, orientation, wavelength, phase):
    kernel = filters.gabor(kernel_size, orientation, wavelength, phase=phase)
    assert kernel.sum() == pytest.approx(0, abs=1e-12)
    assert np.linalg.norm(kernel) == pytest.approx(1)


def test_gabor_answers_most_to_its_own_grating():
    t = np.arange(15) - 7
    orientations = np.arange(8) * np.pi / 8
    for best, orientation in enumerate(orientations):
        v, u = np.meshgrid(t, t, indexing="ij")
        grating = np.cos(2 * np.pi * (u * np.cos(orientation) + v * np.sin(orientation)) / 6)
        answers = [abs((filters.gabor(15, o, 6) * grating).sum()) for o in orientations]
        assert np.argmax(answers) == best


def test_gabor_phase_and_default_width():
    even, odd = filters.gabor(9, 0, 5), filters.gabor(9, 0, 5, phase=np.pi / 2)
    assert np.allclose(even, even[:, ::-1]) and np.allclose(odd, -odd[:, ::-1])
    assert np.array_equal(even, filters.gabor(9, 0, 5, sigma=2.5))
