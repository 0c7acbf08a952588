"""GoogLeNet: Szegedy et al. (2015), "Going deeper with convolutions".

Nine inception modules, each of four branches side by side, with 1×1 convolutions that make the inputs of the
expensive ones thinner; no fully connected layer but the last; and in training two auxiliary classifiers, whose losses
are added with weight 0.3. ``googlenet_paper`` is the paper's Table 1. ``googlenet`` is torchvision's, which differs:

    BatchNorm after every convolution, which has no bias then; no local response normalisation
    3×3 filters where the paper has 5×5 (a slip that the published weights have kept)
    2×2 maxima before inception 5a, where the paper has 3×3
    average pooling to 4×4 in the auxiliary classifiers, at any size, where the paper has 5×5 at stride 3
    dropout 0.2 before the last layer, where the paper has 0.4

The weights that torchvision publishes for it were trained on images scaled to (x − 0.5) / 0.5 in each channel.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.card import Card, Network
from cnnlib.models.initialisation import he_initialise

__all__ = ["MODELS", "GoogLeNet", "Inception", "Outputs"]

# Table 1: input channels, #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj.
INCEPTIONS = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


class Outputs(NamedTuple):
    """What GoogLeNet gives in training: scores (N, classes) before the softmax, of its end and of both auxiliaries.

    They come as the network has them; torchvision's has ``aux_logits2`` first.
    """

    logits: torch.Tensor
    aux1: torch.Tensor
    aux2: torch.Tensor


def conv_relu(C_in: int, C_out: int, kernel_size: int, **options) -> nn.Sequential:
    """The paper's convolution: a bias and a rectifier."""
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(C_in, C_out, kernel_size, **options), relu=nn.ReLU()))


def conv_bn_relu(C_in: int, C_out: int, kernel_size: int, **options) -> nn.Sequential:
    """torchvision's convolution: no bias, BatchNorm and a rectifier."""
    conv = nn.Conv2d(C_in, C_out, kernel_size, bias=False, **options)
    return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(C_out, eps=0.001), relu=nn.ReLU()))


class Inception(nn.Module):
    """(N, C_in, H, W) → (N, n1x1 + n3x3 + n5x5 + pool_proj, H, W). ``conv`` makes its convolutions."""

    def __init__(
        self,
        C_in: int,
        n1x1: int,
        n3x3_reduce: int,
        n3x3: int,
        n5x5_reduce: int,
        n5x5: int,
        pool_proj: int,
        *,
        conv: Callable[..., nn.Module] = conv_relu,
        K: int = 5,
    ) -> None:
        super().__init__()
        self.conv1x1 = conv(C_in, n1x1, 1)
        self.reduce3x3 = conv(C_in, n3x3_reduce, 1)
        self.conv3x3 = conv(n3x3_reduce, n3x3, 3, padding=1)
        self.reduce5x5 = conv(C_in, n5x5_reduce, 1)
        self.conv5x5 = conv(n5x5_reduce, n5x5, K, padding=K // 2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pool_proj = conv(C_in, pool_proj, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branches = [
            self.conv1x1(x),
            self.conv3x3(self.reduce3x3(x)),
            self.conv5x5(self.reduce5x5(x)),
            self.pool_proj(self.pool(x)),
        ]
        return torch.cat(branches, dim=1)


