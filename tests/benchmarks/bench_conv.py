"""Convolution in NumPy beside PyTorch's: time on one thread, and peak memory. 8×64×56×56, 64 filters of 3×3.

Run by ``make bench``. They are timed in turns in one process, so that a busy machine slows all; the ratio is that of
the medians. Memory is the peak while ``conv2d_matmul`` runs, over what input x and output y take together.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import statistics
import time
import tracemalloc

import numpy as np
import torch
import torch.nn.functional as F
from rich.console import Console
from rich.table import Table

from cnnlib import conv

ROUNDS = 15


def main():
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 64, 56, 56)).astype(np.float32)
    w = rng.standard_normal((64, 64, 3, 3)).astype(np.float32)
    tensors = torch.tensor(x), torch.tensor(w)
    contestants = {
        "torch conv2d": lambda: F.conv2d(*tensors, padding=1),
        "conv2d_matmul": lambda: conv.conv2d_matmul(x, w, padding=1),
        "conv2d_windows": lambda: conv.conv2d_windows(x, w, padding=1),
    }
    seconds = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, function in contestants.items():
            if name.endswith("windows") and turn > 1:
                continue  # slow, and not the one that has to keep up
            began = time.perf_counter()
            function()
            if turn:  # the first turn warms caches up
                seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    baseline = medians["torch conv2d"]

    tracemalloc.start()  # NumPy reports its arrays to tracemalloc; PyTorch does not
    y = conv.conv2d_matmul(x, w, padding=1)
    peak = x.nbytes + tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    table = Table("one thread", "median", "time / PyTorch", "memory / (x + y)")
    for name, median in medians.items():
        memory = f"{peak / (x.nbytes + y.nbytes):.2f}" if name.endswith("matmul") else ""
        table.add_row(name, f"{median * 1e3:.1f} ms", f"{median / baseline:.2f}", memory)
    Console().print(table)


if __name__ == "__main__":
    main()
