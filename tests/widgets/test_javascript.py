"""The figures' arithmetic in Node.js: tests beside this file, some of whose numbers PyTorch computes here."""

import base64
import json

import numpy as np
import torch
import torch.nn.functional as F

from cnnlib import models
from cnnlib.machine import javascript
from cnnlib.widgets.lenet_draw import quantise, restore


def encoded(values):
    return base64.b64encode(bytes(values)).decode()


def lenet_cases():
    """A network with weights at random, and all that it makes of some pictures, in its layers' order."""
    torch.manual_seed(0)
    weights, scales = quantise(models.build("lenet5_modern"))
    net, pictures = restore(weights, scales), []
    for ink in (0, 255, torch.randint(0, 256, (32, 32)), torch.randint(0, 256, (32, 32))):
        image = torch.zeros(32, 32, dtype=torch.uint8) + torch.as_tensor(ink, dtype=torch.uint8)
        with torch.no_grad():
            out = {"C1": F.relu(net.C1(image[None, None] / 255))}
            out["S2"] = net.S2(out["C1"])
            out["C3"] = F.relu(net.C3(out["S2"]))
            out["S4"] = net.S4(out["C3"])
            out["C5"] = F.relu(net.C5(out["S4"]))
            out["F6"] = F.relu(net.F6(out["C5"].flatten(1)))
            out["scores"] = net(image[None, None] / 255)
            out["probabilities"] = out["scores"].softmax(1)
        expected = {name: values.flatten().tolist() for name, values in out.items()}
        pictures.append({"picture": encoded(image.numpy()), "expected": expected})
    return {"weights": encoded(weights), "scales": encoded(scales), "pictures": pictures}


def convolution_cases():
    """Small grids and kernels of whole numbers, which give the same sums in any order."""
    random, cases = np.random.default_rng(0), []
    for _ in range(40):
        grid = random.integers(-9, 10, random.integers(2, 9, 2))
        kernel = random.integers(-9, 10, random.integers(1, 4, 2))
        options = {"stride": random.integers(1, 5), "padding": random.integers(0, 4), "dilation": random.integers(1, 3)}
        options = {name: int(value) for name, value in options.items()}
        reach = options["dilation"] * (np.array(kernel.shape) - 1)
        if (np.array(grid.shape) + 2 * options["padding"] <= reach).any():
            continue
        inputs, weights = (torch.tensor(matrix, dtype=torch.float64)[None, None] for matrix in (grid, kernel))
        expected = F.conv2d(inputs, weights, **options)[0, 0].tolist()
        cases.append({"grid": grid.tolist(), "kernel": kernel.tolist(), **options, "expected": expected})
    return cases


def test_arithmetic_in_node(tmp_path):
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps({"lenet": lenet_cases(), "convolution": convolution_cases()}))
    done = javascript.test(variables={"CNNLIB_TORCH_CASES": str(cases)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped 0" in done.stdout  # it found its cases
