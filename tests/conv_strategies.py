"""What Hypothesis draws for the tests of convolution: shapes first, then numbers of those shapes."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def convolutions(draw):
    """(x, w, b, options) of a valid convolution, in float64."""
    groups = draw(st.integers(1, 3))
    in_channels, out_channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, stride, dilation, padding, size = [], [], [], [], []
    for _ in range(2):
        kernel.append(draw(st.integers(1, 4)))
        stride.append(draw(st.integers(1, 3)))
        dilation.append(draw(st.integers(1, 3)))
        padding.append(draw(st.integers(0, 3)))
        smallest = max(1, dilation[-1] * (kernel[-1] - 1) + 1 - 2 * padding[-1])
        size.append(smallest + draw(st.integers(0, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.standard_normal((draw(st.integers(1, 3)), in_channels, *size))
    w = rng.standard_normal((out_channels, in_channels // groups, *kernel))
    b = rng.standard_normal(out_channels)
    options = {"stride": tuple(stride), "padding": tuple(padding), "dilation": tuple(dilation), "groups": groups}
    return x, w, b, options


def output_padding(x, w, options):
    """What tells the transposed convolution the size of x, among those that the stride merges."""
    return tuple(
        (size + 2 * p - d * (k - 1) - 1) % s
        for size, k, s, p, d in zip(
            x.shape[2:], w.shape[2:], options["stride"], options["padding"], options["dilation"], strict=True
        )
    )
