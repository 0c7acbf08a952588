"""Metrics over many batches: the sums of their parts and wholes, and the averages in the end."""

import torch

from cnnlib.training.objectives.objective import Metrics


def add(sums: Metrics, metrics: Metrics) -> None:
    """Add the metrics of one batch to ``sums``, which begins as an empty dictionary."""
    for name, (part, whole) in metrics.items():
        if name in sums:
            sums[name] = sums[name][0] + part, sums[name][1] + whole
        else:
            sums[name] = part, whole


def average(sums: Metrics) -> dict[str, float]:
    """The numbers: part / whole, and for vectors the mean over those whose whole is not 0; NaN where none is."""
    return {name: _average(*pair) for name, pair in sums.items()}


def _average(part, whole):
    part, whole = (torch.as_tensor(number).detach().cpu().double() for number in (part, whole))
    seen = whole != 0
    return float((part / whole)[seen].mean())
