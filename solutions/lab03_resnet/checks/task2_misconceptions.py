"""Task 2, a ledger for nets with branches: the mistakes that its checks recognise."""

import math

from .task2_ledger import ledger


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
