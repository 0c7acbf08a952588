"""VGG: Simonyan and Zisserman (2015), "Very deep convolutional networks for large-scale image recognition".

Three rules: every convolution is 3×3 with stride 1 and padding 1, every pooling is 2×2 maxima with stride 2, and after
a pooling the channels double, up to 512. Five stages, then three fully connected layers. The networks differ in the
convolutions per stage: the paper's configurations A, B, D and E have 11, 13, 16 and 19 layers with weights.

torchvision's are the same at 224 pixels; its average pooling to 7×7 lets them take other sizes. Its ``_bn`` forms put
BatchNorm after every convolution, and keep the convolutions' biases, which BatchNorm makes idle.
"""

from collections import OrderedDict
from functools import partial

import torch.nn.functional as F
from torch import nn

from cnnlib.models.initialisation import he

__all__ = ["MODELS", "VGG"]

WIDTHS = (64, 128, 256, 512, 512)
CONVOLUTIONS = {"vgg11": (1, 1, 2, 2, 2), "vgg13": (2, 2, 2, 2, 2), "vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}


class VGG(nn.Module):
    """(N, 3, 224, 224), or 32 pixels and more, → (N, classes). ``convolutions`` has the number of each stage."""

    def __init__(self, convolutions, num_classes=1000, *, batch_norm=False, dropout=0.5):
        super().__init__()
        layers = OrderedDict()
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
        he(self)

    def forward(self, x):
        x = self.average(self.features(x))  # (N, 512, 7, 7)
        x = self.dropout(F.relu(self.fc6(x.flatten(1))))
        x = self.dropout(F.relu(self.fc7(x)))
        return self.fc8(x)

    def names_elsewhere(self):
        """torchvision's and timm's names of layers, and ours."""
        layers = {f"features.{n}.": f"features.{ours}." for n, (ours, _) in enumerate(self.features.named_children())}
        torchvision = {"classifier.0.": "fc6.", "classifier.3.": "fc7.", "classifier.6.": "fc8."}
        timm = {"pre_logits.fc1.": "fc6.", "pre_logits.fc2.": "fc7.", "head.fc.": "fc8."}
        return layers | torchvision | timm


MODELS = {name: partial(VGG, convolutions) for name, convolutions in CONVOLUTIONS.items()}
MODELS |= {f"{name}_bn": partial(VGG, convolutions, batch_norm=True) for name, convolutions in CONVOLUTIONS.items()}
