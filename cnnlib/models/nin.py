"""Network in network: Lin, Chen and Yan (2014).

A small network slides over the image in place of a linear filter: a K×K convolution and two 1×1 convolutions, each
with a rectifier ("mlpconv"). The last of them has one map per class, and the mean of a map is the score of its class
(global average pooling), so that there is no fully connected layer. The paper draws three such blocks and gives no
sizes; those here are in the authors' published configurations, for CIFAR-10 and for ImageNet. torchvision has neither.
"""

from torch import nn

from cnnlib.models.initialisation import he

__all__ = ["MODELS", "NiN", "NiNImageNet"]


def mlpconv(C_in, widths, kernel_size, **options):
    """A K×K convolution and two 1×1 convolutions, of ``widths`` maps, each with a rectifier."""
    first, second, third = widths
    return nn.Sequential(
        nn.Conv2d(C_in, first, kernel_size, **options), nn.ReLU(),
        nn.Conv2d(first, second, 1), nn.ReLU(),
        nn.Conv2d(second, third, 1), nn.ReLU(),
    )  # fmt: skip


class NiN(nn.Module):
    """The network for CIFAR-10: (N, 3, 32, 32) → (N, classes) scores before the softmax."""

    def __init__(self, num_classes=10, *, dropout=0.5):
        super().__init__()
        self.mlpconv1 = mlpconv(3, (192, 160, 96), 5, padding=2)
        self.mlpconv2 = mlpconv(96, (192, 192, 192), 5, padding=2)
        self.mlpconv3 = mlpconv(192, (192, 192, num_classes), 3, padding=1)
        self.max_pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.average_pool = nn.AvgPool2d(3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(dropout)
        he(self)

    def forward(self, x):
        x = self.dropout(self.max_pool(self.mlpconv1(x)))  # (N, 96, 32, 32) → (N, 96, 16, 16)
        x = self.dropout(self.average_pool(self.mlpconv2(x)))  # (N, 192, 16, 16) → (N, 192, 8, 8)
        return self.mlpconv3(x).mean(dim=(2, 3))  # (N, classes, 8, 8) → (N, classes)


class NiNImageNet(nn.Module):
    """The network for ImageNet: (N, 3, 224, 224) → (N, classes) scores before the softmax."""

    def __init__(self, num_classes=1000, *, dropout=0.5):
        super().__init__()
        self.mlpconv1 = mlpconv(3, (96, 96, 96), 11, stride=4)
        self.mlpconv2 = mlpconv(96, (256, 256, 256), 5, padding=2)
        self.mlpconv3 = mlpconv(256, (384, 384, 384), 3, padding=1)
        self.mlpconv4 = mlpconv(384, (1024, 1024, num_classes), 3, padding=1)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.dropout = nn.Dropout(dropout)
        he(self)

    def forward(self, x):
        x = self.pool(self.mlpconv1(x))  # (N, 96, 54, 54) → (N, 96, 27, 27)
        x = self.pool(self.mlpconv2(x))  # (N, 256, 27, 27) → (N, 256, 13, 13)
        x = self.pool(self.mlpconv3(x))  # (N, 384, 13, 13) → (N, 384, 6, 6)
        return self.mlpconv4(self.dropout(x)).mean(dim=(2, 3))  # (N, classes, 6, 6) → (N, classes)


MODELS = {"nin": NiN, "nin_imagenet": NiNImageNet}
