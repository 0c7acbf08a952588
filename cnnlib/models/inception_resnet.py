"""The Inception-ResNet-A block: Szegedy et al. (2017), "Inception-v4, Inception-ResNet and the impact of residual
connections on learning".

An inception module as the residual branch of a residual block: three branches of 1×1 and 3×3 convolutions, joined by
a 1×1 convolution without activation, which brings them back to the channels of x, and added to x. Above a thousand
filters training died until the branch was scaled down before the addition, by 0.1 to 0.3.
"""

import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.models.googlenet import conv_bn_relu

__all__ = ["InceptionResNetA"]


class InceptionResNetA(nn.Module):
    """(N, channels, H, W) → (N, channels, H, W). ``widths`` are the 3×3 convolutions of the longest branch.

    As it stands, the block of Inception-ResNet-v2 (the paper's Figure 16). That of v1 (Figure 10) has 256 channels and
    widths (32, 32). The published weights, and timm's ``Block35``, have 320 channels and scale 0.17.
    """

    def __init__(self, channels: int = 384, *, widths: tuple[int, int] = (48, 64), scale: float = 0.17) -> None:
        super().__init__()
        self.scale = scale
        self.short = conv_bn_relu(channels, 32, 1)
        self.middle = nn.Sequential(conv_bn_relu(channels, 32, 1), conv_bn_relu(32, 32, 3, padding=1))
        self.long = nn.Sequential(
            conv_bn_relu(channels, 32, 1),
            conv_bn_relu(32, widths[0], 3, padding=1),
            conv_bn_relu(widths[0], widths[1], 3, padding=1),
        )
        self.linear = nn.Conv2d(32 + 32 + widths[1], channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branches = torch.cat([self.short(x), self.middle(x), self.long(x)], dim=1)
        return F.relu(x + self.scale * self.linear(branches))

    def names_elsewhere(self) -> dict[str, str]:
        """timm's names in ``inception_resnet_v2``, and ours."""
        return {"branch0.": "short.", "branch1.": "middle.", "branch2.": "long.", "conv2d.": "linear."}
