"""GoogLeNet: Szegedy et al. (2015), "Going deeper with convolutions".

Nine inception modules, each of four branches side by side, with 1×1 convolutions that make the inputs of the dear
ones thinner; no fully connected layer but the last; and in training two auxiliary classifiers, whose losses are added
with weight 0.3. ``googlenet_paper`` is the paper's Table 1. ``googlenet`` is torchvision's, which differs:

    BatchNorm after every convolution, which has no bias then; no local response normalisation
    3×3 filters where the paper has 5×5 (a slip that the published weights have kept)
    2×2 maxima before inception 5a, where the paper has 3×3
    average pooling to 4×4 in the auxiliary classifiers, at any size, where the paper has 5×5 at stride 3
    dropout 0.2 before the last layer, where the paper has 0.4

The weights that torchvision publishes for it were trained on images scaled to (x − 0.5) / 0.5 in each channel.
"""

from collections import OrderedDict
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.initialisation import he

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
    """What GoogLeNet gives in training: scores (N, classes) before the softmax, of the end and of both helpers.

    They come as the network has them; torchvision's has ``aux_logits2`` first.
    """

    logits: torch.Tensor
    aux1: torch.Tensor
    aux2: torch.Tensor


def conv_relu(C_in, C_out, kernel_size, **options):
    """The paper's convolution: a bias and a rectifier."""
    return nn.Sequential(OrderedDict(conv=nn.Conv2d(C_in, C_out, kernel_size, **options), relu=nn.ReLU()))


def conv_bn_relu(C_in, C_out, kernel_size, **options):
    """torchvision's convolution: no bias, BatchNorm and a rectifier."""
    conv = nn.Conv2d(C_in, C_out, kernel_size, bias=False, **options)
    return nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(C_out, eps=0.001), relu=nn.ReLU()))


class Inception(nn.Module):
    """(N, C_in, H, W) → (N, n1x1 + n3x3 + n5x5 + pool_proj, H, W). ``conv`` makes its convolutions."""

    def __init__(self, C_in, n1x1, n3x3_reduce, n3x3, n5x5_reduce, n5x5, pool_proj, *, conv=conv_relu, K=5):
        super().__init__()
        self.conv1x1 = conv(C_in, n1x1, 1)
        self.reduce3x3 = conv(C_in, n3x3_reduce, 1)
        self.conv3x3 = conv(n3x3_reduce, n3x3, 3, padding=1)
        self.reduce5x5 = conv(C_in, n5x5_reduce, 1)
        self.conv5x5 = conv(n5x5_reduce, n5x5, K, padding=K // 2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.pool_proj = conv(C_in, pool_proj, 1)

    def forward(self, x):
        branches = [
            self.conv1x1(x),
            self.conv3x3(self.reduce3x3(x)),
            self.conv5x5(self.reduce5x5(x)),
            self.pool_proj(self.pool(x)),
        ]
        return torch.cat(branches, dim=1)


class Auxiliary(nn.Module):
    """A classifier half-way, for training: (N, C_in, 14, 14) → (N, classes)."""

    def __init__(self, C_in, num_classes, conv, pool):
        super().__init__()
        self.pool = pool
        self.conv = conv(C_in, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(0.7)

    def forward(self, x):
        x = self.conv(self.pool(x))  # (N, 128, 4, 4)
        return self.fc2(self.dropout(F.relu(self.fc1(x.flatten(1)))))


class GoogLeNet(nn.Module):
    """(N, 3, 224, 224) → (N, classes) scores before the softmax; in training mode, ``Outputs``.

    ``batch_norm`` says which: torchvision's form, or the paper's. ``auxiliary=False`` leaves out the helpers, which do
    nothing after training.
    """

    def __init__(self, num_classes=1000, *, batch_norm, auxiliary=True):
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
        he(self)

    def forward(self, x):
        x = self.norm(self.pool1(self.conv1(x)))  # (N, 64, 56, 56)
        x = self.pool2(self.norm(self.conv3(self.conv2(x))))  # (N, 192, 28, 28)
        x = self.inception3b(self.inception3a(x))  # (N, 480, 28, 28)
        x = after_4a = self.inception4a(self.pool3(x))  # (N, 512, 14, 14)
        x = after_4d = self.inception4d(self.inception4c(self.inception4b(x)))  # (N, 528, 14, 14)
        x = self.inception4e(x)  # (N, 832, 14, 14)
        x = self.inception5b(self.inception5a(self.pool4(x)))  # (N, 1024, 7, 7)
        logits = self.fc(self.dropout(x.mean(dim=(2, 3))))
        if self.training and self.auxiliary:
            return Outputs(logits, self.aux1(after_4a), self.aux2(after_4d))
        return logits

    def names_elsewhere(self):
        """torchvision's names of the branches, and ours."""
        return {
            ".branch1.": ".conv1x1.",
            ".branch2.0.": ".reduce3x3.",
            ".branch2.1.": ".conv3x3.",
            ".branch3.0.": ".reduce5x5.",
            ".branch3.1.": ".conv5x5.",
            ".branch4.1.": ".pool_proj.",
        }


MODELS = {
    "googlenet": partial(GoogLeNet, batch_norm=True),
    "googlenet_paper": partial(GoogLeNet, batch_norm=False),
}
