"""Shifts and mirrored images, one image at a time."""

import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnlib import training


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3))
def test_a_shift_moves_each_image_as_a_whole(N, C, H, W, pixels):
    images = torch.arange(1.0, N * C * H * W + 1).view(N, C, H, W)
    moved = training.shift(pixels)(images, torch.Generator().manual_seed(0))
    assert moved.shape == images.shape
    padded = F.pad(images, (pixels,) * 4)
    windows = padded.unfold(2, H, 1).unfold(3, W, 1)  # (N, C, rows, columns, H, W)
    for n in range(N):
        assert (windows[n] == moved[n, :, None, None]).all(dim=(0, 3, 4)).any()


def test_all_shifts_and_both_sides_occur():
    images = torch.zeros(2000, 1, 5, 5)
    images[:, :, 2, 2] = 1
    moved = training.shift(2)(images, torch.Generator().manual_seed(0))
    share = moved.mean(dim=0)[0]
    assert share.min() > 0.02 and share.max() < 0.06  # 25 places, 0.04 each
    ramp = torch.arange(4.0).expand(2000, 1, 1, 4)
    flipped = training.flip()(ramp, torch.Generator().manual_seed(0))
    assert set(map(tuple, flipped.view(2000, 4).tolist())) == {(0, 1, 2, 3), (3, 2, 1, 0)}
    assert 0.45 < (flipped[:, 0, 0, 0] == 3).double().mean() < 0.55
