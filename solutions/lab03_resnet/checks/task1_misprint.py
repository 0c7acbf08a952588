"""Task 1, a published total is off: its checks."""

from functools import lru_cache

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab

misprint = lab.task("misprint", "A published total is off", functions=["misprint"])


def conv(out, kernel=3, stride=1, padding=1, groups=1, bias=True):
    sizes = {"kernel": kernel, "stride": stride, "padding": padding}
    return {"type": "conv", "out": int(out), **sizes, "groups": int(groups), "bias": bool(bias)}


def network(rng, ending, odd=False):
    """Layers of a freshly drawn network, and the shape of its image.

    It has grouped convolutions, some without a bias, norms, strides that do not divide, and pooling. ``ending`` is
    "average", for a global average before the only linear layer, or "flat", for two linear layers without it. With
    ``odd``, layer 1 cannot be left out: the groups behind it do not divide what it reads.
    """
    size = int(rng.integers(84, 112))
    width = 8 * int(rng.choice([3, 5]) if odd else rng.integers(3, 6))
    layers = [conv(width, kernel=int(rng.choice([5, 7])), stride=2, padding=int(rng.integers(1, 3)))]
    for stage in range(3):
        plain, grouped = (width + 8 * int(n) for n in rng.permutation(4)[:2])
        groups = int(rng.choice([2, 4]))
        if odd and stage == 0:
            groups, (plain, grouped) = 16, (16 * int(n) for n in rng.permutation(np.arange(2, 6))[:2])
        stage_layers = [conv(plain), conv(grouped, kernel=int(rng.choice([3, 5])), padding=2, groups=groups)]
        stage_layers.insert(int(rng.integers(1, 3)), {"type": "norm"})
        stage_layers[0]["bias"] = bool(stage % 2 == 0)
        if stage == 1:
            stage_layers.append(conv(grouped + 16, stride=2, groups=2, padding=0))
        else:
            stage_layers.append({"type": "pool", "kernel": 3, "stride": 2, "padding": int(rng.integers(0, 2))})
        layers += stage_layers
        width = 2 * width
    if ending == "average":
        layers.append({"type": "average"})
    else:
        layers.append({"type": "linear", "out": 8 * int(rng.integers(20, 40)), "bias": True})
    return [*layers, {"type": "linear", "out": int(rng.integers(10, 100)), "bias": True}], (3, size, size + 6)


def edits(layers):
    """(number, change, layers after it), of all that may have happened to one layer."""
    for number, layer in enumerate(layers):
        yield number, "left out", layers[:number] + layers[number + 1 :]
        for change, key, value in (("no bias", "bias", False), ("no groups", "groups", 1), ("stride 1", "stride", 1)):
            if layer.get(key, value) != value:
                yield number, change, [*layers[:number], {**layer, key: value}, *layers[number + 1 :]]


