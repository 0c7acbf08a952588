"""Plain and residual networks for ImageNet: He, Zhang, Ren and Sun (2016), "Deep residual learning for image
recognition", Table 1.

A 7×7 convolution, a maximum, and four stages conv2_x to conv5_x of residual blocks, relu(F(x) + x). F is two 3×3
convolutions (18 and 34 layers), or 1×1, 3×3 and 1×1 (the "bottleneck": 50, 101 and 152 layers). Where the size or the
number of maps changes, the shortcut is a 1×1 convolution, the paper's option B.

torchvision's are the same but for one thing: where a bottleneck halves the size, its 3×3 convolution has the stride
("v1.5"); in the paper the first 1×1 convolution has, and drops three of four pixels unseen. The weights fit both, and
mean something for the one alone that they were trained in. ``paper_strides=True`` builds the paper's. The plain
networks, without shortcuts, are in no library.
"""

from collections.abc import Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "BasicBlock", "Bottleneck", "ResNet"]


def projection(C_in: int, C_out: int, stride: int) -> nn.Module:
    """The shortcut: x itself where shapes agree, else a 1×1 convolution with BatchNorm."""
    if C_in == C_out and stride == 1:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(C_in, C_out, 1, stride=stride, bias=False), nn.BatchNorm2d(C_out))


class BasicBlock(nn.Module):
    """Two 3×3 convolutions with C maps: (N, C_in, H, W) → (N, C, H/S, W/S). Without ``residual``, a plain network's."""

    expansion = 1

    def __init__(self, C_in: int, C: int, stride: int, *, residual: bool = True) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(C_in, C, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(C)
        self.conv2 = nn.Conv2d(C, C, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(C)
        self.shortcut = projection(C_in, C, stride) if residual else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.shortcut is not None:
            y = y + self.shortcut(x)
        return F.relu(y)


class Bottleneck(nn.Module):
    """1×1 to C maps, 3×3, and 1×1 to 4C maps: (N, C_in, H, W) → (N, 4C, H/S, W/S)."""

    expansion = 4

    def __init__(self, C_in: int, C: int, stride: int, *, paper_strides: bool = False) -> None:
        super().__init__()
        first, second = (stride, 1) if paper_strides else (1, stride)
        self.conv1 = nn.Conv2d(C_in, C, 1, stride=first, bias=False)
        self.bn1 = nn.BatchNorm2d(C)
        self.conv2 = nn.Conv2d(C, C, 3, stride=second, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(C)
        self.conv3 = nn.Conv2d(C, 4 * C, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * C)
        self.shortcut = projection(C_in, 4 * C, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """(N, 3, 224, 224), or other sizes, → (N, classes). ``blocks`` has the number of each stage.

    ``block`` is one of the two above; what else is given goes to each of them.
    """

    def __init__(
        self, block: type[BasicBlock] | type[Bottleneck], blocks: Sequence[int], num_classes: int = 1000, **options
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)

        def stage(count, C_in, C, stride):
            first = block(C_in, C, stride, **options)
            return nn.Sequential(first, *(block(C * block.expansion, C, 1, **options) for _ in range(count - 1)))

        self.conv2_x = stage(blocks[0], 64, 64, stride=1)
        self.conv3_x = stage(blocks[1], 64 * block.expansion, 128, stride=2)
        self.conv4_x = stage(blocks[2], 128 * block.expansion, 256, stride=2)
        self.conv5_x = stage(blocks[3], 256 * block.expansion, 512, stride=2)
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps of 112×112, 56×56, 28×28, 14×14 and 7×7 pixels."""
        first = F.relu(self.bn1(self.conv1(x)))  # (N, 64, 112, 112)
        second = self.conv2_x(self.maxpool(first))  # (N, 64 or 256, 56, 56)
        third = self.conv3_x(second)  # (N, 128 or 512, 28, 28)
        fourth = self.conv4_x(third)  # (N, 256 or 1024, 14, 14)
        fifth = self.conv5_x(fourth)  # (N, 512 or 2048, 7, 7)
        return [first, second, third, fourth, fifth]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps of conv5_x, (N, 512 or 2048, 7, 7)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 512 or 2048, 7, 7), or of other sizes, → (N, classes)."""
        return self.fc(maps.mean(dim=(2, 3)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))

    def names_elsewhere(self) -> dict[str, str]:
        """torchvision's and timm's names, and ours, which are the paper's."""
        stages = {f"layer{n}.": f"conv{n + 1}_x." for n in (1, 2, 3, 4)}
        return stages | {".downsample.": ".shortcut."}


def basic(blocks: Sequence[int], num_classes: int = 1000) -> ResNet:
    """A residual network of 3×3 convolutions."""
    return ResNet(BasicBlock, blocks, num_classes)


def plain(blocks: Sequence[int], num_classes: int = 1000) -> ResNet:
    """The same layers without shortcuts."""
    return ResNet(BasicBlock, blocks, num_classes, residual=False)


def bottlenecks(blocks: Sequence[int], num_classes: int = 1000, *, paper_strides: bool = False) -> ResNet:
    """A residual network of bottlenecks."""
    return ResNet(Bottleneck, blocks, num_classes, paper_strides=paper_strides)


published = partial(
    Card,
    paper="Deep residual learning for image recognition",
    authors="He, Zhang, Ren, Sun",
    year=2016,
    classes=1000,
    input_size=(3, 224, 224),
)
TABLE_2, TABLE_3 = "Table 2 (ten crops)", "Table 3 (ten crops)"

LECTURE_ROW = "C6"
MODELS = {
    "plain18": Network(
        partial(plain, (2, 2, 2, 2)),
        published(depth=18, metrics={"top-1 error": 27.94}, source=TABLE_2),
    ),
    "plain34": Network(
        partial(plain, (3, 4, 6, 3)),
        published(depth=34, metrics={"top-1 error": 28.54, "top-5 error": 10.02}, source=TABLE_3),
    ),
    # That of Table 2 has zero-padded shortcuts (option A), the one here projections (option B).
    "resnet18": Network(
        partial(basic, (2, 2, 2, 2)),
        published(depth=18, metrics={"top-1 error": 27.88}, source=TABLE_2),
    ),
    "resnet34": Network(
        partial(basic, (3, 4, 6, 3)),
        published(depth=34, metrics={"top-1 error": 24.52, "top-5 error": 7.46}, source=TABLE_3),
    ),
    "resnet50": Network(
        partial(bottlenecks, (3, 4, 6, 3)),
        published(depth=50, metrics={"top-1 error": 22.85, "top-5 error": 6.71}, source=TABLE_3),
    ),
    "resnet101": Network(
        partial(bottlenecks, (3, 4, 23, 3)),
        published(depth=101, metrics={"top-1 error": 21.75, "top-5 error": 6.05}, source=TABLE_3),
    ),
    "resnet152": Network(
        partial(bottlenecks, (3, 8, 36, 3)),
        published(depth=152, metrics={"top-1 error": 21.43, "top-5 error": 5.71}, source=TABLE_3),
    ),
}
