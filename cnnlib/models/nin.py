"""Network in network: Lin, Chen and Yan (2014).

A small network slides over the image in place of a linear filter: a K×K convolution and two 1×1 convolutions, each
with a rectifier ("mlpconv"). The last of them has one map per class, and the mean of a map is the score of its class
(global average pooling), so that there is no fully connected layer. The paper draws three such blocks and gives no
sizes; those here are in the authors' published configurations, for CIFAR-10 and for ImageNet. torchvision has neither.
"""

from functools import partial

import torch
from torch import nn

from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "NiN", "NiNImageNet"]


def mlpconv(C_in: int, widths: tuple[int, int, int], kernel_size: int, **options) -> nn.Sequential:
    """A K×K convolution and two 1×1 convolutions, of ``widths`` maps, each with a rectifier."""
    first, second, third = widths
    return nn.Sequential(
        nn.Conv2d(C_in, first, kernel_size, **options), nn.ReLU(),
        nn.Conv2d(first, second, 1), nn.ReLU(),
        nn.Conv2d(second, third, 1), nn.ReLU(),
    )  # fmt: skip


class NiN(nn.Module):
    """The network for CIFAR-10: (N, 3, 32, 32) → (N, classes) scores before the softmax.

    The last maps already are one per class, and the head has no weights: it takes their means.
    """

    def __init__(self, num_classes: int = 10, *, dropout: float = 0.5) -> None:
        super().__init__()
        self.mlpconv1 = mlpconv(3, (192, 160, 96), 5, padding=2)
        self.mlpconv2 = mlpconv(96, (192, 192, 192), 5, padding=2)
        self.mlpconv3 = mlpconv(192, (192, 192, num_classes), 3, padding=1)
        self.max_pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.average_pool = nn.AvgPool2d(3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(dropout)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each block gives: maps of 32×32, 16×16 and 8×8 pixels."""
        first = self.mlpconv1(x)  # (N, 96, 32, 32)
        second = self.mlpconv2(self.dropout(self.max_pool(first)))  # (N, 96, 16, 16) → (N, 192, 16, 16)
        third = self.mlpconv3(self.dropout(self.average_pool(second)))  # (N, 192, 8, 8) → (N, classes, 8, 8)
        return [first, second, third]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps of the classes, (N, classes, 8, 8)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, classes, 8, 8) → (N, classes)."""
        return maps.mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class NiNImageNet(nn.Module):
    """The network for ImageNet: (N, 3, 224, 224) → (N, classes) scores before the softmax.

    The last maps already are one per class, and the head has no weights: it takes their means.
    """

    def __init__(self, num_classes: int = 1000, *, dropout: float = 0.5) -> None:
        super().__init__()
        self.mlpconv1 = mlpconv(3, (96, 96, 96), 11, stride=4)
        self.mlpconv2 = mlpconv(96, (256, 256, 256), 5, padding=2)
        self.mlpconv3 = mlpconv(256, (384, 384, 384), 3, padding=1)
        self.mlpconv4 = mlpconv(384, (1024, 1024, num_classes), 3, padding=1)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(dropout)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each block gives: maps of 54×54, 27×27, 13×13 and 6×6 pixels."""
        first = self.mlpconv1(x)  # (N, 96, 54, 54)
        second = self.mlpconv2(self.pool(first))  # (N, 96, 27, 27) → (N, 256, 27, 27)
        third = self.mlpconv3(self.pool(second))  # (N, 256, 13, 13) → (N, 384, 13, 13)
        fourth = self.mlpconv4(self.dropout(self.pool(third)))  # (N, 384, 6, 6) → (N, classes, 6, 6)
        return [first, second, third, fourth]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps of the classes, (N, classes, 6, 6)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, classes, 6, 6) → (N, classes)."""
        return maps.mean(dim=(2, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


published = partial(Card, paper="Network in network", authors="Lin, Chen, Yan", year=2014)

LECTURE_ROW = "C4"  # no row is its own (1×1 convolution is A11); it came before VGG, whose row this is
MODELS = {
    "nin": Network(
        NiN,
        published(
            classes=10,
            input_size=(3, 32, 32),
            depth=9,
            metrics={"top-1 error": 10.41},
            source="Table 1 (without augmentation)",
        ),
    ),
    "nin_imagenet": Network(NiNImageNet, published(classes=1000, input_size=(3, 224, 224), depth=12)),
}
