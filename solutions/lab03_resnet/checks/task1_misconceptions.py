"""Task 1, a published total is off: the mistakes that its checks recognise."""

from . import solution
from .task1_misprint import counted, edits, misprint, published


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
