"""Plain and residual networks for CIFAR-10: He, Zhang, Ren and Sun (2016), "Deep residual learning for image
recognition", §4.2.

A 3×3 convolution, then three stages of 2n convolutions (3×3) with 16, 32 and 64 maps of 32×32, 16×16 and 8×8 pixels,
then global average pooling and one fully connected layer: 6n + 2 layers. ``plain`` and ``resnet`` differ in the
addition of x alone, and have the same parameters, because the shortcuts are the paper's option A: where a stage begins,
they skip every other pixel and fill up with zero maps. torchvision has none of them.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "Block", "CifarResNet"]


class Block(nn.Module):
    """Two 3×3 convolutions F, and relu(F(x) + x): (N, C_in, H, W) → (N, C, H/S, W/S). Not ``residual``: relu(F(x))."""

    def __init__(self, C_in: int, C: int, stride: int, *, residual: bool) -> None:
        super().__init__()
        self.residual, self.stride, self.new_maps = residual, stride, C - C_in
        self.conv1 = nn.Conv2d(C_in, C, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(C)
        self.conv2 = nn.Conv2d(C, C, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(C)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.residual:
            y = y + self.shortcut(x)
        return F.relu(y)

    def shortcut(self, x: torch.Tensor) -> torch.Tensor:
        """Option A: x, its every ``stride``-th pixel, with zeros for the maps that it lacks."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.new_maps))


class CifarResNet(nn.Module):
    """(N, 3, 32, 32) → (N, classes) scores before the softmax. ``depth`` is 6n + 2."""

    def __init__(self, depth: int, num_classes: int = 10, *, residual: bool = True) -> None:
        super().__init__()
        depth = arguments.integer("depth", depth, 8)
        n, remainder = divmod(depth - 2, 6)
        if remainder:
            arguments.fail("depth", depth, "6n + 2, such as 20 or 56")
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.stage1 = repeat(n, 16, 16, stride=1, residual=residual)
        self.stage2 = repeat(n, 16, 32, stride=2, residual=residual)
        self.stage3 = repeat(n, 32, 64, stride=2, residual=residual)
        self.fc = nn.Linear(64, num_classes)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The maps of 32×32, 16×16 and 8×8 pixels that the three stages end in."""
        first = self.stage1(F.relu(self.bn1(self.conv1(x))))  # (N, 16, 32, 32)
        second = self.stage2(first)  # (N, 32, 16, 16)
        third = self.stage3(second)  # (N, 64, 8, 8)
        return [first, second, third]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps of the last stage, (N, 64, 8, 8)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 64, 8, 8), or of other sizes, → (N, classes)."""
        return self.fc(maps.mean(dim=(2, 3)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


def repeat(n: int, C_in: int, C: int, stride: int, *, residual: bool) -> nn.Sequential:
    """n blocks, of which the first changes the size and the number of maps."""
    first = Block(C_in, C, stride, residual=residual)
    return nn.Sequential(first, *(Block(C, C, 1, residual=residual) for _ in range(n - 1)))


published = partial(
    Card,
    paper="Deep residual learning for image recognition",
    authors="He, Zhang, Ren, Sun",
    year=2016,
    classes=10,
    input_size=(3, 32, 32),
)

LECTURE_ROW = "C6"
MODELS = {
    "plain20": Network(partial(CifarResNet, 20, residual=False), published(depth=20)),
    "plain32": Network(partial(CifarResNet, 32, residual=False), published(depth=32)),
    "plain44": Network(partial(CifarResNet, 44, residual=False), published(depth=44)),
    "plain56": Network(partial(CifarResNet, 56, residual=False), published(depth=56)),
    "plain110": Network(partial(CifarResNet, 110, residual=False), published(depth=110)),
    "resnet20": Network(
        partial(CifarResNet, 20),
        published(depth=20, parameters=0.27e6, metrics={"top-1 error": 8.75}, source="Table 6"),
    ),
    "resnet32": Network(
        partial(CifarResNet, 32),
        published(depth=32, parameters=0.46e6, metrics={"top-1 error": 7.51}, source="Table 6"),
    ),
    "resnet44": Network(
        partial(CifarResNet, 44),
        published(depth=44, parameters=0.66e6, metrics={"top-1 error": 7.17}, source="Table 6"),
    ),
    "resnet56": Network(
        partial(CifarResNet, 56),
        published(depth=56, parameters=0.85e6, metrics={"top-1 error": 6.97}, source="Table 6"),
    ),
    "resnet110": Network(
        partial(CifarResNet, 110),
        published(depth=110, parameters=1.7e6, metrics={"top-1 error": 6.43}, source="Table 6 (the best of five)"),
    ),
}
