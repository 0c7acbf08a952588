"""Trusted checks of lab 3, and the mistakes that they recognise. Never released."""

import math
from functools import lru_cache

import numpy as np

from cnnlib.grading.checks import Lab, wrong

lab = Lab(__file__, packages=["numpy", "matplotlib", "torch"])
solution = lab.solution


# Task 1 ---------------------------------------------------------------------------------------------------------------

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


def searched(layers, shape, parameters, flops, count, change_sought=None, matches=None):
    """What a search finds that counts totals by ``count``: (own parameters, own FLOPs, layer, change)."""
    matches = matches or tuple.__eq__
    own = count(layers, shape)
    for number, change, edited in edits(layers):
        totals = count(edited, shape)
        if totals and matches(totals, (parameters, flops)) and change_sought in (None, change):
            return *own, number, change
    return *own, None, None


def misreading(per_mac=2, **mistakes):
    """A way to count totals that makes mistakes."""

    def count(layers, shape):
        totals = counted(layers, shape, **mistakes)
        return totals and (totals[0], per_mac * totals[1])

    return count


@misprint.misconception(of="misprint")
def groups_ignored(layers, shape, parameters, flops):
    """The groups were ignored. A filter of a layer with G groups reads only C/G of the C channels, so the layer has
    fewer weights and needs fewer operations."""
    return searched(layers, shape, parameters, flops, misreading(groups=False))


@misprint.misconception(of="misprint")
def macs_for_flops(layers, shape, parameters, flops):
    """A multiplication with its addition was counted as one operation. The totals are FLOPs, in which it is two; papers
    use both conventions, and rarely say which."""
    return searched(layers, shape, parameters, flops, misreading(per_mac=1))


@misprint.misconception(of="misprint")
def biases_everywhere(layers, shape, parameters, flops):
    """Every convolution was given a bias. Where the entry says False, there is none."""
    return searched(layers, shape, parameters, flops, misreading(bias=True))


@misprint.misconception(of="misprint")
def biases_forgotten(layers, shape, parameters, flops):
    """No bias was counted. A layer that has a bias has one number for each output channel."""
    return searched(layers, shape, parameters, flops, misreading(bias=False))


@misprint.misconception(of="misprint")
def biases_in_flops(layers, shape, parameters, flops):
    """Biases were counted among the FLOPs. In this task, as in most papers, only products with a weight count, each
    with its addition."""
    return searched(layers, shape, parameters, flops, misreading(bias_flops=1))


@misprint.misconception(of="misprint")
def running_statistics(layers, shape, parameters, flops):
    """A norm was given four parameters for each channel. Mean and variance are measured, not learned: they are saved
    with a network, but they are no parameters."""
    return searched(layers, shape, parameters, flops, misreading(norm=4))


@misprint.misconception(of="misprint")
def norms_ignored(layers, shape, parameters, flops):
    """Norms were given no parameters. Each has a scale and a shift for every channel that it reads."""
    return searched(layers, shape, parameters, flops, misreading(norm=0))


@misprint.misconception(of="misprint")
def channels_for_pixels(layers, shape, parameters, flops):
    """A linear layer was taken to read one number for each channel. Without a global average before it, it reads every
    pixel of every channel."""
    return searched(layers, shape, parameters, flops, misreading(flatten=False))


@misprint.misconception(of="misprint")
def padded_on_one_side(layers, shape, parameters, flops):
    """The padding was counted once for each axis. It stands on both sides, so the map grows by twice as much before the
    kernel slides over it."""
    return searched(layers, shape, parameters, flops, misreading(sides=1))


@misprint.misconception(of="misprint")
def sizes_rounded_up(layers, shape, parameters, flops):
    """Sizes were rounded up. A window that does not fit whole is dropped, so the number of steps is rounded down."""
    return searched(layers, shape, parameters, flops, misreading(up=1))


@misprint.misconception(of="misprint")
def at_the_input(layers, shape, parameters, flops):
    """A convolution's FLOPs were counted at the size of its input. It is evaluated once for each pixel of its
    output."""
    return searched(layers, shape, parameters, flops, misreading(before=1))


@misprint.misconception(of="misprint")
def rest_kept(layers, shape, parameters, flops):
    """The layers after the changed one were left as they were. They read what the change leaves them: other channels,
    another size."""
    own = counted(layers, shape)
    for number, change, edited in edits(layers):
        reads = channels_and_size(layers[:number], shape)
        before = counted(layers[number : number + 1], reads)
        after = counted(edited[number : number + 1] if change != "left out" else [], reads)
        gone = [b - a for b, a in zip(before, after, strict=True)] if after else [0, 0]
        if (own[0] - gone[0], 2 * (own[1] - gone[1])) == (parameters, flops) and any(gone):
            return own[0], 2 * own[1], number, change
    return own[0], 2 * own[1], None, None


