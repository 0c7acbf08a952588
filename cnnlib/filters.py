"""Small kernels that people designed by hand, as arrays (K, K) ready for cross-correlation."""

import numpy as np

from cnnlib import _arguments as arguments

__all__ = ["LAPLACIAN", "SMOOTH", "SOBEL", "gabor", "gaussian"]

# The three kernels that the lecture asks about.
SMOOTH = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 8
LAPLACIAN = np.array([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]])
SOBEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])


def gaussian(kernel_size: int, sigma: float) -> np.ndarray:
    """A Gaussian of standard deviation ``sigma`` pixels on ``kernel_size`` × ``kernel_size``, summing to 1."""
    kernel_size = arguments.integer("kernel_size", kernel_size, 1)
    sigma = arguments.positive("sigma", sigma)
    t = np.arange(kernel_size) - (kernel_size - 1) / 2
    with np.errstate(over="ignore"):  # far out in a narrow bell, t/sigma may be infinite, and the weight 0
        profile = np.exp(-((t / sigma) ** 2) / 2)
    kernel = np.outer(profile, profile)
    return kernel / kernel.sum()


def gabor(
    kernel_size: int, orientation: float, wavelength: float, sigma: float | None = None, phase: float = 0.0
) -> np.ndarray:
    """An oriented edge or bar detector: a cosine grating under a Gaussian window (Daugman 1985).

    ``orientation`` is the direction in which the grating varies, in radians from the horizontal axis towards the
    bottom of the image: 0 answers to vertical edges. ``wavelength`` and ``sigma`` (default: half a wavelength)
    are in pixels. The mean is removed, so that a flat patch gives 0, and the sum of squares is 1.
    """
    kernel_size = arguments.integer("kernel_size", kernel_size, 3)
    wavelength = arguments.positive("wavelength", wavelength)
    if wavelength < 2:
        arguments.fail("wavelength", wavelength, "2 pixels or more, or the grating cannot be sampled")
    sigma = wavelength / 2 if sigma is None else arguments.positive("sigma", sigma)
    orientation = arguments.real("orientation", orientation)
    t = np.arange(kernel_size) - (kernel_size - 1) / 2
    v, u = np.meshgrid(t, t, indexing="ij")  # v downwards, u to the right
    along = u * np.cos(orientation) + v * np.sin(orientation)
    window = gaussian(kernel_size, sigma)
    kernel = window * np.cos(2 * np.pi * along / wavelength + arguments.real("phase", phase))
    kernel -= window * kernel.sum()  # the window sums to 1, so this removes the mean and keeps the borders small
    norm = np.linalg.norm(kernel)
    if norm < 1e-9:  # a grating that is 0 at every pixel, or flat under its window
        arguments.fail("wavelength", wavelength, f"one whose grating shows on {kernel_size} pixels at this phase")
    return kernel / norm
