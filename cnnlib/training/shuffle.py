"""The order of training: an epoch is every example once, in random order, a batch at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from cnnlib.training import batches
from cnnlib.training.batches import Tree


class Shuffle:
    """Batches (inputs, targets) of an epoch, drawn anew each time that it is gone through.

    ``inputs`` and ``targets`` lie on one device. Their order comes from a generator of the CPU's with ``seed``, the
    same on all devices, and what ``augment`` draws from one of the device's. The last examples are left out where they
    do not fill a batch. On a GPU images have their channels last.
    """

    def __init__(
        self,
        inputs: Tree,
        targets: Tree,
        batch_size: int,
        augment: Sequence[Callable[[Any, torch.Generator], Any]],
        seed: int,
        dtype: torch.dtype,
    ) -> None:
        self.inputs, self.targets, self.augment, self.dtype = inputs, targets, augment, dtype
        self.device = batches.leaves(inputs)[0].device
        self.batch_size = min(batch_size, batches.count(inputs))
        self.order = torch.Generator().manual_seed(seed)
        self.draws = torch.Generator(self.device).manual_seed(seed)

    def __len__(self) -> int:
        return batches.count(self.inputs) // self.batch_size

    def __iter__(self) -> Iterator[tuple[Tree, Tree]]:
        chosen = torch.randperm(batches.count(self.inputs), generator=self.order).to(self.device)
        for step in range(len(self)):
            rows = chosen[step * self.batch_size : (step + 1) * self.batch_size]
            x = batches.scale_pixels(batches.take(self.inputs, rows), self.dtype)
            for change in self.augment:
                x = change(x, self.draws)
            yield batches.put_channels_last(x) if self.device.type == "cuda" else x, batches.take(self.targets, rows)
