"""Training a small network on CIFAR-sized images: ``training.fit`` beside the usual loop over a ``DataLoader``.

Run by ``make bench``. Both shift and mirror every image, take the same steps, and run in turns in one process on the
same threads, so that a busy machine slows both; the ratio is that of the medians. The ``DataLoader`` is given as many
workers as there are processors, and none; its images are Pillow's, as those of torchvision's CIFAR-10, and tensors. The
best of the four counts.
"""

import os
import statistics
import time

import torch
import torch.nn.functional as F
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from cnnlib import training

IMAGES, BATCH, ROUNDS = 10_000, 128, 5


def network():
    """A few layers, of the size that a student begins with: (N, 3, 32, 32) → (N, 10)."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    )  # fmt: skip


class Images(Dataset):
    """As every tutorial has it: an image is fetched, augmented and turned to floats by itself."""

    def __init__(self, kind, images, labels):
        self.kind, self.images, self.labels = kind, images, labels
        to_floats = [v2.ToImage()] if kind == "Pillow" else []
        to_floats.append(v2.ToDtype(torch.float32, scale=True))
        self.transform = v2.Compose([v2.RandomCrop(32, padding=4), v2.RandomHorizontalFlip(), *to_floats])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index]
        if self.kind == "Pillow":
            image = Image.fromarray(image.permute(1, 2, 0).numpy())
        return self.transform(image), self.labels[index]


def usual(loader):
    """One epoch of the usual loop."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    for x, y in loader:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def main():
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (IMAGES, 3, 32, 32), dtype=torch.uint8, generator=generator)
    labels = torch.randint(10, (IMAGES,), generator=generator)
    loaders = {
        f"DataLoader, {kind}, {workers} workers": DataLoader(
            Images(kind, images, labels),
            BATCH,
            shuffle=True,
            drop_last=True,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
        for kind in ("Pillow", "tensors")
        for workers in (0, os.cpu_count())
    }
    augment = [training.shift(4), training.flip()]
    contestants = {name: lambda loader=loader: usual(loader) for name, loader in loaders.items()}
    contestants["cnnlib.training"] = lambda: training.fit(
        network(), (images, labels), epochs=1, batch_size=BATCH, augment=augment, device="cpu", progress=False
    )
    seconds = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, epoch in contestants.items():
            began = time.perf_counter()
            epoch()
            if turn:  # the first turn starts the workers
                seconds[name].append(time.perf_counter() - began)
    rates = {name: IMAGES // BATCH * BATCH / statistics.median(times) for name, times in seconds.items()}
    best = max(rate for name, rate in rates.items() if name in loaders)
    table = Table(
        f"one epoch of {IMAGES:,} images, {torch.get_num_threads()} threads", "images/s", "to the best DataLoader"
    )
    for name, rate in rates.items():
        table.add_row(name, f"{rate:,.0f}", f"{rate / best:.1f}×")
    Console().print(table)


if __name__ == "__main__":
    main()