def channels_and_size(layers, shape):
    """What shape comes out of layers."""
    C, H, W = shape
    for layer in layers:
        if layer["type"] in ("conv", "pool"):
            H, W = ((n + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1 for n in (H, W))
        if layer["type"] in ("average", "linear"):
            H = W = 1
        C = layer.get("out", C)
    return C, H, W


@misprint.misconception(of="misprint")
def parameters_alone(layers, shape, parameters, flops):
    """The first change whose parameters agree was taken. FLOPs have to agree, too: many changes leave the parameters
    as they are."""
    return searched(layers, shape, parameters, flops, published, matches=same_parameters)


def same_parameters(totals, wanted):
    return totals[0] == wanted[0]


@misprint.misconception(of="misprint")
def flops_alone(layers, shape, parameters, flops):
    """The first change whose FLOPs agree was taken. Parameters have to agree, too: biases and norms cost none of the
    FLOPs counted here."""
    return searched(layers, shape, parameters, flops, published, matches=same_flops)


def same_flops(totals, wanted):
    return totals[1] == wanted[1]


@misprint.misconception(of="misprint")
def ended_by_the_impossible(layers, shape, parameters, flops):
    """The search ended at a change that is impossible. There is no such network, so it is no answer, and those after it
    have to be tried all the same."""
    for number, change, edited in edits(layers):
        totals = published(edited, shape)
        if not totals or totals == (parameters, flops):
            return *published(layers, shape), *((number, change) if totals else (None, None))


@misprint.misconception(of="misprint")
def only_left_out_layers(layers, shape, parameters, flops):
    """Only layers that are left out were looked for. A bias, groups or a stride can have been forgotten instead."""
    return searched(layers, shape, parameters, flops, published, change_sought="left out")


@misprint.misconception(of="misprint")
def counted_from_one(layers, shape, parameters, flops):
    """The layers were numbered from 1. The first one has number 0."""
    *own, number, change = solution.misprint(layers, shape, parameters, flops)
    return *own, number + 1, change


# Task 2 ---------------------------------------------------------------------------------------------------------------

ledger = lab.task("ledger", "A ledger for nets with branches", functions=["ledger"])
COLUMNS = "shape", "parameters", "macs", "held"


class Graph:
    """Nodes of a network, put one after the other; each name tells nothing but the order."""

    def __init__(self):
        self.nodes = []
        self.put("input")

    def put(self, op, *reads, **options):
        """Add a node that reads those named, or the last one; returns its name."""
        name = f"{op}{len(self.nodes)}"
        reads = list(reads) if reads or not self.nodes else [self.nodes[-1]["name"]]
        self.nodes.append({"name": name, "op": op, "reads": reads, **options})
        return name

    def conv(self, out, *reads, kernel=(3, 3), stride=1, padding=None, dilation=1, groups=1, bias=False):
        """Add a convolution; it pads so that a stride of 1 keeps the size, unless told otherwise."""
        padding = padding or tuple(dilation * (k // 2) for k in kernel)
        sizes = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        return self.put("conv", *reads, out=int(out), **sizes, groups=int(groups), bias=bool(bias))

    def pool(self, kernel, stride, padding, ceil, *reads):
        return self.put("pool", *reads, kernel=kernel, stride=stride, padding=padding, ceil=ceil)


def image(rng, rest=0):
    """Shape of an image that is not square; both sizes leave ``rest`` when divided by 4."""
    height, width = (int(n) for n in rng.permutation(np.arange(6, 13))[:2])
    return 3, 4 * height + rest, 4 * width + rest


def grouped_chain(rng, average=False):
    """Convolutions with groups, depthwise and not, of which some have a bias, with norms; a linear layer ends it."""
    graph, width = Graph(), 8 * int(rng.integers(2, 6))
    graph.conv(width, kernel=(5, 5), stride=2, bias=True)
    graph.put("norm")
    graph.conv(2 * width, groups=rng.choice([2, 4, 8]))
    graph.put("relu")
    graph.conv(2 * width, stride=2, groups=2 * width, bias=True)
    graph.conv(3 * width, kernel=(1, 1))
    graph.put("norm")
    if average:
        graph.put("average")
    graph.put("linear", out=int(rng.integers(10, 100)), bias=bool(rng.integers(2)))
    return graph.nodes


def pooled(rng):
    """A net with three pooling layers, on images whose sizes leave 2 when divided by 4.

    The first one has an even size to round up; the second an odd one, where a window that starts in the padding is
    dropped after all; the third rounds down.
    """
    graph = Graph()
    graph.conv(8 * rng.integers(1, 4))
    graph.pool(3, 2, 0, True)
    graph.pool(2, 2, 1, True)
    graph.conv(8 * rng.integers(1, 4), kernel=(2, 2), padding=(int(rng.integers(1, 3)), 1))
    graph.pool(3, 2, 1, False)
    return graph.nodes


def overlapping(rng):
    """A net with two pooling layers that are asked to round up, on images whose sizes leave 2 when divided by 4.

    The first one's last window starts on the last row, counted from the padding on; the second has nothing to round.
    """
    graph = Graph()
    graph.conv(8 * rng.integers(1, 4))
    graph.pool(3, 2, 1, True)
    graph.conv(8 * rng.integers(1, 4), kernel=(2, 2), padding=(0, 0))
    graph.pool(3, 2, 0, True)
    return graph.nodes


def oblong(rng):
    """Convolutions whose kernels are not square, with strides and dilations."""
    graph = Graph()
    long = int(rng.choice([3, 5, 7]))
    graph.conv(16, kernel=(1, long), stride=2, padding=(0, int(rng.integers(0, 2))))
    graph.conv(24, kernel=(long, 1))
    graph.conv(24, kernel=(3, 2), dilation=2, padding=(1, 0), groups=4)
    graph.conv(16, kernel=(2, 3), dilation=3, padding=(1, 2), stride=2)
    return graph.nodes


def branching(rng):
    """An inception module, a residual block with a projection, and one without."""
    graph = Graph()
    width = 8 * int(rng.integers(2, 5))
    stem = graph.conv(width, stride=2)
    narrow = graph.conv(8, stem, kernel=(1, 1), bias=True)
    wide = graph.conv(width + 8 * int(rng.integers(1, 4)), narrow, kernel=(5, 5))
    graph.conv(8 * int(rng.integers(1, 4)), stem, kernel=(1, 1))
    single = graph.put("relu")
    meeting = graph.put("concat", wide, single, graph.pool(3, 1, 1, False, stem))
    out = 16 * int(rng.integers(2, 5))
    graph.conv(out, meeting, stride=2, groups=4)
    inside = graph.put("norm")
    shortcut = graph.conv(out, meeting, kernel=(1, 1), stride=2)
    added = graph.put("add", graph.put("relu", inside), shortcut)
    graph.conv(out // 2, added, kernel=(1, 1))
    graph.conv(out, groups=int(rng.choice([2, 8])))
    graph.put("add", added, graph.put("norm"))
    graph.put("average")
    graph.put("linear", out=int(rng.integers(10, 100)), bias=True)
    return graph.nodes


def columns(answer, *names):
    """Some columns of a ledger, as {node: {column: entry}}."""
    if not isinstance(answer, dict):
        wrong("it is None; was a return forgotten?" if answer is None else "ledger must give a dictionary")
    for row in answer.values():
        if not isinstance(row, dict) or row.keys() != set(COLUMNS):
            wrong(f"each row must be a dictionary with exactly the keys {', '.join(COLUMNS)}")
    return {node: {name: row[name] for name in names} for node, row in answer.items()}


@ledger.check(points=2)
def weights(student, rng):
    "Parameters of grouped convolutions, of norms, of linear layers, with and without a bias."
    for average in (True, False):
        yield columns(student.ledger(grouped_chain(rng, average), image(rng)), "parameters")


@ledger.check(points=1)
def work(student, rng):
    "Multiply-adds of the same kinds of nets."
    for average in (True, False):
        yield columns(student.ledger(grouped_chain(rng, average), image(rng)), "macs")


@ledger.check(points=2)
def sizes(student, rng):
    "Shapes behind pooling that rounds up or down, and behind kernels that are not square, with strides and dilations."
    yield columns(student.ledger(pooled(rng), image(rng, rest=2)), "shape")
    yield columns(student.ledger(overlapping(rng), image(rng, rest=2)), "shape")
    yield columns(student.ledger(oblong(rng), image(rng)), "shape")


@ledger.check(points=1)
def meetings(student, rng):
    "Branches that meet, in concatenations and in sums: shapes, parameters, multiply-adds."
    for _ in range(2):
        yield columns(student.ledger(branching(rng), image(rng)), "shape", "parameters", "macs")


@ledger.check(points=2)
def memory(student, rng):
    "What is held in memory, in nets with branches."
    for _ in range(2):
        yield columns(student.ledger(branching(rng), image(rng)), "held")


def accounts(
    nodes,
    shape,
    *,
    split_weights=True,
    split_work=True,
    per_mac=1,
    bias=None,
    bias_macs=0,
    norm=2,
    ceil="inside",
    dilated=True,
    turned=False,
    at_input=False,
    pixels_read=True,
    concat=sum,
    add=max,
    held="readers",
):
    """A ledger, right but for what the options change."""
    rows = {}
    for number, node in enumerate(nodes):
        op, read = node["op"], [rows[name]["shape"] for name in node["reads"]]
        C, H, W = read[0] if read else shape
        pixels, parameters, macs = H * W, 0, 0
        if op in ("conv", "pool"):
            kernel, padding = ((v, v) if op == "pool" else v for v in (node["kernel"], node["padding"]))
            kernel, padding = (pair[::-1] if turned else pair for pair in (kernel, padding))
            reach = node.get("dilation", 1) if dilated else 1
            H, W = (
                steps(n, reach * (k - 1) + 1, p, node["stride"], ceil if node.get("ceil") else "floor")
                for n, k, p in zip((H, W), kernel, padding, strict=True)
            )
        if op == "average":
            H = W = 1
        if op == "norm":
            parameters = norm * C
        if op in ("conv", "linear"):
            taps = C * math.prod(node["kernel"]) if op == "conv" else C * (H * W if pixels_read else 1)
            if op == "linear":
                H = W = pixels = 1
            groups, C = node.get("groups", 1), node["out"]
            biases = C * (node["bias"] if bias is None else bias)
            parameters = C * taps // (groups if split_weights else 1) + biases
            work_per_pixel = C * taps // (groups if split_work else 1) + bias_macs * biases
            macs = per_mac * work_per_pixel * (pixels if at_input else H * W)
        if op in ("concat", "add"):
            C = {"concat": concat, "add": add}[op](channels for channels, _, _ in read)
        rows[node["name"]] = {"shape": (C, H, W), "parameters": parameters, "macs": macs}
        later = [name for after in nodes[number + 1 :] for name in after["reads"]]
        names = {
            "readers": {node["name"], *node["reads"], *(set(later) & rows.keys())},
            "all": rows.keys(),
            "output": {node["name"]},
            "own": {node["name"], *node["reads"]},
            "later": {node["name"], *(set(later) & rows.keys())},
            "edges": [node["name"], *node["reads"], *(n for n in later if n in rows and n != node["name"])],
            "inputs": {*node["reads"], *(set(later) & rows.keys())} - {node["name"]},
        }[held]
        rows[node["name"]]["held"] = sum(math.prod(rows[name]["shape"]) for name in names)
    return rows


def steps(n, reach, padding, stride, rounding):
    """Size of the output along one axis."""
    rest = n + 2 * padding - reach
    if rounding == "floor":
        return rest // stride + 1
    size = rest // stride + 2 if rounding == "one more" else -(-rest // stride) + 1
    if rounding == "always":
        return size
    return size - ((size - 1) * stride >= n + (0 if rounding == "unpadded" else padding))


def first(channels):
    return next(iter(channels))


@ledger.misconception(of="ledger")
def filters_read_all(nodes, shape):
    """The groups were ignored. A filter reads the channels of its own group alone, so a layer with G groups has a
    G-th of the weights, and of the multiply-adds."""
    return accounts(nodes, shape, split_weights=False, split_work=False)


@ledger.misconception(of="ledger")
def work_not_split(nodes, shape):
    """The parameters know of the groups, but the multiply-adds do not. Every weight is used once for each output pixel,
    and there are fewer weights."""
    return accounts(nodes, shape, split_work=False)


@ledger.misconception(of="ledger")
def flops_for_macs(nodes, shape):
    """Two operations were counted for a multiply-add. The column asks for multiply-adds, each of which is one."""
    return accounts(nodes, shape, per_mac=2)


@ledger.misconception(of="ledger")
def bias_is_work(nodes, shape):
    """The addition of a bias was counted as a multiply-add. Nothing is multiplied there."""
    return accounts(nodes, shape, bias_macs=1)


@ledger.misconception(of="ledger")
def always_biased(nodes, shape):
    """Every layer was given a bias. Look at what each one says about it."""
    return accounts(nodes, shape, bias=True)


@ledger.misconception(of="ledger")
def statistics_counted(nodes, shape):
    """A norm was given four parameters for each channel. Its running mean and variance are measured, not learned; they
    are buffers."""
    return accounts(nodes, shape, norm=4)


@ledger.misconception(of="ledger")
def norms_are_free(nodes, shape):
    """Norms were given no parameters. Each one learns a scale and a shift for every channel."""
    return accounts(nodes, shape, norm=0)


@ledger.misconception(of="ledger")
def always_rounded_down(nodes, shape):
    """Pooling was always rounded down. Where it rounds up, a last window that hangs over the edge counts as well."""
    return accounts(nodes, shape, ceil="floor")


@ledger.misconception(of="ledger")
def windows_of_padding(nodes, shape):
    """Rounding up left a window that sees nothing of the map. One that starts behind the last pixel, in the padding, is
    dropped after all."""
    return accounts(nodes, shape, ceil="always")


@ledger.misconception(of="ledger")
def padding_before_forgotten(nodes, shape):
    """A window that reaches the map was dropped. The first one starts at −P, so the last one starts P pixels before its
    number times the stride."""
    return accounts(nodes, shape, ceil="unpadded")


@ledger.misconception(of="ledger")
def one_window_more(nodes, shape):
    """Rounding up always gave a window more. Where the quotient is a whole number already, there is nothing to round,
    and the last window fits."""
    return accounts(nodes, shape, ceil="one more")


@ledger.misconception(of="ledger")
def dilation_ignored(nodes, shape):
    """The dilation was ignored. With dilation D, a kernel of K taps covers D(K − 1) + 1 pixels."""
    return accounts(nodes, shape, dilated=False)


@ledger.misconception(of="ledger")
def axes_swapped(nodes, shape):
    """Height and width of kernels and paddings were swapped. Both are given as (rows, columns)."""
    return accounts(nodes, shape, turned=True)


@ledger.misconception(of="ledger")
def work_at_the_input(nodes, shape):
    """Multiply-adds were counted at the size of the map that a convolution reads. It is evaluated once for each pixel
    that it gives."""
    return accounts(nodes, shape, at_input=True)


@ledger.misconception(of="ledger")
def a_number_per_channel(nodes, shape):
    """A linear layer was taken to read one number of each channel. Without an average before it, it reads every
    pixel."""
    return accounts(nodes, shape, pixels_read=False)


@ledger.misconception(of="ledger")
def one_branch_counted(nodes, shape):
    """A concatenation was given the channels of its first branch. It puts all of them on top of each other."""
    return accounts(nodes, shape, concat=first)


@ledger.misconception(of="ledger")
def sums_stacked(nodes, shape):
    """A sum was given the channels of all its branches. They are added number by number, so the shape stays."""
    return accounts(nodes, shape, add=sum)


@ledger.misconception(of="ledger")
def never_freed(nodes, shape):
    """Every output was held to the end. That is so in training; here, what no node reads any more is dropped."""
    return accounts(nodes, shape, held="all")


@ledger.misconception(of="ledger")
def output_alone(nodes, shape):
    """Only a node's own output was held. What it reads must be there while it runs, and what later nodes read as
    well."""
    return accounts(nodes, shape, held="output")


@ledger.misconception(of="ledger")
def shortcuts_forgotten(nodes, shape):
    """Only what a node reads and gives was held. An output that a later node reads, through a shortcut or another
    branch, waits in memory, too."""
    return accounts(nodes, shape, held="own")


@ledger.misconception(of="ledger")
def freed_too_early(nodes, shape):
    """What a node reads for the last time was dropped before it ran. Input and output are in memory together."""
    return accounts(nodes, shape, held="later")


@ledger.misconception(of="ledger")
def held_once_per_reader(nodes, shape):
    """An output was counted once for each of its readers. They all read the same copy."""
    return accounts(nodes, shape, held="edges")


@ledger.misconception(of="ledger")
def output_forgotten(nodes, shape):
    """The output of the running node itself was left out. It takes its place in memory while it is computed."""
    return accounts(nodes, shape, held="inputs")


# Task 3 ---------------------------------------------------------------------------------------------------------------

# Float32 is allowed for what a student makes anew.
deepen = lab.task("deepen", "Deeper, and yet the same", functions=["deepen"], rtol=1e-5, atol=1e-7, tensors=True)


def of_a_block(number):
    """Names of the tensors of a block."""
    return f"conv{number}.weight", *(
        f"norm{number}.{part}" for part in ("weight", "bias", "running_mean", "running_var")
    )


def plain_net(rng, widths):
    """A state dict, as if it had been trained: no norm is as it was at the start."""
    state, C_in = {}, 3
    for number, C in enumerate(widths):
        drawn = (
            rng.normal(size=(C, C_in, 3, 3)) / math.sqrt(4 * C_in),
            rng.uniform(0.2, 0.6, C),
            rng.uniform(-0.1, 0.3, C),
            rng.normal(size=C) / 5,
            rng.uniform(0.3, 2, C),
        )
        state |= dict(zip(of_a_block(number), drawn, strict=True))
        C_in = C
    return state | {"head.weight": rng.normal(size=(5, C_in)), "head.bias": rng.normal(size=5)}


def depth(state):
    return sum(name.startswith("conv") for name in state)


def scores(state, x, training, blocks=None):
    """What a net computes from images (N, 3, H, W), and its running statistics become; all are tensors.

    With ``blocks``, the maps that leave so many of them, instead.
    """
    import torch.nn.functional as F

    for number in range(depth(state) if blocks is None else blocks):
        weight, gamma, beta, mean, variance = (state[name] for name in of_a_block(number))
        x = F.conv2d(x, weight, padding=1)
        x = F.relu(F.batch_norm(x, mean, variance, gamma, beta, training, momentum=0.1, eps=0.001))
    return x if blocks is not None else x.mean((2, 3)) @ state["head.weight"].T + state["head.bias"]


def tensors(state):
    import torch

    return {name: torch.tensor(np.asarray(value, float)) for name, value in state.items()}


def accepted(answer, state, after):
    """The answer as tensors, if it is the state of a net like ``state`` with one block more after block ``after``."""
    if not isinstance(answer, dict):
        wrong("it is None; was a return forgotten?" if answer is None else "deepen must give a state dict")
    answer = {name: value for name, value in answer.items() if not str(name).endswith("num_batches_tracked")}
    wanted = opened(state, after)
    C = len(state[f"norm{after}.weight"])
    shapes = [(C, C, 3, 3), *[(C,)] * 4]
    wanted |= {name: np.empty(shape) for name, shape in zip(of_a_block(after + 1), shapes, strict=True)}
    if answer.keys() != wanted.keys():
        wrong("its keys are not those of a net with one block more", evidence=sorted(map(str, answer)))
    found = {name: np.shape(answer[name]) for name in sorted(wanted)}
    for name, shape in found.items():
        if shape != wanted[name].shape:
            wrong(f"{name} has the shape of another place: {shape}", evidence=list(found.values()))
    result = tensors(answer)
    if not all(value.isfinite().all() for value in result.values()):
        wrong("it holds NaN, or an infinity")
    largest = result[f"conv{after + 1}.weight"].abs().max()
    if not 0.01 <= largest <= 10:
        wrong("the new kernel is not of ordinary size: entries beyond 10, or all below 0.01")
    return result


def opened(state, after):
    """``state`` with the blocks behind block ``after`` numbered up by one."""
    result = {}
    for name, value in state.items():
        part, dot, rest = name.partition(".")
        number = int(part[4:]) if part != "head" else 0
        result[f"{part[:4]}{number + 1}{dot}{rest}" if number > after else name] = value
    return result


def batch(rng, images=12):
    """Images (N, 3, H, W)."""
    return rng.normal(size=(images, 3, 6, 7)) * rng.uniform(0.5, 2, (1, 3, 1, 1)) + rng.normal(size=(1, 3, 1, 1))


def grown(student, rng, after, blocks=4):
    """A deeper net by the student, as tensors, and the images that came with it."""
    state, x = plain_net(rng, rng.permutation(np.arange(4, 9))[:blocks]), batch(rng)
    return accepted(student.deepen(state, after, x), state, after), x


@deepen.check(points=3)
def same_scores(student, rng):
    "The same scores as before in eval mode, on other images: with a block in the middle, at the beginning, at the end."
    for after in (1, 0, 3):
        net, _ = grown(student, rng, after)
        yield scores(net, tensors({"x": batch(rng)})["x"], training=False).numpy()


@deepen.check(points=3)
def same_in_training(student, rng):
    "The same scores as before in train mode, on the images that came with it: in the middle, beginning, end."
    for after in (1, 0, 3):
        net, x = grown(student, rng, after)
        yield scores(net, tensors({"x": x})["x"], training=True).numpy()


@deepen.check(points=2)
def learns(student, rng):
    "One step of gradient descent in train mode: the loss, and whether all kernels, scales and shifts moved."
    import torch
    import torch.nn.functional as F

    for after in (1, 2):
        net, x = grown(student, rng, after)
        labels = torch.tensor(rng.integers(0, 5, len(x)))
        learned = [name for name in net if "running" not in name]
        for name in learned:
            net[name].requires_grad_()
        loss = F.cross_entropy(scores(net, tensors({"x": x})["x"], training=True), labels)
        loss.backward()
        moved = [bool((net[name].grad.flatten(1) if net[name].dim() > 1 else net[name].grad).any()) for name in learned]
        yield {"loss": loss.item(), "moved": sum(moved)}


def with_block(state, after, kernel, gamma, beta, mean, variance):
    """The state with a block more after block ``after``."""
    parts = kernel, gamma, beta, mean, variance
    return {**opened(state, after), **dict(zip(of_a_block(after + 1), parts, strict=True))}


def identity(state, after):
    """The kernel (C, C, 3, 3) that hands each channel on, of the width of block ``after``."""
    C = len(state[f"norm{after}.weight"])
    kernel = np.zeros((C, C, 3, 3))
    kernel[range(C), range(C), 1, 1] = 1
    return kernel


def deviation(variance):
    """What a norm divides by."""
    return np.sqrt(variance + 0.001)


def leaving(state, after, x, training=True, rectified=True):
    """Mean and variance, (C,), over images and pixels of the maps that leave block ``after``; how many values there are
    in a channel."""
    state = {name: np.asarray(value, dtype=float) for name, value in state.items()}
    a = np.asarray(x, dtype=float)
    for number in range(after + 1):
        weight, gamma, beta, mean, variance = (state[name] for name in of_a_block(number))
        padded = np.pad(a, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        a = np.einsum("nchwij,ocij->nohw", windows, weight, optimize=True)
        if training:
            mean, variance = a.mean((0, 2, 3)), a.var((0, 2, 3))
        mean, divisor, gamma, beta = (v[:, None, None] for v in (mean, deviation(variance), gamma, beta))
        a = (a - mean) / divisor * gamma + beta
        if rectified or number < after:
            a = np.maximum(a, 0)
    return a.mean((0, 2, 3)), a.var((0, 2, 3)), a.size // a.shape[1]


@deepen.misconception(of="deepen")
def fresh_norm(state, after, x):
    """The new norm is as a fresh one: scale 1, shift 0, and statistics 0 and 1. In train mode it then normalises maps
    that were not normalised before."""
    kernel = identity(state, after)
    zeros, ones = np.zeros(len(kernel)), np.ones(len(kernel))
    return with_block(state, after, kernel, ones, zeros, zeros, ones)


@deepen.misconception(of="deepen")
def only_in_eval_mode(state, after, x):
    """The net is the same in eval mode only. In train mode a norm takes the statistics of the batch, which are not 0
    and 1; its scale and shift have to undo that."""
    kernel = identity(state, after)
    zeros, ones = np.zeros(len(kernel)), np.ones(len(kernel))
    return with_block(state, after, kernel, deviation(ones), zeros, zeros, ones)


@deepen.misconception(of="deepen")
def only_in_train_mode(state, after, x):
    """The running statistics are still those of a fresh norm. In eval mode they, not the batch's, are used."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), mean, np.zeros_like(mean), np.ones_like(mean))


@deepen.misconception(of="deepen")
def one_step_of_statistics(state, after, x):
    """The running statistics have gone a tenth of the way only, as a norm's do in one step of training. In eval mode γ
    and β must meet the mean and variance that they were made for."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    moved = 0.9 + 0.1 * variance * n / (n - 1)
    return with_block(state, after, kernel, deviation(variance), mean, 0.1 * mean, moved)


@deepen.misconception(of="deepen")
def running_variance_unbiased(state, after, x):
    """The running variance is that of n − 1. In eval mode γ must meet the variance that it was made for."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance * n / (n - 1))


@deepen.misconception(of="deepen")
def eps_forgotten(state, after, x):
    """The scale undoes the division by the standard deviation, but not the small number that a norm adds under the
    root."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, np.sqrt(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def variance_for_deviation(state, after, x):
    """The scale is the variance. A norm divides by the square root of it."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, variance + 0.001, mean, mean, variance)


@deepen.misconception(of="deepen")
def unbiased(state, after, x):
    """The variance was divided by one less than the number of values. In train mode a norm divides by their number,
    though what it adds to its running variance is the other one."""
    kernel, (mean, variance, n) = identity(state, after), leaving(state, after, x)
    variance = variance * n / (n - 1)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def measured_in_eval_mode(state, after, x):
    """The statistics were measured in eval mode. In train mode other maps arrive at the new block, for the norms before
    it use the batch as well."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x, training=False)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def measured_before_the_relu(state, after, x):
    """The statistics were measured before the rectifier. The new block reads what comes after it."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x, rectified=False)
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def shift_forgotten(state, after, x):
    """The shift is 0. A norm takes the mean away, and half of what is left is negative and falls to the rectifier; the
    shift has to bring the mean back."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, deviation(variance), np.zeros_like(mean), mean, variance)


@deepen.misconception(of="deepen")
def all_channels_summed(state, after, x):
    """Each new channel is the sum of all channels. The tap in the middle is 1 only where output and input channel are
    the same."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    kernel[:, :, 1, 1] = 1
    return with_block(state, after, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def tap_in_the_corner(state, after, x):
    """The 1 stands in the corner of the kernel. There it moves the map by one pixel; the pixel itself is under the tap
    in the middle."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, np.roll(kernel, (-1, -1), (2, 3)), deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def zero_scale(state, after, x):
    """The new norm's scale is 0. That makes the identity where a shortcut adds x; this net has none, so nothing of the
    maps comes through."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after, kernel, np.zeros_like(mean), mean, mean, variance)


@deepen.misconception(of="deepen")
def block_before(state, after, x):
    """The new block stands one place too early. It reads what the block gives behind which it was to go."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    return with_block(state, after - 1, kernel, deviation(variance), mean, mean, variance)


@deepen.misconception(of="deepen")
def not_renumbered(state, after, x):
    """The new block took the place of another one. Those behind it move up by one number."""
    kernel, (mean, variance, _) = identity(state, after), leaving(state, after, x)
    parts = kernel, deviation(variance), mean, mean, variance
    return {**state, **dict(zip(of_a_block(after + 1), parts, strict=True))}


# Task 4 ---------------------------------------------------------------------------------------------------------------

diagnose = lab.task("diagnose", "What is wrong with this run?", functions=["diagnose"])
TEXTS = {
    "rate too high",
    "vanishing gradient",
    "rate too low",
    "stale statistics",
    "wrong labels",
    "overfitting",
    "healthy",
}


def run_log(rng, cause, trait="", classes=None):
    """The log of a run, simulated; a ``trait`` adds what could mislead:

    "NaN", "jump", "worse in eval mode", "worse on others" (a rate that is too high, in the last two with an accuracy
    that looks like another cause); "spike", "plateau", "hard", "augmented", "far on", "gap" (healthy runs, and others);
    "chance" (statistics so stale that nothing is recognised).
    """
    K = int(classes or rng.choice([2, 5, 10, 100]))
    epochs = int(rng.integers(12, 30))
    chance, start = 1 / K, math.log(K) * rng.uniform(0.9, 1)
    late = 0.4 * epochs if trait == "plateau" else 0.0
    # How much of what can be learned is learned after each epoch: from 0 to 1.
    steepness = 2 / epochs if trait == "hard" else rng.uniform(5, 8) / epochs
    progress = 1 - np.exp(-steepness * np.maximum(np.arange(epochs) - late, 0))
    least = rng.uniform(0.2, 0.3) if trait == "hard" else rng.uniform(0.01, 0.1)
    best = rng.uniform(0.42, 0.48) if trait == "hard" else rng.uniform(0.93, 0.99)
    if trait == "hard":
        progress /= progress[-1]
    if cause in ("rate too low", "vanishing gradient"):
        progress = np.linspace(0, rng.uniform(0.04, 0.25), epochs)
        best = chance + rng.uniform(0.5, 0.8) * (1 - chance)
        least = 0.05
    loss = start * (1 - (1 - least) * progress) * noise(rng, epochs, 0.02)
    again = chance + (best - chance) * progress
    accuracy = again - (rng.uniform(0.28, 0.4) * progress * (1 - chance) if trait == "augmented" else 0.02 * progress)
    test = again - rng.uniform(0.005, 0.03) * progress
    first = start * np.exp(rng.uniform(-1, 1) - 0.5 * progress) * noise(rng, epochs, 0.2)
    ratio = rng.uniform(3, 40)
    if trait == "far on":
        first, ratio = first * np.exp(-9 * np.maximum(progress, 0.5)), rng.uniform(0.5, 3)
    last = first * ratio * noise(rng, epochs, 0.2)
    if cause == "vanishing gradient":
        first /= 1e3 * math.exp(rng.uniform(0, 5))
    if cause == "overfitting":
        peak = chance + rng.uniform(0.5, 0.75) * (best - chance)
        test = chance + (peak - chance) * np.minimum(1, 1.6 * progress) - 0.04 * progress**4
    if cause == "wrong labels":
        test = np.full(epochs, chance)
    if cause == "stale statistics":
        left = 0 if trait == "chance" else rng.uniform(0.1, 0.4)
        again, test = (chance + left * (a - chance) for a in (again, test))
    if cause == "rate too high":
        broken = int(rng.integers(3, epochs - 2))
        loss[broken:] = np.nan if trait == "NaN" else start * rng.uniform(1.15, 3) * noise(rng, epochs - broken, 0.04)
        for shown in (accuracy, again, test):
            shown[broken:] = chance
        if trait.startswith("worse"):
            for shown in (accuracy, again) if trait == "worse on others" else (accuracy,):
                shown[broken:] = chance + rng.uniform(0.3, 0.4)
        first[broken:], last[broken:] = (np.nan if trait == "NaN" else 3 * g[broken:] for g in (first, last))
    if trait == "spike":
        at = int(rng.integers(2, epochs // 2))
        loss[at] = start * rng.uniform(1.1, 1.6)
        accuracy[at] = chance
    accuracy, again, test = (np.clip(a + rng.uniform(-0.01, 0.01, epochs), 0, 1) for a in (accuracy, again, test))
    if cause == "healthy":  # one that counts as a gap, or one that nobody would
        test[-1] = again[-1] - (rng.uniform(0.035, 0.055) if trait == "gap" else rng.uniform(0, 0.015))
    columns = {"loss": loss, "accuracy": accuracy, "again": again, "test": test, "first": first, "last": last}
    return {"classes": K} | {name: [float(f"{v:.3g}") for v in column] for name, column in columns.items()}


def noise(rng, epochs, size):
    """Factors around 1, the first and the last of which are 1."""
    factors = np.exp(np.clip(size * rng.normal(size=epochs), -2 * size, 2 * size))
    factors[[0, -1]] = 1
    return factors


def diagnosed(student, rng, cases):
    """{log: what the student says of it} for the runs ``cases``, in an order that nobody foresees."""
    logs = [run_log(rng, *case) for case in cases]
    answers = [student.diagnose(logs[i]) for i in rng.permutation(len(logs))]
    if any(isinstance(answer, str) and answer not in TEXTS for answer in answers):
        wrong("it is none of the seven texts")
    return {f"log {number}": answer for number, answer in enumerate(answers, 1)}


LOOKS_LIKE_OTHERS = ("rate too high", "worse in eval mode"), ("rate too high", "worse on others")


@diagnose.check(points=2)
def ups_and_downs(student, rng):
    "Runs that end in NaN or with a loss too large, among runs with one bad epoch and healthy ones."
    yield diagnosed(student, rng, [("rate too high", "NaN"), ("healthy", "spike"), ("healthy",)])
    cases = [("rate too high", "jump"), ("overfitting", "spike"), ("healthy", "spike"), *LOOKS_LIKE_OTHERS]
    yield diagnosed(student, rng, cases)


@diagnose.check(points=2)
def slow_runs(student, rng):
    "Runs that hardly learn, for two reasons, among some that begin late, or have a hard task."
    yield diagnosed(student, rng, [("rate too low",), ("vanishing gradient",), ("healthy", "plateau")])
    cases = [("vanishing gradient",), ("rate too low",), ("healthy", "hard", 100), ("healthy", "far on")]
    yield diagnosed(student, rng, cases)


@diagnose.check(points=2)
def gaps(student, rng):
    "Runs with a gap between one accuracy and another, for two to ten classes."
    cases = [("overfitting", "", 10), ("wrong labels", "", 2), ("stale statistics",), ("healthy", "augmented", 10)]
    yield diagnosed(student, rng, [*cases, ("healthy", "gap")])
    cases = [("overfitting", "far on"), ("wrong labels", "", 10), ("stale statistics", "chance")]
    yield diagnosed(student, rng, [*cases, ("healthy", "augmented", 2)])


@diagnose.check(points=2)
def mixed(student, rng):
    "All causes, twice."
    for traits in (("NaN", "", "plateau"), ("jump", "chance", "spike")):
        high, stale, healthy = traits
        cases = [
            ("rate too high", high),
            ("rate too low",),
            ("vanishing gradient",),
            ("wrong labels",),
            ("wrong labels", "", 2),
            ("stale statistics", stale),
            ("overfitting",),
            ("healthy", healthy),
            ("healthy", "hard", 100),
            ("healthy", "augmented", 10),
            ("overfitting", "far on"),
        ]
        yield diagnosed(student, rng, [*cases, *(LOOKS_LIKE_OTHERS if high == "jump" else [("healthy", "gap")])])


def verdict(
    log,
    *,
    too_high=lambda log: not log["loss"][-1] <= log["loss"][0],
    vanishing=lambda log: np.nanmedian(log["first"]) < np.nanmedian(log["last"]) / 300,
    slow=lambda log: log["loss"][-1] > 0.55 * log["loss"][0],
    stale=lambda log: log["accuracy"][-1] - log["again"][-1] > 0.15,
    gap=lambda log: log["accuracy"][-1] - log["test"][-1] > 0.08,
    chance=lambda log: log["test"][-1] < 1 / log["classes"] + 0.05,
    slow_is="rate too low",
):
    """A diagnosis by six signs, which is right unless one is replaced."""
    if too_high(log):
        return "rate too high"
    if vanishing(log):
        return "vanishing gradient"
    if slow(log):
        return slow_is
    if stale(log):
        return "stale statistics"
    if gap(log):
        return "wrong labels" if chance(log) else "overfitting"
    return "healthy"


def never(log):
    return False


def one_bad_epoch(log):
    return not all(loss <= 1.05 * log["loss"][0] for loss in log["loss"])


def ever_above(log):
    return not all(loss <= log["loss"][0] for loss in log["loss"])


def ends_above(log):
    return log["loss"][-1] > log["loss"][0]


def small_at_first(log):
    return np.nanmedian(log["first"]) < 0.02


def smaller_at_first(log):
    return np.nanmedian(log["first"]) < np.nanmedian(log["last"])


def few_right(log):
    return log["accuracy"][-1] < 0.55


def late_start(log):
    third = len(log["loss"]) // 3
    return log["loss"][third] > 0.75 * log["loss"][0]


def any_difference(log):
    return abs(log["accuracy"][-1] - log["again"][-1]) > 0.15


def hundredths(log):
    return log["again"][-1] - log["test"][-1] > 0.02


def always(log):
    return True


def one_in_ten(log):
    return log["test"][-1] < 0.15


@diagnose.misconception(of="diagnose")
def nan_unseen(log):
    """A run that ended in NaN was not noticed. Every comparison with NaN is false, so a test that the loss is large
    lets it pass."""
    return verdict(log, too_high=ends_above)


@diagnose.misconception(of="diagnose")
def spike_is_divergence(log):
    """One bad epoch was taken for a lost run; look at the end. If the loss comes down again, the run has got over
    it."""
    return verdict(log, too_high=one_bad_epoch)


@diagnose.misconception(of="diagnose")
def largest_loss(log):
    """The largest loss was compared with the first, not the last one. A run gets over one bad epoch, and a loss that
    hardly moves is now and then a little above its start."""
    return verdict(log, too_high=ever_above)


@diagnose.misconception(of="diagnose")
def accuracies_first(log):
    """The accuracies were asked before the loss. A lost run is lost, whatever its accuracies look like."""
    during, again, test = (log[name][-1] for name in ("accuracy", "again", "test"))
    if during - again > 0.15:
        return "stale statistics"
    if again - test > 0.15 and test < 1 / log["classes"] + 0.05:
        return "wrong labels"
    return verdict(log)


@diagnose.misconception(of="diagnose")
def gradient_in_absolute_terms(log):
    """The first layer's gradient was judged by its size alone. All gradients shrink as a run succeeds, and their scale
    is the loss's; compare it with the last layer's."""
    return verdict(log, vanishing=small_at_first)


@diagnose.misconception(of="diagnose")
def any_smaller_gradient(log):
    """A gradient was said to vanish because it is smaller in the first layer than in the last. Within a factor of a
    hundred that is quite usual."""
    return verdict(log, vanishing=smaller_at_first)


@diagnose.misconception(of="diagnose")
def gradients_unread(log):
    """A run that hardly learns was put down to its rate, without a look at the gradients: does anything arrive at the
    first layer?"""
    return verdict(log, vanishing=never)


@diagnose.misconception(of="diagnose")
def slow_means_vanishing(log):
    """Every run that hardly learns was put down to vanishing gradients. If the first layer's is within a factor of a
    hundred of the last layer's, it arrives."""
    return verdict(log, slow_is="vanishing gradient")


@diagnose.misconception(of="diagnose")
def slow_by_accuracy(log):
    """A low accuracy was taken for a rate that is too low. A hard task with many classes ends low as well; look at how
    far the loss has come, compared with its start."""
    return verdict(log, slow=few_right)


@diagnose.misconception(of="diagnose")
def slow_at_the_start(log):
    """A late start was taken for a rate that is too low. What counts is where the loss has come to at the end."""
    return verdict(log, slow=late_start)


@diagnose.misconception(of="diagnose")
def again_unread(log):
    """The two measurements on the training images were not compared. Where train and eval mode differ on the very same
    images, it is the mode and not the images."""
    return verdict(log, stale=never)


@diagnose.misconception(of="diagnose")
def gap_of_either_sign(log):
    """Train mode was worse than eval mode, and that was called stale statistics. Augmentation and dropout make training
    harder than the test, which is healthy."""
    return verdict(log, stale=any_difference)


@diagnose.misconception(of="diagnose")
def gap_is_overfitting(log):
    """Every gap between training and test was called overfitting. An overfitted network still recognises something; if
    it does no better than chance, there was nothing to learn."""
    return verdict(log, chance=never)


@diagnose.misconception(of="diagnose")
def chance_is_a_tenth(log):
    """Chance was taken to be 10 %. It is one over the number of classes."""
    return verdict(log, chance=one_in_ten)


@diagnose.misconception(of="diagnose")
def gap_is_wrong_labels(log):
    """Every gap between training and test was put down to wrong labels. If test images are recognised better than by
    chance, there was something to learn."""
    return verdict(log, chance=always)


@diagnose.misconception(of="diagnose")
def small_gap_is_overfitting(log):
    """A gap of a few hundredths was taken for overfitting. Healthy runs have gaps up to 0.06."""
    return verdict(log, gap=hundredths)


@diagnose.misconception(of="diagnose")
def capital_letters(log):
    """An answer is none of the seven texts. They are compared letter by letter: all are small, with blanks
    between words."""
    return verdict(log).capitalize()
