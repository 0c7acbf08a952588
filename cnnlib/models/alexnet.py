"""AlexNet: Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep convolutional neural networks".

Three networks go by the name:

    alexnet_paper    two groups in conv2, conv4 and conv5 (one per GPU), local response normalisation before
                     pooling: 60,965,224 parameters
    alexnet_lecture  the same table without groups, pooling before normalisation: 62,378,344 parameters
    alexnet          torchvision's: the one column of Krizhevsky (2014), "One weird trick for parallelizing
                     convolutional neural networks"; 64, 192, 384, 256, 256 filters, no normalisation, and an
                     average pooling to 6×6 that lets it take other sizes: 61,100,840 parameters

The paper says that images have 224 pixels. Its 55×55 maps need 227, as 11×11 filters at stride 4 without padding fit
227 = 11 + 4·54 exactly; torchvision's pads by 2 and takes 224.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.card import Card, Network

__all__ = ["MODELS", "AlexNet", "AlexNetOneColumn"]


class AlexNet(nn.Module):
    """The network of 2012: (N, 3, 227, 227) → (N, classes) scores before the softmax.

    ``groups`` is that of conv2, conv4 and conv5; ``pool_first`` pools before it normalises.
    """

    def __init__(
        self, num_classes: int = 1000, *, groups: int = 2, pool_first: bool = False, dropout: float = 0.5
    ) -> None:
        super().__init__()
        self.pool_first = pool_first
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=groups)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=groups)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=groups)
        self.fc6 = nn.Linear(256 * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        # The paper's k = 2, n = 5, α = 1e-4, β = 0.75. PyTorch divides α by n, the paper does not: hence 5e-4.
        self.norm = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)
        self.pool = nn.MaxPool2d(3, stride=2)
        self.dropout = nn.Dropout(dropout)
        for name, layer in self.named_children():  # the paper's §5: N(0, 0.01²); ones let rectifiers learn early
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(layer.weight, std=0.01)
                nn.init.constant_(layer.bias, float(name in ("conv2", "conv4", "conv5", "fc6", "fc7")))

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps of 55×55, 27×27, 13×13 and 6×6 pixels."""
        first = self.normalise(F.relu(self.conv1(x)), pooled=False)  # (N, 96, 55, 55)
        x = self.normalise(self.pool(first), pooled=True)  # (N, 96, 27, 27)
        second = self.normalise(F.relu(self.conv2(x)), pooled=False)  # (N, 256, 27, 27)
        x = self.normalise(self.pool(second), pooled=True)  # (N, 256, 13, 13)
        x = F.relu(self.conv3(x))  # (N, 384, 13, 13)
        x = F.relu(self.conv4(x))  # (N, 384, 13, 13)
        third = F.relu(self.conv5(x))  # (N, 256, 13, 13)
        return [first, second, third, self.pool(third)]

    def normalise(self, x: torch.Tensor, *, pooled: bool) -> torch.Tensor:
        """Local response normalisation, at the one of its two possible places that this network has it."""
        return self.norm(x) if pooled == self.pool_first else x

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps after the last pooling, (N, 256, 6, 6)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 256, 6, 6) → (N, classes)."""
        x = self.dropout(F.relu(self.fc6(maps.flatten(1))))
        x = self.dropout(F.relu(self.fc7(x)))
        return self.fc8(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class AlexNetOneColumn(nn.Module):
    """The network of 2014, torchvision's ``alexnet``: (N, 3, 224, 224), or 63 pixels and more, → (N, classes)."""

    def __init__(self, num_classes: int = 1000, *, dropout: float = 0.5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 11, stride=4, padding=2)
        self.conv2 = nn.Conv2d(64, 192, 5, padding=2)
        self.conv3 = nn.Conv2d(192, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 256, 3, padding=1)
        self.conv5 = nn.Conv2d(256, 256, 3, padding=1)
        self.fc6 = nn.Linear(256 * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        self.pool = nn.MaxPool2d(3, stride=2)
        self.average = nn.AdaptiveAvgPool2d(6)  # leaves maps of 6×6, those of 224-pixel images, as they are
        self.dropout = nn.Dropout(dropout)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps of 55×55, 27×27, 13×13 and 6×6 pixels."""
        first = F.relu(self.conv1(x))  # (N, 64, 55, 55)
        second = F.relu(self.conv2(self.pool(first)))  # (N, 64, 27, 27) → (N, 192, 27, 27)
        x = F.relu(self.conv3(self.pool(second)))  # (N, 192, 13, 13) → (N, 384, 13, 13)
        x = F.relu(self.conv4(x))  # (N, 256, 13, 13)
        third = F.relu(self.conv5(x))  # (N, 256, 13, 13)
        return [first, second, third, self.pool(third)]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps after the last pooling, (N, 256, 6, 6)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 256, 6, 6), or of other sizes, → (N, classes)."""
        x = F.relu(self.fc6(self.dropout(self.average(maps).flatten(1))))
        x = F.relu(self.fc7(self.dropout(x)))
        return self.fc8(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))

    def names_elsewhere(self) -> dict[str, str]:
        """torchvision's names of layers, and ours."""
        convolutions = {f"features.{index}.": f"conv{n}." for n, index in enumerate((0, 3, 6, 8, 10), 1)}
        return convolutions | {"classifier.1.": "fc6.", "classifier.4.": "fc7.", "classifier.6.": "fc8."}


published_in_2012 = partial(
    Card,
    paper="ImageNet classification with deep convolutional neural networks",
    authors="Krizhevsky, Sutskever, Hinton",
    year=2012,
    classes=1000,
    input_size=(3, 227, 227),
    depth=8,
)

LECTURE_ROW = "C1"
MODELS = {
    "alexnet": Network(
        AlexNetOneColumn,
        Card(
            paper="One weird trick for parallelizing convolutional neural networks",
            authors="Krizhevsky",
            year=2014,
            classes=1000,
            input_size=(3, 224, 224),
            depth=8,
            metrics={"top-1 error": 43.478, "top-5 error": 20.934},
            source="torchvision",
        ),
    ),
    "alexnet_lecture": Network(partial(AlexNet, groups=1, pool_first=True), published_in_2012()),
    "alexnet_paper": Network(
        AlexNet,
        published_in_2012(
            parameters=60e6,
            metrics={"top-1 error": 40.7, "top-5 error": 18.2},
            source="Table 2 (one network)",
        ),
    ),
}
