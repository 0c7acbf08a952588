"""Task 2, a ledger for nets with branches: its checks."""

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab

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
