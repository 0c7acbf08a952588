"""LeNet-5: LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to document recognition".

    input   1 @ 32×32      background −0.1, ink 1.175
    C1      6 @ 28×28      5×5 convolution
    S2      6 @ 14×14      2×2 subsampling
    C3     16 @ 10×10      5×5 convolution, each map connected to some maps of S2 only
    S4     16 @  5×5       2×2 subsampling
    C5    120 @  1×1       5×5 convolution
    F6     84              fully connected
    output 10

``LeNet5`` is the paper's network: 60,000 trainable parameters. ``LeNet5Modern`` is what is called LeNet today:
every map of C3 sees all of S2, max pooling, rectifiers, and a linear output for the softmax: 61,706.
"""

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.models.card import Card, Network

__all__ = ["MODELS", "LeNet5", "LeNet5Modern"]

# Table I of the paper: the maps of S2 that each of the 16 maps of C3 is connected to.
CONNECTIONS = [
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
]  # fmt: skip

# The digits as 7×12 drawings, which F6 is to reproduce: +1 for ink, −1 elsewhere. Drawn after the paper's Figure 3.
DRAWINGS = """
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
..###.. ...#... ..###.. ..###.. ....##. .#####. ...##.. ####### ..###.. ..###..
.##.##. ..##... .#...#. .#...#. ...#.#. .#..... ..#.... #....#. ##...## .#...#.
##...## .###... #.....# ......# ..##.#. .#..... .#..... .....#. #.....# #.....#
#.....# ...#... ......# .....#. ..#..#. ###.... ##..... ....#.. ##...## #.....#
#.....# ...#... .....#. ..###.. .#...#. #..###. ##.###. ....#.. ..###.. #....##
#.....# ...#... ....#.. .....#. ##...#. ......# ##...## ...#... .##.##. .###.##
#.....# ...#... ...#... ......# ####### ......# #.....# ...#... ##...## .....##
##...## ...#... ..#.... ......# .....#. ......# #.....# ..#.... #.....# .....#.
.##.##. ...#... .#..... #....#. .....#. #....#. .#...#. ..#.... ##...## ....##.
..###.. .#####. ####### .####.. .....#. .####.. ..###.. .##.... ..###.. .###...
....... ....... ....... ....... ....... ....... ....... ....... ....... .......
"""


def squash(a: torch.Tensor) -> torch.Tensor:
    """The paper's scaled hyperbolic tangent, 1.7159 · tanh(2a/3): it maps ±1 to ±1."""
    return 1.7159 * torch.tanh(2 / 3 * a)


class Subsampling(nn.Module):
    """S2 and S4: the sum over 2×2 pixels, times one weight per map, plus one bias per map. (N, C, H, W) → H/2, W/2."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(maps, 1, 1).uniform_(-2.4 / 4, 2.4 / 4))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * (4 * F.avg_pool2d(x, 2)) + self.bias


class PartialConvolution(nn.Module):
    """C3: one 5×5 filter per map, over the maps of S2 that ``CONNECTIONS`` lists. (N, 6, H, W) → (N, 16, H−4, W−4)."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.ModuleList(nn.Conv2d(len(sources), 1, 5) for sources in CONNECTIONS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([conv(x[:, sources]) for conv, sources in zip(self.maps, CONNECTIONS, strict=True)], dim=1)


