"""Other names, more and smaller functions, and another way of thinking about each task."""

# %% misprint
from collections import namedtuple
from contextlib import suppress

import numpy as np
import torch

Slip = namedtuple("Slip", "place what")


class Impossible(Exception):
    pass


class Tally:
    """Walks through layers, and keeps what it has seen."""

    def __init__(self, depth, tall, broad):
        self.depth, self.tall, self.broad = depth, tall, broad
        self.learned = self.products = 0

    def slide(self, layer):
        for side in ("tall", "broad"):
            room = getattr(self, side) + 2 * layer["padding"] - layer["kernel"]
            if room < 0:
                raise Impossible
            setattr(self, side, 1 + room // layer["stride"])

    def use(self, fan_in, layer):
        self.depth = layer["out"]
        self.learned += self.depth * (fan_in + bool(layer["bias"]))
        self.products += self.depth * fan_in * self.tall * self.broad

    def conv(self, layer):
        if self.depth % layer["groups"]:
            raise Impossible
        self.slide(layer)
        self.use(self.depth // layer["groups"] * layer["kernel"] * layer["kernel"], layer)

    pool = slide

    def norm(self, layer):
        self.learned += self.depth + self.depth

    def average(self, layer):
        self.tall = self.broad = 1

    def linear(self, layer):
        fan_in = self.depth * self.tall * self.broad
        self.average(layer)
        self.use(fan_in, layer)


def tally(layers, shape):
    walker = Tally(*shape)
    for layer in layers:
        getattr(walker, layer["type"])(layer)
    return walker.learned, 2 * walker.products


def slips(layers):
    for place, layer in enumerate(layers):
        yield Slip(place, "left out"), None
        if layer.get("bias"):
            yield Slip(place, "no bias"), {"bias": False}
        if layer.get("groups", 0) > 1:
            yield Slip(place, "no groups"), {"groups": 1}
        if layer.get("stride", 0) > 1:
            yield Slip(place, "stride 1"), {"stride": 1}


def misprint(layers, shape, parameters, flops):
    # A catalogue of everything that could have been printed, looked up at the end.
    catalogue = {}
    for slip, correction in slips(layers):
        sheet = list(layers)
        if correction is None:
            sheet.pop(slip.place)
        else:
            sheet[slip.place] = {**sheet[slip.place], **correction}
        with suppress(Impossible):
            catalogue[tally(sheet, shape)] = slip
    return (*tally(layers, shape), *catalogue[parameters, flops])


# %% ledger
def _slots(extent, reach, step, margin, roomy):
    """How many windows there are along one axis."""
    whole, rest = divmod(extent + 2 * margin - reach, step)
    if roomy and rest and (whole + 1) * step < extent + margin:
        whole += 1
    return whole + 1


def _conv(node, maps):
    depth, *sides = maps[0]
    reach = [node["dilation"] * (k - 1) + 1 for k in node["kernel"]]
    sides = [_slots(*axis, False) for axis in zip(sides, reach, [node["stride"]] * 2, node["padding"], strict=True)]
    weights = node["out"] * (depth // node["groups"]) * node["kernel"][0] * node["kernel"][1]
    return (node["out"], *sides), weights, node["out"] if node["bias"] else 0


def _pool(node, maps):
    depth, *sides = maps[0]
    fixed = node["kernel"], node["stride"], node["padding"], node["ceil"]
    return (depth, *(_slots(side, *fixed) for side in sides)), 0, 0


def _linear(node, maps):
    depth, tall, broad = maps[0]
    return (node["out"], 1, 1), node["out"] * depth * tall * broad, node["out"] * int(node["bias"])


def _concat(node, maps):
    return (sum(m[0] for m in maps), maps[0][1], maps[0][2]), 0, 0


RULES = {
    "conv": _conv,
    "pool": _pool,
    "linear": _linear,
    "concat": _concat,
    "norm": lambda node, maps: (maps[0], 0, 2 * maps[0][0]),
    "average": lambda node, maps: ((maps[0][0], 1, 1), 0, 0),
    "relu": lambda node, maps: (maps[0], 0, 0),
    "add": lambda node, maps: (maps[0], 0, 0),
}


def ledger(nodes, shape):
    # Readers that are still to come are counted down, as a memory manager would do it.
    pending = {node["name"]: 0 for node in nodes}
    for node in nodes:
        for read in set(node["reads"]):
            pending[read] += 1
    book, memory = {}, {}
    for node in nodes:
        maps = [tuple(book[read]["shape"]) for read in node["reads"]]
        given, weights, more = RULES[node["op"]](node, maps) if maps else (tuple(shape), 0, 0)
        memory[node["name"]] = given[0] * given[1] * given[2]
        book[node["name"]] = {
            "held": sum(memory.values()),
            "macs": weights * given[1] * given[2],
            "parameters": weights + more,
            "shape": np.array(given),
        }
        for read in set(node["reads"]):
            pending[read] -= 1
            if pending[read] == 0:
                del memory[read]
    return book


# %% deepen
def _heard(state, after, images):
    """What leaves a block in train mode, overheard by a hook on the norm."""
    heard = []

    def listen(module, inputs, output):
        heard.append(output.detach().clamp(min=0))

    net = Plain.of(state).train()  # noqa: F821 - stands in the notebook
    getattr(net, f"norm{after}").register_forward_hook(listen)
    net(images)
    return heard[0]


def deepen(state, after, x):
    maps = _heard(state, after, x).transpose(0, 1).flatten(1)  # (C, N·H·W)
    centre = maps.mean(1)
    spread = (maps - centre[:, None]).square().mean(1)
    blocks, head = {}, {}
    for name, value in state.items():
        place, _, entry = name.partition(".")
        if place == "head":
            head[name] = value
        elif entry != "num_batches_tracked":
            blocks.setdefault(int(place[4:]), {})[place[:4], entry] = value
    chain = [blocks[number] for number in sorted(blocks)]
    kernel = torch.nn.functional.pad(torch.eye(len(centre), dtype=torch.float64)[:, :, None, None], (1, 1, 1, 1))
    fresh = {("conv", "weight"): kernel, ("norm", "weight"): (spread + 0.001).pow(0.5), ("norm", "bias"): centre}
    fresh |= {("norm", "running_mean"): centre, ("norm", "running_var"): spread}
    chain.insert(after + 1, fresh)
    for number, entries in enumerate(chain):
        for (place, entry), value in entries.items():
            head[f"{place}{number}.{entry}"] = value
    return head


# %% diagnose
def diagnose(log):
    # Distances from what each cause promises; what fits best wins, among the causes that are possible at all.
    came = log["loss"][-1] / log["loss"][0]
    if came != came or came > 1:
        return "rate too high"
    arrives = min(f / g for f, g in zip(log["first"], log["last"], strict=True))
    if arrives < 1 / 350:
        return "vanishing gradient"
    if came > 0.57:
        return "rate too low"
    luck = 1 / log["classes"]
    during, again, test = (log[name][-1] for name in ("accuracy", "again", "test"))
    if during - again >= 0.14:
        return "stale statistics"
    if again - test < 0.08:
        return "healthy"
    return "wrong labels" if abs(test - luck) < abs(test - luck - 0.1) else "overfitting"
