"""Plain and residual networks for CIFAR-10: He, Zhang, Ren and Sun (2016), "Deep residual learning for image
recognition", §4.2.

A 3×3 convolution, then three stages of 2n convolutions (3×3) with 16, 32 and 64 maps of 32×32, 16×16 and 8×8 pixels,
then global average pooling and one fully connected layer: 6n + 2 layers. ``plain`` and ``resnet`` differ in the
addition of x alone, and have the same parameters, for the shortcuts are the paper's option A: where a stage begins,
they skip every other pixel and fill up with zero maps. torchvision has none of them.
"""

from functools import partial

import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.models.initialisation import he

__all__ = ["MODELS", "Block", "CifarResNet"]


class Block(nn.Module):
    """Two 3×3 convolutions F, and relu(F(x) + x): (N, C_in, H, W) → (N, C, H/S, W/S). Not ``residual``: relu(F(x))."""

    def __init__(self, C_in, C, stride, *, residual):
        super().__init__()
        self.residual, self.stride, self.new_maps = residual, stride, C - C_in
        self.conv1 = nn.Conv2d(C_in, C, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(C)
        self.conv2 = nn.Conv2d(C, C, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(C)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.residual:
            y = y + self.shortcut(x)
        return F.relu(y)

    def shortcut(self, x):
        """Option A: x, its every ``stride``-th pixel, with zeros for the maps that it lacks."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new_maps))


class CifarResNet(nn.Module):
    """(N, 3, 32, 32) → (N, classes) scores before the softmax. ``depth`` is 6n + 2."""

    def __init__(self, depth, num_classes=10, *, residual=True):
        super().__init__()
        depth = arguments.integer("depth", depth, 8)
        n, remainder = divmod(depth - 2, 6)
        if remainder:
            arguments.fail("depth", depth, "6n + 2, such as 20 or 56")
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.stage1 = self.stage(n, 16, 16, stride=1, residual=residual)
        self.stage2 = self.stage(n, 16, 32, stride=2, residual=residual)
        self.stage3 = self.stage(n, 32, 64, stride=2, residual=residual)
        self.fc = nn.Linear(64, num_classes)
        he(self)

    @staticmethod
    def stage(n, C_in, C, stride, residual):
        """n blocks, of which the first changes the size and the number of maps."""
        first = Block(C_in, C, stride, residual=residual)
        return nn.Sequential(first, *(Block(C, C, 1, residual=residual) for _ in range(n - 1)))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))  # (N, 16, 32, 32)
        x = self.stage1(x)  # (N, 16, 32, 32)
        x = self.stage2(x)  # (N, 32, 16, 16)
        x = self.stage3(x)  # (N, 64, 8, 8)
        return self.fc(x.mean(dim=(2, 3)))


DEPTHS = (20, 32, 44, 56, 110)
MODELS = {f"plain{depth}": partial(CifarResNet, depth, residual=False) for depth in DEPTHS}
MODELS |= {f"resnet{depth}": partial(CifarResNet, depth) for depth in DEPTHS}
