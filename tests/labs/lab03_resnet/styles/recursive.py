"""Functions of functions, recursion, and hardly an assignment to an entry."""

# %% misprint
import math

import torch
import torch.nn.functional as F
from torch import nn


def misprint(layers, shape, parameters, flops):
    from functools import reduce

    def pair(a, b):
        return a[0] + b[0], a[1] + b[1]

    def fitted(layer, n):
        return (n + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1

    def read(layer, C, H, W):
        """(parameters, FLOPs), and the shape after the layer."""
        if layer["type"] == "norm":
            return (2 * C, 0), (C, H, W)
        if layer["type"] == "average":
            return (0, 0), (C, 1, 1)
        if layer["type"] == "linear":
            weights = layer["out"] * C * H * W
            return (weights + layer["out"] * layer["bias"], 2 * weights), (layer["out"], 1, 1)
        H, W = fitted(layer, H), fitted(layer, W)
        if min(H, W) < 1:
            raise ValueError("no map is left")
        if layer["type"] == "pool":
            return (0, 0), (C, H, W)
        filters, rest = divmod(C, layer["groups"])
        if rest:
            raise ValueError("groups")
        weights = layer["out"] * filters * layer["kernel"] ** 2
        return (weights + layer["bias"] * layer["out"], 2 * weights * H * W), (layer["out"], H, W)

    def walk(rest, at):
        if not rest:
            return 0, 0
        here, after = read(rest[0], *at)
        return pair(here, walk(rest[1:], after))

    def possible(rest):
        try:
            return walk(rest, shape)
        except ValueError:
            return None

    def search(before, rest):
        layer, after = rest[0], rest[1:]
        edits = {"left out": []}
        for change, key, value in (("stride 1", "stride", 1), ("no groups", "groups", 1), ("no bias", "bias", False)):
            if key in layer and layer[key] != value:
                edits[change] = [dict(layer, **{key: value})]
        for change, instead in edits.items():
            if possible(reduce(list.__add__, (before, instead, after))) == (parameters, flops):
                return len(before), change
        return search([*before, layer], after)

    return (*walk(layers, shape), *search([], layers))


# %% ledger
def ledger(nodes, shape):
    from functools import cache

    named = {node["name"]: node for node in nodes}
    order = list(named)

    def along(node, n, k, p):
        D, S = node.get("dilation", 1), node["stride"]
        fits = [t for t in range(-p, n + p, S) if t + D * (k - 1) < n + p]
        over = fits[-1] + S
        # a further window exists only where pixels are left that no window has seen
        hangs = node.get("ceil", False) and over < n and fits[-1] + D * (k - 1) < n + p - 1
        return len(fits) + hangs

    @cache
    def shape_of(name):
        node = named[name]
        first = shape_of(node["reads"][0]) if node["reads"] else shape
        match node["op"]:
            case "conv" | "pool":
                kernel, padding = (
                    v if isinstance(v, (tuple, list)) else (v, v) for v in (node["kernel"], node["padding"])
                )
                return (
                    node.get("out", first[0]),
                    *(along(node, *of) for of in zip(first[1:], kernel, padding, strict=True)),
                )
            case "linear" | "average":
                return node.get("out", first[0]), 1, 1
            case "concat":
                return sum(shape_of(read)[0] for read in node["reads"]), *first[1:]
        return tuple(first)

    def weights(node):
        if node["op"] == "linear":
            return node["out"] * math.prod(shape_of(node["reads"][0]))
        if node["op"] == "conv":
            return node["out"] * shape_of(node["reads"][0])[0] // node["groups"] * math.prod(node["kernel"])
        return 0

    def row(name):
        node, later = named[name], order[order.index(name) :]
        waiting = {read for reader in later for read in named[reader]["reads"] if read not in later}
        return {
            "shape": shape_of(name),
            "parameters": weights(node)
            + (node["out"] if node.get("bias") else 0)
            + (2 * shape_of(name)[0] if node["op"] == "norm" else 0),
            "macs": weights(node) * math.prod(shape_of(name)[1:]),
            "held": sum(math.prod(shape_of(other)) for other in {name, *waiting}),
        }

    return {name: row(name) for name in named}


# %% deepen
def deepen(state, after, x):
    def block(maps, i):
        return F.relu(
            F.batch_norm(
                F.conv2d(maps, state[f"conv{i}.weight"], padding="same"),
                torch.zeros_like(state[f"norm{i}.bias"]),
                torch.ones_like(state[f"norm{i}.bias"]),
                state[f"norm{i}.weight"],
                state[f"norm{i}.bias"],
                training=True,
                eps=1e-3,
            )
        )

    def arriving(i):
        return x if i < 0 else block(arriving(i - 1), i)

    def renamed(name):
        kind, number, rest = name[:4], name[4:].partition(".")[0], name[4:].partition(".")[2]
        return name if kind == "head" else f"{kind}{int(number) + (int(number) > after)}.{rest}"

    variance, mean = torch.var_mean(arriving(after), (0, 2, 3), correction=0)
    C = len(mean)
    norm = nn.BatchNorm2d(C, eps=1e-3)
    norm.load_state_dict(
        {"weight": (variance + norm.eps).sqrt(), "bias": mean, "running_mean": mean, "running_var": variance},
        strict=False,
    )
    return {
        **{renamed(name): value for name, value in state.items()},
        **{f"norm{after + 1}.{name}": value for name, value in norm.double().state_dict().items()},
        f"conv{after + 1}.weight": nn.init.dirac_(torch.empty(C, C, 3, 3)),
    }


# %% diagnose
def diagnose(log):
    def end(name):
        return log[name][-1]

    def relative(name):
        return end(name) / log[name][0]

    def geometric(values):
        return math.exp(sum(map(math.log, values)) / len(values))

    def asked(questions):
        (cause, holds), *rest = questions
        return cause if holds() else asked(rest)

    return asked([
        ("rate too high", lambda: not math.isfinite(end("loss")) or relative("loss") > 1),
        ("vanishing gradient", lambda: geometric(log["first"]) * 400 < geometric(log["last"])),
        ("rate too low", lambda: relative("loss") > 0.5),
        ("stale statistics", lambda: end("accuracy") > end("again") + 0.16),
        ("healthy", lambda: end("again") < end("test") + 0.08),
        ("wrong labels", lambda: end("test") * log["classes"] < 1 + 0.05 * log["classes"]),
        ("overfitting", lambda: True),
    ])  # fmt: skip
