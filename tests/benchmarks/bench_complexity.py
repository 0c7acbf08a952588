"""Profiling ResNet-152 beside torchinfo, both on the meta device, on one thread.

Run by ``make bench``. They are timed in turns in one process, so that a busy machine slows both; the ratio is that of
the medians. torchinfo works multiply-adds out from parameters and output sizes of modules, so it sees less.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import statistics
import time

import torch
import torchinfo
import torchvision
from rich.console import Console
from rich.table import Table

from cnnlib.complexity import profile

ROUNDS = 15
SHAPE = (3, 224, 224)


def main():
    torch.set_num_threads(1)
    with torch.device("meta"):
        model = torchvision.models.resnet152(weights=None).eval()
    contestants = {
        "torchinfo": lambda: torchinfo.summary(model, (1, *SHAPE), device="meta", verbose=0),
        "cnnlib": lambda: profile(model, SHAPE),
    }
    seconds = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, function in contestants.items():
            began = time.perf_counter()
            function()
            if turn:  # the first turn imports what PyTorch leaves until then
                seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in seconds.items()}

    table = Table("ResNet-152, one thread", "median", "time / torchinfo")
    for name, median in medians.items():
        table.add_row(name, f"{median * 1e3:.0f} ms", f"{median / medians['torchinfo']:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
