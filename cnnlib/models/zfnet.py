"""ZFNet: Zeiler and Fergus (2014), "Visualizing and understanding convolutional networks".

AlexNet, changed after looking at its filters: conv1 has 7×7 filters at stride 2 in place of 11×11 at stride 4, and
conv2 stride 2, so that the maps have 110, 26 and 13 pixels (the paper's Figure 3). The entry to the challenge also
widened conv3, conv4 and conv5 from 384, 384 and 256 filters to 512, 1024 and 512 (Table 2, model b), which the
lecture's network is. torchvision has none.
"""

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "ZFNet"]


class ZFNet(nn.Module):
    """(N, 3, 224, 224) → (N, classes). ``widths`` are the filters of conv3, conv4 and conv5; Figure 3: 384, 384, 256.

    The paper says "contrast normalised across feature maps" without numbers: here as in AlexNet.
    """

    def __init__(
        self, num_classes: int = 1000, *, widths: tuple[int, int, int] = (512, 1024, 512), dropout: float = 0.5
    ) -> None:
        super().__init__()
        third, fourth, fifth = widths
        self.conv1 = nn.Conv2d(3, 96, 7, stride=2, padding=1)
        self.conv2 = nn.Conv2d(96, 256, 5, stride=2)
        self.conv3 = nn.Conv2d(256, third, 3, padding=1)
        self.conv4 = nn.Conv2d(third, fourth, 3, padding=1)
        self.conv5 = nn.Conv2d(fourth, fifth, 3, padding=1)
        self.fc6 = nn.Linear(fifth * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)  # windows that hang over the border make 55 and 13
        self.norm = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)
        self.dropout = nn.Dropout(dropout)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps at strides 2, 4, 8, 16 and 32."""
        first = F.relu(self.conv1(x))  # (N, 96, 110, 110)
        second = self.norm(self.pool(first))  # (N, 96, 55, 55)
        third = F.relu(self.conv2(second))  # (N, 256, 26, 26)
        x = self.norm(self.pool(third))  # (N, 256, 13, 13)
        x = F.relu(self.conv3(x))  # (N, 512, 13, 13)
        x = F.relu(self.conv4(x))  # (N, 1024, 13, 13)
        fourth = F.relu(self.conv5(x))  # (N, 512, 13, 13)
        return [first, second, third, fourth, self.pool(fourth)]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps after the last pooling, (N, 512, 6, 6)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 512, 6, 6) → (N, classes)."""
        x = self.dropout(F.relu(self.fc6(maps.flatten(1))))
        x = self.dropout(F.relu(self.fc7(x)))
        return self.fc8(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


LECTURE_ROW = "C3"
MODELS = {
    "zfnet": Network(
        ZFNet,
        Card(
            paper="Visualizing and understanding convolutional networks",
            authors="Zeiler, Fergus",
            year=2014,
            classes=1000,
            input_size=(3, 224, 224),
            depth=8,
            metrics={"top-1 error": 37.5, "top-5 error": 16.0},
            source="Table 2 (one network, model b)",
        ),
    )
}
