"""VGG: Simonyan and Zisserman (2015), "Very deep convolutional networks for large-scale image recognition".

Three rules: every convolution is 3×3 with stride 1 and padding 1, every pooling is 2×2 maxima with stride 2, and after
a pooling the channels double, up to 512. Five stages, then three fully connected layers. The networks differ in the
convolutions per stage: the paper's configurations A, B, D and E have 11, 13, 16 and 19 layers with weights.

torchvision's are the same at 224 pixels; its average pooling to 7×7 lets them take other sizes. Its ``_bn`` forms put
BatchNorm after every convolution, and keep the convolutions' biases, which BatchNorm makes idle.
"""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "VGG"]

WIDTHS = (64, 128, 256, 512, 512)


class VGG(nn.Module):
    """(N, 3, 224, 224), or 32 pixels and more, → (N, classes). ``convolutions`` has the number of each stage.

    ``features`` is a module, so that its layers have torchvision's names: ``features(x)`` are the maps after pool5,
    (N, 512, 7, 7).
    """

    def __init__(
        self,
        convolutions: Sequence[int],
        num_classes: int = 1000,
        *,
        batch_norm: bool = False,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = 3
        for stage, (count, width) in enumerate(zip(convolutions, WIDTHS, strict=True), 1):
            for number in range(1, count + 1):
                layers[f"conv{stage}_{number}"] = nn.Conv2d(channels, width, 3, padding=1)
                if batch_norm:
                    layers[f"bn{stage}_{number}"] = nn.BatchNorm2d(width)
                layers[f"relu{stage}_{number}"] = nn.ReLU()
                channels = width
            layers[f"pool{stage}"] = nn.MaxPool2d(2)
        self.features = nn.Sequential(layers)
        self.average = nn.AdaptiveAvgPool2d(7)  # leaves maps of 7×7, those of 224-pixel images, as they are
        self.fc6 = nn.Linear(512 * 7 * 7, 4096)  # named as in AlexNet, whose layers these are
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, num_classes)
        self.dropout = nn.Dropout(dropout)
        he_initialise(self)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What each of the five stages gives before it is pooled, 224×224 to 14×14, and the maps after pool5."""
        maps = []
        for layer in self.features:
            if isinstance(layer, nn.MaxPool2d):
                maps.append(x)
            x = layer(x)
        return [*maps, x]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 512, 7, 7), or of other sizes, → (N, classes)."""
        x = self.average(maps)  # (N, 512, 7, 7)
        x = self.dropout(F.relu(self.fc6(x.flatten(1))))
        x = self.dropout(F.relu(self.fc7(x)))
        return self.fc8(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))

    def names_elsewhere(self) -> dict[str, str]:
        """torchvision's and timm's names of layers, and ours."""
        layers = {f"features.{n}.": f"features.{ours}." for n, (ours, _) in enumerate(self.features.named_children())}
        torchvision = {"classifier.0.": "fc6.", "classifier.3.": "fc7.", "classifier.6.": "fc8."}
        timm = {"pre_logits.fc1.": "fc6.", "pre_logits.fc2.": "fc7.", "head.fc.": "fc8."}
        return layers | torchvision | timm


published = partial(
    Card,
    paper="Very deep convolutional networks for large-scale image recognition",
    authors="Simonyan, Zisserman",
    year=2015,
    classes=1000,
    input_size=(3, 224, 224),
)
TABLE_3 = "Table 3 (one test scale; the best training scale)"

LECTURE_ROW = "C4"
MODELS = {
    "vgg11": Network(
        partial(VGG, (1, 1, 2, 2, 2)),
        published(depth=11, parameters=133e6, metrics={"top-1 error": 29.6, "top-5 error": 10.4}, source=TABLE_3),
    ),
    "vgg13": Network(
        partial(VGG, (2, 2, 2, 2, 2)),
        published(depth=13, parameters=133e6, metrics={"top-1 error": 28.7, "top-5 error": 9.9}, source=TABLE_3),
    ),
    "vgg16": Network(
        partial(VGG, (2, 2, 3, 3, 3)),
        published(depth=16, parameters=138e6, metrics={"top-1 error": 25.6, "top-5 error": 8.1}, source=TABLE_3),
    ),
    "vgg19": Network(
        partial(VGG, (2, 2, 4, 4, 4)),
        published(depth=19, parameters=144e6, metrics={"top-1 error": 25.5, "top-5 error": 8.0}, source=TABLE_3),
    ),
    "vgg11_bn": Network(
        partial(VGG, (1, 1, 2, 2, 2), batch_norm=True),
        published(depth=11, metrics={"top-1 error": 29.63, "top-5 error": 10.19}, source="torchvision"),
    ),
    "vgg13_bn": Network(
        partial(VGG, (2, 2, 2, 2, 2), batch_norm=True),
        published(depth=13, metrics={"top-1 error": 28.414, "top-5 error": 9.626}, source="torchvision"),
    ),
    "vgg16_bn": Network(
        partial(VGG, (2, 2, 3, 3, 3), batch_norm=True),
        published(depth=16, metrics={"top-1 error": 26.64, "top-5 error": 8.484}, source="torchvision"),
    ),
    "vgg19_bn": Network(
        partial(VGG, (2, 2, 4, 4, 4), batch_norm=True),
        published(depth=19, metrics={"top-1 error": 25.782, "top-5 error": 8.158}, source="torchvision"),
    ),
}
