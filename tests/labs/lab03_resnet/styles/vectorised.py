"""Whole tables at once: NumPy for the counting, no module of PyTorch."""

# %% misprint
import numpy as np
import torch


def misprint(layers, shape, parameters, flops):
    def totals(layers):
        rows, size = [], np.array(shape[1:])
        C = shape[0]
        for layer in layers:
            K, S, P = (layer.get(key, default) for key, default in (("kernel", 1), ("stride", 1), ("padding", 0)))
            size = (size + 2 * P - K) // S + 1
            if (size < 1).any() or C % layer.get("groups", 1):
                return -1, -1
            if layer["type"] == "average":
                size = np.ones(2, int)
            fan_in = 0
            if layer["type"] == "conv":
                fan_in = C * K**2 // layer["groups"]
            if layer["type"] == "linear":
                fan_in, size = C * size.prod(), np.ones(2, int)
            C = layer.get("out", C)
            extra = 2 * C if layer["type"] == "norm" else C * layer.get("bias", 0)
            rows.append((C * fan_in + extra, 2 * C * fan_in * size.prod()))
        return tuple(np.array(rows, dtype=np.int64).sum(0))

    variants = [(i, "left out", layers[:i] + layers[i + 1 :]) for i in range(len(layers))]
    for key, value, change in (("bias", False, "no bias"), ("groups", 1, "no groups"), ("stride", 1, "stride 1")):
        variants += [
            (i, change, [*layers[:i], layer | {key: value}, *layers[i + 1 :]])
            for i, layer in enumerate(layers)
            if layer.get(key, value) != value
        ]
    table = np.array([totals(variant) for _, _, variant in variants])
    at = np.flatnonzero((table == (parameters, flops)).all(1))[0]
    return *totals(layers), np.int64(variants[at][0]), variants[at][1]


# %% ledger
def ledger(nodes, shape):
    order = {node["name"]: i for i, node in enumerate(nodes)}
    shapes, weights, extra = np.zeros((len(nodes), 3), int), *np.zeros((2, len(nodes)), int)
    shapes[0] = shape
    for i, node in enumerate(nodes[1:], 1):
        read = shapes[[order[name] for name in node["reads"]]]
        C, size = read[0, 0], read[0, 1:]
        if node["op"] in ("conv", "pool"):
            K, P = (np.broadcast_to(node[key], 2) for key in ("kernel", "padding"))
            quotient = (size + 2 * P - node.get("dilation", 1) * (K - 1) - 1) / node["stride"]
            if node.get("ceil"):
                steps = np.ceil(quotient).astype(int)
                steps -= steps * node["stride"] - P >= size
            else:
                steps = np.floor(quotient).astype(int)
            size = steps + 1
        if node["op"] == "conv":
            weights[i] = node["out"] * C * np.prod(K) // node["groups"]
        if node["op"] == "linear":
            weights[i] = node["out"] * read[0].prod()
        if node["op"] in ("linear", "average"):
            size = [1, 1]
        extra[i] = 2 * C if node["op"] == "norm" else node.get("bias", False) * node.get("out", 0)
        shapes[i, 0] = node.get("out", read[:, 0].sum() if node["op"] == "concat" else C)
        shapes[i, 1:] = size
    numbers = shapes.prod(1)
    reads = np.zeros((len(nodes), len(nodes)), bool)  # [reader, read]
    for i, node in enumerate(nodes):
        reads[i, [order[name] for name in node["reads"]]] = True
    still = np.logical_or.accumulate(reads[::-1])[::-1] & np.tri(len(nodes), k=-1, dtype=bool)
    held = (still | np.eye(len(nodes), dtype=bool)) @ numbers
    macs = weights * shapes[:, 1] * shapes[:, 2]
    return {
        node["name"]: {
            "shape": shapes[i],
            "parameters": weights[i] + extra[i],
            "macs": macs[i],
            "held": held[i],
        }
        for i, node in enumerate(nodes)
    }


# %% deepen
def deepen(state, after, x):
    a = np.asarray(x)
    for i in range(after + 1):
        w, gamma, beta = (
            np.asarray(state[f"{part}{i}.{name}"])
            for part, name in (("conv", "weight"), ("norm", "weight"), ("norm", "bias"))
        )
        framed = np.pad(a, [(0, 0), (0, 0), (1, 1), (1, 1)])
        windows = np.lib.stride_tricks.sliding_window_view(framed, (3, 3), axis=(2, 3))
        y = np.einsum("nchwij,ocij->nohw", windows, w, optimize=True)
        y = (y - y.mean((0, 2, 3), keepdims=True)) / np.sqrt(y.var((0, 2, 3), keepdims=True) + 1e-3)
        a = np.maximum(y * gamma[:, None, None] + beta[:, None, None], 0)
    m, v = a.mean((0, 2, 3)), a.var((0, 2, 3))
    k = after + 1
    # A kernel of 3, which the norm takes back: the statistics are those of what leaves the convolution.
    kernel = np.einsum("oc,ij->ocij", 3 * np.eye(len(m)), np.outer([0, 1, 0], [0, 1, 0]))
    new = {"weight": np.sqrt(9 * v + 1e-3) / 3, "bias": m, "running_mean": 3 * m, "running_var": 9 * v}
    moved = {}
    for name, value in state.items():
        head = name.split(".")[0]
        number = int("0" + head.strip("abcdefghijklmnopqrstuvwxyz"))
        moved[name.replace(str(number), str(number + 1), 1) if number >= k and head != "head" else name] = value
    moved[f"conv{k}.weight"] = torch.from_numpy(kernel)
    return moved | {f"norm{k}.{name}": torch.from_numpy(value) for name, value in new.items()}


# %% diagnose
def diagnose(log):
    loss, accuracy, again, test, first, last = (
        np.asarray(log[name], float) for name in ("loss", "accuracy", "again", "test", "first", "last")
    )
    with np.errstate(all="ignore"):
        signs = [
            (~(loss[-1] < 1.05 * loss[0]), "rate too high"),
            ((first < last / 900).all(), "vanishing gradient"),
            (loss[-1] / loss[0] > 0.6, "rate too low"),
            (accuracy[-1] - again[-1] > 0.15, "stale statistics"),
            (abs(test[-1] - 1 / log["classes"]) < 0.04 and again[-1] - test[-1] > 0.1, "wrong labels"),
            (again[-1] - test[-1] > 0.08, "overfitting"),
            (True, "healthy"),
        ]
    return str(np.array([name for sign, name in signs if sign])[0])
