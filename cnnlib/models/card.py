"""What was published about a network: who, when, how deep, how large, and how good it was.

Metrics are of one network, as the source gives them: errors in per cent, on the validation set of ImageNet
(ILSVRC-2012) or the test sets of CIFAR-10 and MNIST. Sources test differently (one crop, ten, several sizes), so
numbers of two sources are no race. "torchvision" means the weights ``IMAGENET1K_V1`` that it publishes, one crop of
224 pixels.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from torch import nn

from cnnlib import _arguments as arguments

__all__ = ["Card", "Network"]


@dataclass(frozen=True, kw_only=True)
class Card:
    """One network as published. None, or no metric: not published for this very form."""

    name: str = ""  # given by the registry, which knows it from the family's ``MODELS``
    paper: str
    authors: str
    year: int
    classes: int  # of the data set it was made for: what ``build`` gives
    input_size: tuple[int, ...]  # (C, H, W)
    depth: int  # layers with weights from input to output, shortcuts and auxiliary classifiers not counted
    parameters: float | None = None  # as published, and rounded as there
    metrics: Mapping[str, float] = field(default_factory=dict)  # such as {"top-1 error": 25.6} or {"mIoU": 67.2}
    source: str | None = None  # of the metrics

    def __post_init__(self) -> None:
        if bool(self.metrics) != bool(self.source):
            arguments.fail("source", self.source, f"the paper's table where the metrics stand: {dict(self.metrics)}")

    @property
    def top1(self) -> float | None:
        """How often the first answer is wrong, in per cent; None where that was not published."""
        return self.metrics.get("top-1 error")

    @property
    def top5(self) -> float | None:
        """How often the right answer is not among the first five, in per cent; None where that was not published."""
        return self.metrics.get("top-5 error")


class Network(NamedTuple):
    """An entry of a family's ``MODELS``: what makes the network from a number of classes, and its card."""

    make: Callable[..., nn.Module]  # called with ``num_classes=``, and with what options it has
    card: Card