class RadialBasis(nn.Module):
    """The output layer: the squared distance from F6's 84 units to the drawing of each class. (N, 84) → (N, classes).

    The drawings are fixed, as the paper's were at first. For other than ten classes they are random, which the
    paper thinks of as well.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        codes = drawings().reshape(10, 84)
        if num_classes != 10:
            codes = np.random.default_rng(0).choice([-1.0, 1.0], (num_classes, 84))
        self.register_buffer("codes", torch.tensor(codes, dtype=torch.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return ((x[:, None] - self.codes) ** 2).sum(dim=2)


def drawings() -> np.ndarray:
    """The ten ``DRAWINGS`` as an array (10, 12, 7) of +1 and −1."""
    rows = [[row[8 * digit : 8 * digit + 7] for row in DRAWINGS.strip().split("\n")] for digit in range(10)]
    return np.array([[[1.0 if pixel == "#" else -1.0 for pixel in row] for row in digit] for digit in rows])


class LeNet5(nn.Module):
    """The network of 1998: (N, 1, 32, 32) → (N, classes), minus the penalties y of the paper's Equation 7.

    With the sign turned, the largest output is the answer, as in every other network here; and the cross-entropy
    of these outputs is the paper's Equation 9, but for its "rubbish" class.

    No layer pads, so that maps shrink between two subsamplings, too; the last maps are C5's, (N, 120, 1, 1).
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        num_classes = arguments.integer("num_classes", num_classes, 1)
        self.C1 = nn.Conv2d(1, 6, 5)
        self.S2 = Subsampling(6)
        self.C3 = PartialConvolution()
        self.S4 = Subsampling(16)
        self.C5 = nn.Conv2d(16, 120, 5)
        self.F6 = nn.Linear(120, 84)
        self.output = RadialBasis(num_classes)
        for layer in self.modules():  # uniform within ±2.4 / fan-in (the paper's Appendix A)
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                bound = 2.4 / layer.weight[0].numel()
                nn.init.uniform_(layer.weight, -bound, bound)
                nn.init.uniform_(layer.bias, -bound, bound)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps before S2, before S4, and at the end."""
        first = squash(self.C1(x))  # (N, 6, 28, 28)
        x = squash(self.S2(first))  # (N, 6, 14, 14)
        second = squash(self.C3(x))  # (N, 16, 10, 10)
        x = squash(self.S4(second))  # (N, 16, 5, 5)
        third = squash(self.C5(x))  # (N, 120, 1, 1)
        return [first, second, third]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """C5's maps, (N, 120, 1, 1)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 120, 1, 1) → (N, classes)."""
        x = squash(self.F6(maps.flatten(1)))  # (N, 84)
        return -self.output(x)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class LeNet5Modern(nn.Module):
    """LeNet-5 as it is built today: (N, 1, 32, 32) → (N, classes) scores before the softmax.

    No layer pads, so that maps shrink between two poolings, too; the last maps are C5's, (N, 120, 1, 1).
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.C1 = nn.Conv2d(1, 6, 5)
        self.S2 = nn.MaxPool2d(2)
        self.C3 = nn.Conv2d(6, 16, 5)
        self.S4 = nn.MaxPool2d(2)
        self.C5 = nn.Conv2d(16, 120, 5)
        self.F6 = nn.Linear(120, 84)
        self.output = nn.Linear(84, num_classes)

    def stages(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The last maps before S2, before S4, and at the end."""
        first = F.relu(self.C1(x))  # (N, 6, 28, 28)
        second = F.relu(self.C3(self.S2(first)))  # (N, 6, 14, 14) → (N, 16, 10, 10)
        third = F.relu(self.C5(self.S4(second)))  # (N, 16, 5, 5) → (N, 120, 1, 1)
        return [first, second, third]

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """C5's maps, (N, 120, 1, 1)."""
        return self.stages(x)[-1]

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 120, 1, 1) → (N, classes)."""
        return self.output(F.relu(self.F6(maps.flatten(1))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


published = partial(
    Card,
    paper="Gradient-based learning applied to document recognition",
    authors="LeCun, Bottou, Bengio, Haffner",
    year=1998,
    classes=10,
    input_size=(1, 32, 32),
)

LECTURE_ROW = "B2"
MODELS = {
    "lenet5": Network(
        LeNet5,
        published(depth=7, parameters=60_000, metrics={"top-1 error": 0.95}, source="§III.B (no distortions)"),
    ),
    "lenet5_modern": Network(LeNet5Modern, published(depth=5)),
}
