"""A 21 × 21 loss surface of a plain 56-layer network on 256 images of 8 × 8 pixels, beside the loop written naively.

Run by ``make bench``, on two threads as on the laptop that the book is for. For each point the naive loop copies
the model, sets the weights of the copy, and calls it. It is timed over one row of the grid, and ours as well, in
turns in one process, so that a busy machine slows both; the ratio is that of the medians of the rows.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "2"

import copy
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F
from rich.console import Console
from rich.table import Table

from cnnlib import landscape, models
from cnnlib.landscape import filter_normalised

STEPS, IMAGES = 21, 256


def naive(model, data, directions, points):
    """The loss at each of the ``points`` (α, β), with BatchNorm on the statistics of the batch."""
    losses = []
    for alpha, beta in points:
        twin = copy.deepcopy(model).train()
        for name, weight in twin.named_parameters():
            if name in directions[0]:
                weight.data = weight.data + alpha * directions[0][name] + beta * directions[1][name]
        with torch.no_grad():
            losses.append(F.cross_entropy(twin(data[0]), data[1]).item())
    return losses


def main():
    torch.set_num_threads(2)
    torch.manual_seed(0)
    model = models.build("plain56", num_classes=10)
    data = torch.rand(IMAGES, 3, 8, 8), torch.randint(10, (IMAGES,))
    directions = filter_normalised(model)
    rows, ours = [], []
    landscape.surface(model, data, steps=3)  # the first calls choose their algorithms
    began = time.perf_counter()
    surface = landscape.surface(model, data, steps=STEPS)
    whole = time.perf_counter() - began
    for alpha in surface.alphas[:: STEPS // 4]:
        points = [(alpha, beta) for beta in surface.betas]
        began = time.perf_counter()
        losses = naive(model, data, directions, points)
        rows.append(time.perf_counter() - began)
        np.testing.assert_allclose(losses, surface.losses[np.argmax(surface.alphas == alpha)], rtol=1e-3)
        began = time.perf_counter()
        landscape.surface(model, data, steps=5)  # 25 points
        ours.append((time.perf_counter() - began) * STEPS / 25)

    slow, quick = statistics.median(rows), statistics.median(ours)
    table = Table("plain56, 21 × 21 points, 256 images", "seconds", "time / naive")
    table.add_row("naive (from its rows)", f"{slow * STEPS:.1f}", "1.00")
    table.add_row("cnnlib (the whole, once)", f"{whole:.1f}", f"{quick / slow:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
