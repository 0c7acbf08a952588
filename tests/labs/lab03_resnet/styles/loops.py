"""Loops and plain variables, one step after the other; modules where PyTorch has them."""

# %% misprint
import copy
import math

import torch
import torch.nn.functional as F


def count(layers, shape):
    channels, height, width = shape
    params = 0
    operations = 0
    for layer in layers:
        if layer["type"] == "conv":
            if channels % layer["groups"] != 0:
                return None
            height = (height + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1
            width = (width + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1
            if height <= 0 or width <= 0:
                return None
            per_filter = channels // layer["groups"] * layer["kernel"] * layer["kernel"]
            channels = layer["out"]
            params += channels * per_filter
            operations += 2 * channels * per_filter * height * width
            if layer["bias"]:
                params += channels
        elif layer["type"] == "pool":
            height = (height + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1
            width = (width + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1
            if height <= 0 or width <= 0:
                return None
        elif layer["type"] == "norm":
            params += 2 * channels
        elif layer["type"] == "average":
            height = 1
            width = 1
        else:
            inputs = channels * height * width
            channels = layer["out"]
            height = 1
            width = 1
            params += channels * inputs
            operations += 2 * channels * inputs
            if layer["bias"]:
                params += channels
    return params, operations


def misprint(layers, shape, parameters, flops):
    own = count(layers, shape)
    for i in range(len(layers)):
        for change in ("left out", "no bias", "no groups", "stride 1"):
            other = copy.deepcopy(layers)
            if change == "left out":
                del other[i]
            elif change == "no bias":
                other[i]["bias"] = False
            elif change == "no groups":
                other[i]["groups"] = 1
            else:
                other[i]["stride"] = 1
            # an entry that was not there before does no harm
            if other[i : i + 1] == layers[i : i + 1] and change != "left out":
                continue
            if count(other, shape) == (parameters, flops):
                return [own[0], own[1], i, change]
    return [own[0], own[1], -1, ""]


# %% ledger
def numbers(shape):
    product = 1
    for n in shape:
        product = product * n
    return product


def windows(n, kernel, stride, padding, dilation, ceil):
    """Place one window after the other."""
    found = 0
    start = -padding
    while True:
        end = start + dilation * (kernel - 1)
        fits = end <= n - 1 + padding
        if not fits and not ceil:
            return found
        if not fits:
            # one more may hang over, if the one before did not end at the edge, and it starts on the map
            reached = start - stride + dilation * (kernel - 1)
            return found + (1 if reached < n - 1 + padding and start < n else 0)
        found += 1
        start += stride


def ledger(nodes, shape):
    table = {}
    for node in nodes:
        reads = []
        for name in node["reads"]:
            reads.append(table[name]["shape"])
        parameters = 0
        macs = 0
        if node["op"] == "input":
            out = shape
        elif node["op"] == "conv":
            C, H, W = reads[0]
            kh, kw = node["kernel"]
            ph, pw = node["padding"]
            H = windows(H, kh, node["stride"], ph, node["dilation"], False)
            W = windows(W, kw, node["stride"], pw, node["dilation"], False)
            out = (node["out"], H, W)
            parameters = node["out"] * (C // node["groups"]) * kh * kw
            macs = parameters * H * W
            if node["bias"]:
                parameters += node["out"]
        elif node["op"] == "pool":
            C, H, W = reads[0]
            H = windows(H, node["kernel"], node["stride"], node["padding"], 1, node["ceil"])
            W = windows(W, node["kernel"], node["stride"], node["padding"], 1, node["ceil"])
            out = (C, H, W)
        elif node["op"] == "norm":
            out = reads[0]
            parameters = 2 * out[0]
        elif node["op"] == "average":
            out = (reads[0][0], 1, 1)
        elif node["op"] == "linear":
            macs = node["out"] * numbers(reads[0])
            parameters = macs
            if node["bias"]:
                parameters += node["out"]
            out = (node["out"], 1, 1)
        elif node["op"] == "concat":
            C = 0
            for read in reads:
                C += read[0]
            out = (C, reads[0][1], reads[0][2])
        else:
            out = reads[0]
        table[node["name"]] = {"shape": list(out), "parameters": parameters, "macs": macs, "held": 0}
    for i in range(len(nodes)):
        held = numbers(table[nodes[i]["name"]]["shape"])
        for j in range(i):
            wanted = False
            for k in range(i, len(nodes)):
                if nodes[j]["name"] in nodes[k]["reads"]:
                    wanted = True
            if wanted:
                held += numbers(table[nodes[j]["name"]]["shape"])
        table[nodes[i]["name"]]["held"] = held
    return table


# %% deepen
def deepen(state, after, x):
    old = Plain.of(state)  # noqa: F821 - stands in the notebook
    old.train()
    with torch.no_grad():
        a = x
        for i in range(after + 1):
            a = F.relu(getattr(old, f"norm{i}")(getattr(old, f"conv{i}")(a)))
    widths = []
    for i in range(old.depth):
        widths.append(len(state[f"norm{i}.weight"]))
    new = Plain([*widths[: after + 1], widths[after], *widths[after + 1 :]])  # noqa: F821
    C = widths[after]
    result = new.state_dict()
    parts = ["conv{}.weight", "norm{}.weight", "norm{}.bias", "norm{}.running_mean", "norm{}.running_var"]
    for i in range(old.depth):
        for part in parts:
            result[part.format(i if i <= after else i + 1)] = state[part.format(i)]
    result["head.weight"] = state["head.weight"]
    result["head.bias"] = state["head.bias"]
    kernel = torch.zeros(C, C, 3, 3)
    for c in range(C):
        kernel[c, c, 1, 1] = 1.0
    k = after + 1
    result[f"conv{k}.weight"] = kernel
    for c in range(C):
        m = a[:, c].mean()
        v = ((a[:, c] - m) ** 2).mean()
        result[f"norm{k}.weight"][c] = (v + 0.001) ** 0.5
        result[f"norm{k}.bias"][c] = m
        result[f"norm{k}.running_mean"][c] = m
        result[f"norm{k}.running_var"][c] = v
    return result


# %% diagnose
def diagnose(log):
    last_loss = log["loss"][-1]
    first_loss = log["loss"][0]
    if math.isnan(last_loss):
        return "rate too high"
    if last_loss > first_loss:
        return "rate too high"
    small = True
    for f, g in zip(log["first"], log["last"], strict=True):
        if f > g / 500:
            small = False
    if small:
        return "vanishing gradient"
    if last_loss > first_loss / 2:
        return "rate too low"
    if log["again"][-1] < log["accuracy"][-1] - 0.15:
        return "stale statistics"
    chance = 1 / log["classes"]
    if log["test"][-1] < log["again"][-1] - 0.08:
        if log["test"][-1] < chance + 0.06:
            return "wrong labels"
        return "overfitting"
    return "healthy"
