"""Depth by hand: branches, shortcuts, layers used twice, and what is written into parts."""

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.complexity import depth


class Ways(nn.Module):
    """Three convolutions, a shortcut of one, a way of none; and a layer that is not on the way."""

    def __init__(self):
        super().__init__()
        self.long = nn.Sequential(*(layer for _ in range(3) for layer in (nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2))))
        self.short, self.aside, self.fc = nn.Conv2d(2, 2, 1), nn.Conv2d(2, 2, 1), nn.Linear(2, 3)

    def forward(self, x):
        self.aside(self.aside(x))
        y = torch.cat([self.long(x) + self.short(x) + x, x], 1)[:, :2]
        return self.fc(F.relu_(y).mean((2, 3)))


class Collects(nn.Module):
    """Writes what its layers give into parts of one tensor."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        maps = torch.cat([x, x], 1)
        maps[:, :2] = self.conv(self.conv(x))
        maps[:, 2:] = self.conv(x)
        return maps


class DeeperInTraining(nn.Module):
    """In training, its output has passed one layer more."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        return self.conv(self.conv(x)) if self.training else self.conv(x)


class Silent(nn.Module):
    def forward(self, x):
        return []


def test_depth_by_hand():
    assert depth(Ways(), (2, 4, 4)) == 4
    assert depth(nn.ReLU(), (2, 4, 4)) == depth(Silent(), (2, 4, 4)) == 0
    assert depth(DeeperInTraining().train(), (2, 4, 4)) == 1
    assert (
        depth(nn.Sequential(nn.Conv1d(2, 2, 1), nn.Linear(5, 5, bias=False), nn.ConvTranspose1d(2, 2, 2)), (2, 5)) == 3
    )
    assert depth(Collects(), (2, 4, 4)) == 2
    with torch.inference_mode():  # where layers reach the dispatcher whole
        assert depth(Ways(), (2, 4, 4)) == 4
    shared = nn.Linear(5, 5)
    assert depth(nn.Sequential(shared, nn.Tanh(), shared), (5,)) == 2
