"""Metrics over batches: parts and wholes are summed before they are divided."""

import math

import torch

from cnnlib.training import metrics


def test_parts_and_wholes_are_summed_first():
    sums = {}
    metrics.add(sums, {"accuracy": (torch.tensor(3), 4), "IoU": (torch.tensor([1, 0, 2]), torch.tensor([2, 0, 8]))})
    metrics.add(sums, {"accuracy": (torch.tensor(0), 1), "IoU": (torch.tensor([1, 0, 0]), torch.tensor([2, 0, 0]))})
    assert metrics.average(sums) == {"accuracy": 3 / 5, "IoU": (2 / 4 + 2 / 8) / 2}  # no mean over the class not seen


def test_nothing_seen_is_no_number():
    assert math.isnan(metrics.average({"IoU": (torch.zeros(3), torch.zeros(3))})["IoU"])
