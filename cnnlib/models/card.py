"""What was published about each network: who, when, how deep, how large, and how often it was wrong.

Errors are in per cent, of one network, on the validation set of ImageNet (ILSVRC-2012) or the test sets of CIFAR-10
and MNIST, as the source gives them. Sources test differently (one crop, ten, several sizes), so numbers of two sources
are no race. "torchvision" means the weights ``IMAGENET1K_V1`` that it publishes, one crop of 224 pixels.
"""

from typing import NamedTuple

__all__ = ["CARDS", "Card"]


class Card(NamedTuple):
    """One network as published. None: not published for this very form."""

    name: str
    paper: str
    authors: str
    year: int
    classes: int  # of the data set it was made for: what ``build`` gives
    input_size: tuple  # (C, H, W)
    depth: int  # layers with weights from input to output, shortcuts and auxiliary classifiers not counted
    top1: float | None  # error, per cent
    top5: float | None
    source: str | None  # of the errors
    parameters: float | None  # as published, and rounded as there


MNIST, CIFAR, IMAGENET = (10, (1, 32, 32)), (10, (3, 32, 32)), (1000, (3, 224, 224))

LENET = ("Gradient-based learning applied to document recognition", "LeCun, Bottou, Bengio, Haffner", 1998)
ALEXNET = (
    "ImageNet classification with deep convolutional neural networks",
    "Krizhevsky, Sutskever, Hinton",
    2012,
)
ONE_COLUMN = ("One weird trick for parallelizing convolutional neural networks", "Krizhevsky", 2014)
ZFNET = ("Visualizing and understanding convolutional networks", "Zeiler, Fergus", 2014)
NIN = ("Network in network", "Lin, Chen, Yan", 2014)
VGG = ("Very deep convolutional networks for large-scale image recognition", "Simonyan, Zisserman", 2015)
GOOGLENET = (
    "Going deeper with convolutions",
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich",
    2015,
)
RESNET = ("Deep residual learning for image recognition", "He, Zhang, Ren, Sun", 2016)

VGG_TABLE = "Table 3 (one test scale; the best training scale)"
TABLE_2, TABLE_3 = "Table 2 (ten crops)", "Table 3 (ten crops)"

_ROWS = [
    ("lenet5", *LENET, *MNIST, 7, 0.95, None, "§III.B (no distortions)", 60_000),
    ("lenet5_modern", *LENET, *MNIST, 5, None, None, None, None),
    ("alexnet", *ONE_COLUMN, *IMAGENET, 8, 43.478, 20.934, "torchvision", None),
    ("alexnet_lecture", *ALEXNET, 1000, (3, 227, 227), 8, None, None, None, None),
    ("alexnet_paper", *ALEXNET, 1000, (3, 227, 227), 8, 40.7, 18.2, "Table 2 (one network)", 60e6),
    ("zfnet", *ZFNET, *IMAGENET, 8, 37.5, 16.0, "Table 2 (one network, model b)", None),
    ("nin", *NIN, *CIFAR, 9, 10.41, None, "Table 1 (without augmentation)", None),
    ("nin_imagenet", *NIN, *IMAGENET, 12, None, None, None, None),
    ("vgg11", *VGG, *IMAGENET, 11, 29.6, 10.4, VGG_TABLE, 133e6),
    ("vgg11_bn", *VGG, *IMAGENET, 11, 29.63, 10.19, "torchvision", None),
    ("vgg13", *VGG, *IMAGENET, 13, 28.7, 9.9, VGG_TABLE, 133e6),
    ("vgg13_bn", *VGG, *IMAGENET, 13, 28.414, 9.626, "torchvision", None),
    ("vgg16", *VGG, *IMAGENET, 16, 25.6, 8.1, VGG_TABLE, 138e6),
    ("vgg16_bn", *VGG, *IMAGENET, 16, 26.64, 8.484, "torchvision", None),
    ("vgg19", *VGG, *IMAGENET, 19, 25.5, 8.0, VGG_TABLE, 144e6),
    ("vgg19_bn", *VGG, *IMAGENET, 19, 25.782, 8.158, "torchvision", None),
    ("googlenet", *GOOGLENET, *IMAGENET, 22, 30.222, 10.47, "torchvision", None),
    # The column "params" of Table 1, added up: its K are 1024.
    ("googlenet_paper", *GOOGLENET, *IMAGENET, 22, None, 10.07, "Table 3 (one network, one crop)", 6797.7 * 1024),
    *((f"plain{depth}", *RESNET, *CIFAR, depth, None, None, None, None) for depth in (20, 32, 44, 56, 110)),
    ("resnet20", *RESNET, *CIFAR, 20, 8.75, None, "Table 6", 0.27e6),
    ("resnet32", *RESNET, *CIFAR, 32, 7.51, None, "Table 6", 0.46e6),
    ("resnet44", *RESNET, *CIFAR, 44, 7.17, None, "Table 6", 0.66e6),
    ("resnet56", *RESNET, *CIFAR, 56, 6.97, None, "Table 6", 0.85e6),
    ("resnet110", *RESNET, *CIFAR, 110, 6.43, None, "Table 6 (the best of five)", 1.7e6),
    ("plain18", *RESNET, *IMAGENET, 18, 27.94, None, TABLE_2, None),
    ("plain34", *RESNET, *IMAGENET, 34, 28.54, 10.02, TABLE_3, None),
    # The ResNet-18 of Table 2 has zero-padded shortcuts (option A), the one here projections (option B).
    ("resnet18", *RESNET, *IMAGENET, 18, 27.88, None, TABLE_2, None),
    ("resnet34", *RESNET, *IMAGENET, 34, 24.52, 7.46, TABLE_3, None),
    ("resnet50", *RESNET, *IMAGENET, 50, 22.85, 6.71, TABLE_3, None),
    ("resnet101", *RESNET, *IMAGENET, 101, 21.75, 6.05, TABLE_3, None),
    ("resnet152", *RESNET, *IMAGENET, 152, 21.43, 5.71, TABLE_3, None),
]
CARDS = {row[0]: Card(*row) for row in _ROWS}