def counted(layers, shape, *, groups=True, bias=None, bias_flops=0, norm=2, flatten=True, sides=2, up=0, before=0):
    """Parameters and MACs of ``layers``, or None where they do not fit together; the options make mistakes.

    ``sides`` of an axis are padded, ``up`` rounds sizes up, ``before`` counts MACs at the input's size, ``bias`` gives
    every layer one or takes it away.
    """
    (C, H, W), parameters, macs = shape, 0, 0
    for layer in layers:
        kind = layer["type"]
        size = H * W
        if kind in ("conv", "pool"):
            K, S, P = layer["kernel"], layer["stride"], layer["padding"]
            H, W = ((n + sides * P - K + up * (S - 1)) // S + 1 for n in (H, W))
        if kind == "average":
            H = W = 1
        if min(H, W) < 1 or C % layer.get("groups", 1):
            return None
        if kind == "norm":
            parameters += norm * C
        if kind in ("conv", "linear"):
            fan_in = C // (layer["groups"] if groups else 1) * layer["kernel"] ** 2 if kind == "conv" else 0
            if kind == "linear":
                fan_in, H, W = (C * H * W if flatten else C), 1, 1
            C = layer["out"]
            has_bias = layer["bias"] if bias is None else bias
            parameters += C * fan_in + C * has_bias
            outputs = size if before and kind == "conv" else H * W
            macs += (C * fan_in + bias_flops * C * has_bias) * outputs
    return parameters, macs


def published(layers, shape):
    """Parameters and FLOPs, two for a multiplication with its addition."""
    found = counted(layers, shape)
    return found and (found[0], 2 * found[1])


@lru_cache(4096)  # all implementations are asked the same
def drawn(seed, change, kinds, ending, odd):
    """A network and totals that one change alone explains, of a layer of those kinds, which is not the first.

    With ``odd``, an impossible change comes before it, by the layers' numbers.
    """
    rng = np.random.default_rng(seed)
    while True:
        layers, shape = network(rng, ending, odd)
        possible = [(number, how, published(edited, shape)) for number, how, edited in edits(layers)]
        least = 1 + next((n for n, _, t in possible if odd and not t), 0)
        fit = [(n, how, t) for n, how, t in possible if n >= least and how == change and t]
        fit = [case for case in fit if layers[case[0]]["type"] in kinds]
        if not fit:
            continue
        number, _, totals = fit[rng.integers(len(fit))]
        same = [n for n, _, others in possible if others == totals]
        if same == [number] and published(layers, shape) != totals:
            return layers, shape, *totals


def slip(rng, change, kinds, ending="flat", odd=False):
    """Arguments for ``misprint``."""
    layers, *rest = drawn(int(rng.integers(2**62)), change, kinds, ending, odd)
    return [dict(layer) for layer in layers], *rest


@misprint.check(points=1)
def own_totals(student, rng):
    "The totals of the network itself, with groups, norms, biases that are missing, and sizes that do not divide."
    for ending in ("flat", "average"):
        answer = four(student.misprint(*slip(rng, "left out", ("conv",), ending)))
        yield {name: answer[name] for name in ("parameters", "flops")}


def four(answer):
    """The four items of an answer by name."""
    if isinstance(answer, (tuple, list)) and len(answer) == 4:
        parameters, flops, layer, change = answer
        return {"parameters": parameters, "flops": flops, "layer": layer, "change": change}
    wrong("it is None; was a return forgotten?" if answer is None else "misprint must give four things")


def found(student, rng, *slips):
    """{network: {"layer", "change"}} of some slips.

    No layer and no change is right for all networks of an answer, so that none is right by chance.
    """
    answers = [four(student.misprint(*slip(rng, *arguments))) for arguments in slips]
    return {
        f"network {number}": {name: answer[name] for name in ("layer", "change")}
        for number, answer in enumerate(answers, 1)
    }


@misprint.check(points=2)
def left_out(student, rng):
    "A layer with weights was left out: a convolution, and a linear layer; then where other changes are impossible."
    for odd in (False, True):
        yield found(student, rng, *(("left out", (kind,), "flat", odd) for kind in ("conv", "linear")))


@misprint.check(points=1)
def no_weights(student, rng):
    "A layer without weights was left out, which shows in those after it: pooling, and the global average."
    yield found(student, rng, *(("left out", (kind,), "average") for kind in ("pool", "average")))


@misprint.check(points=2)
def small_print(student, rng):
    "A bias was forgotten, and a norm left out, which FLOPs do not tell; or a stride, which parameters do not tell."
    bias = "no bias", ("conv",)
    yield found(student, rng, bias, ("left out", ("norm",), "average"))
    yield found(student, rng, (*bias, "flat", True), ("stride 1", ("pool",), "average"))


@misprint.check(points=2)
def groups_and_strides(student, rng):
    "Groups were forgotten, and in another network a stride: of a convolution, and of pooling."
    for kind, endings, odd in (("conv", ("flat", "average"), False), ("pool", ("average", "flat"), True)):
        yield found(student, rng, ("no groups", ("conv",), endings[0], odd), ("stride 1", (kind,), endings[1], odd))