class Auxiliary(nn.Module):
    """A classifier half-way, for training: (N, C_in, 14, 14) → (N, classes)."""

    def __init__(self, C_in: int, num_classes: int, conv: Callable[..., nn.Module], pool: nn.Module) -> None:
        super().__init__()
        self.pool = pool
        self.conv = conv(C_in, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(0.7)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(self.pool(x))  # (N, 128, 4, 4)
        return self.fc2(self.dropout(F.relu(self.fc1(x.flatten(1)))))


class GoogLeNet(nn.Module):
    """(N, 3, 224, 224) → (N, classes) scores before the softmax; in training mode, ``Outputs``.

    ``batch_norm`` says which: torchvision's form, or the paper's. ``auxiliary=False`` leaves out the auxiliary
    classifiers, which do nothing after training.
    """

    def __init__(self, num_classes: int = 1000, *, batch_norm: bool, auxiliary: bool = True) -> None:
        super().__init__()
        conv = conv_bn_relu if batch_norm else conv_relu
        pool = partial(nn.MaxPool2d, 3, stride=2, ceil_mode=True)
        self.conv1 = conv(3, 64, 7, stride=2, padding=3)
        self.conv2 = conv(64, 64, 1)
        self.conv3 = conv(64, 192, 3, padding=1)
        # The paper gives no numbers for its normalisation; these are those of Caffe's model.
        self.norm = nn.Identity() if batch_norm else nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1)
        self.pool1, self.pool2, self.pool3 = pool(), pool(), pool()
        self.pool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True) if batch_norm else pool()
        for name, widths in INCEPTIONS.items():
            self.add_module(f"inception{name}", Inception(*widths, conv=conv, K=3 if batch_norm else 5))
        self.auxiliary = auxiliary
        if auxiliary:
            aux_pool = partial(nn.AdaptiveAvgPool2d, 4) if batch_norm else partial(nn.AvgPool2d, 5, stride=3)
            self.aux1 = Auxiliary(512, num_classes, conv, aux_pool())
            self.aux2 = Auxiliary(528, num_classes, conv, aux_pool())
        self.dropout = nn.Dropout(0.2 if batch_norm else 0.4)
        self.fc = nn.Linear(1024, num_classes)
        he_initialise(self)

    def trunk(self, x: torch.Tensor) -> tuple[list[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
        """The maps of ``stages``, and those after inceptions 4a and 4d, which the auxiliary classifiers take."""
        first = self.conv1(x)  # (N, 64, 112, 112)
        x = self.norm(self.pool1(first))  # (N, 64, 56, 56)
        second = self.norm(self.conv3(self.conv2(x)))  # (N, 192, 56, 56)
        x = self.pool2(second)  # (N, 192, 28, 28)
        third = self.inception3b(self.inception3a(x))  # (N, 480, 28, 28)
        after_4a = self.inception4a(self.pool3(third))  # (N, 512, 14, 14)
        after_4d = self.inception4d(self.inception4c(self.inception4b(after_4a)))  # (N, 528, 14, 14)
        fourth = self.inception4e(after_4d)  # (N, 832, 14, 14)
        fifth = self.inception5b(self.inception5a(self.pool4(fourth)))  # (N, 1024, 7, 7)
        return [first, second, third, fourth, fifth], (after_4a, after_4d)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps of 112×112, 56×56, 28×28, 14×14 and 7×7 pixels."""
        return self.trunk(x)[0]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """The maps of the last inception module, (N, 1024, 7, 7)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 1024, 7, 7), or of other sizes, → (N, classes)."""
        return self.fc(self.dropout(maps.mean(dim=(2, 3))))

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        stages, (after_4a, after_4d) = self.trunk(x)
        logits = self.head(stages[-1])
        if self.training and self.auxiliary:
            return Outputs(logits, self.aux1(after_4a), self.aux2(after_4d))
        return logits

    def names_elsewhere(self) -> dict[str, str]:
        """torchvision's names of the branches, and ours."""
        return {
            ".branch1.": ".conv1x1.",
            ".branch2.0.": ".reduce3x3.",
            ".branch2.1.": ".conv3x3.",
            ".branch3.0.": ".reduce5x5.",
            ".branch3.1.": ".conv5x5.",
            ".branch4.1.": ".pool_proj.",
        }


published = partial(
    Card,
    paper="Going deeper with convolutions",
    authors="Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich",
    year=2015,
    classes=1000,
    input_size=(3, 224, 224),
    depth=22,
)

LECTURE_ROW = "C5"
MODELS = {
    "googlenet": Network(
        partial(GoogLeNet, batch_norm=True),
        published(metrics={"top-1 error": 30.222, "top-5 error": 10.47}, source="torchvision"),
    ),
    "googlenet_paper": Network(
        partial(GoogLeNet, batch_norm=False),
        published(
            parameters=6797.7 * 1024,  # the column "params" of Table 1, added up: its K are 1024
            metrics={"top-5 error": 10.07},
            source="Table 3 (one network, one crop)",
        ),
    ),
}
