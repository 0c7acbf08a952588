"""Augmentation of a whole batch at once, where the batch lies.

Each is a function of (images (N, C, H, W), generator) that returns images of the same shape; ``generator`` is a
``torch.Generator`` on the images' device.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from cnnlib import _arguments as arguments

Augmentation = Callable[[torch.Tensor, torch.Generator], torch.Tensor]


def flip() -> Augmentation:
    """Mirror half of the images, left to right."""

    def mirror(images, generator):
        chosen = torch.rand(len(images), 1, 1, 1, device=images.device, generator=generator) < 0.5
        return torch.where(chosen, images.flip(-1), images)

    return mirror


def shift(pixels: int) -> Augmentation:
    """Move each image by up to ``pixels`` in both directions; what comes in from outside is 0.

    With pixels = 4 this is the crop from padded images with which He et al. (2016) train on CIFAR-10.
    """
    pixels = arguments.integer("pixels", pixels, 1)

    def move(images, generator):
        N, _, H, W = images.shape
        padded = F.pad(images, (pixels,) * 4)
        windows = padded.unfold(2, H, 1).unfold(3, W, 1)  # (N, C, corners down, corners right, H, W), a view
        down, right = torch.randint(2 * pixels + 1, (2, N), device=images.device, generator=generator)
        return windows[torch.arange(N, device=images.device), :, down, right]

    return move
