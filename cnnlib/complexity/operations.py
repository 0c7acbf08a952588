"""What one of PyTorch's operations costs, and how many new numbers it writes.

Everything that a network computes reaches the dispatcher as one of these operations, whether a module, a function or
an operator asked for it. The unit is **one step**: a multiply-add, a sum, a product, a comparison, or the value of a
function such as exp. Then

    convolution   output numbers · Cin/G · KH · KW; transposed: input numbers · Cout/G · KH · KW
    linear        rows · inner dimension · columns, of every product of matrices or vectors
    norm          1 per number with stored statistics (they fold into one scale and one shift); 3 with measured ones
                  (mean, variance, scale and shift); layer norm's own weights vary within what it norms: 4
    activation    1 per number; softmax 5 (maximum, difference, exp, sum, quotient)
    pooling       1 per number of each window, mean included; a variance is 2, as it needs the mean
    other         1 per output of an elementwise operation, per number read of a sum or maximum, per number read for
                  each output of an interpolation (2, 4, 8, 16); nothing for what only moves or makes numbers

Taps that meet padding count, biases do not: a sum may start from one. Operations that are neither in a table nor
marked as elementwise by PyTorch are not counted, and their rule says so.
"""

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

CATEGORIES = ("convolution", "linear", "norm", "activation", "pooling", "other")


class Rule(NamedTuple):
    """How to count one operation."""

    category: str  # of CATEGORIES
    steps: Callable | None  # (arguments, first output) to the number of steps; None where the tables do not say
    written: tuple[int, ...]  # positions of the outputs that are new memory and that the network goes on with


@functools.cache
def rule(operation: Any) -> Rule:
    """The ``Rule`` of an ``OpOverload``."""
    name = str(operation.overloadpacket).removeprefix("aten.").removesuffix("_")
    is_view = operation.is_view or torch.Tag.inplace_view in operation.tags or name in _UNMARKED_VIEWS
    if is_view or operation.namespace in ("prim", "profiler"):  # a tensor's device or layout; marks for a profiler
        return Rule("other", _nothing, ())
    elementwise = _per_output if torch.Tag.pointwise in operation.tags else None
    category, steps = _RULES.get(name, ("other", elementwise))
    returns = operation._schema.returns
    if category in ("norm", "pooling"):  # what else they return is for the backward pass
        returns = returns[:1]
    return Rule(category, steps, tuple(n for n, r in enumerate(returns) if r.alias_info is None))


def _nothing(args, out):
    return 0


def _per_output(args, out):
    return out.numel()


def _per_input(args, out):
    return args[0].numel()


def _convolution(args, out):
    x, w, transposed = args[0], args[1], args[6]
    return (x if transposed else out).numel() * math.prod(w.shape[1:])


def _product(args, out):  # (…, R, K) times (…, K, C)
    return out.numel() * args[0].shape[-1]


def _sum_and_product(args, out):  # b + (…, R, K) times (…, K, C)
    return out.numel() * args[1].shape[-1]


def _sum_of_products(args, out):  # b + sum over N of (N, R, K) times (N, K, C)
    return args[1].numel() * out.shape[-1]


def _sum_and_matrix_times_vector(args, out):
    return args[1].numel()


def _batch_norm(args, out):
    measured = args[5]
    return (3 if measured else 1) * out.numel()


def _layer_norm(args, out):
    weight = args[2]
    return (3 if weight is None else 4) * out.numel()


def _times_outputs(factor):
    return lambda args, out: factor * out.numel()


def _times_inputs(factor):
    return lambda args, out: factor * args[0].numel()


def _windows(axes):
    """Of a pooling over ``axes`` axes, whose second argument is the window's size."""

    def steps(args, out):
        size = args[1] if isinstance(args[1], (tuple, list)) else [args[1]]
        return out.numel() * math.prod(size if len(size) == axes else size * axes)

    return steps


def _adaptive_windows(axes):
    """Of a pooling that cuts each of ``axes`` axes into windows from ⌊in/m⌋ to ⌈(i+1)n/m⌉, which may overlap."""

    def steps(args, out):
        read = out.shape[:-axes].numel()
        for n, m in zip(args[0].shape[-axes:], out.shape[-axes:], strict=True):
            read *= sum(-(-(i + 1) * n // m) - i * n // m for i in range(m))
        return read

    return steps


def _each(category, steps, names):
    """The same rule for each of several operations, whose names stand in one text."""
    return dict.fromkeys(names.split(), (category, steps))


# Views in all but name: nothing is copied, though the schema does not say so.
_UNMARKED_VIEWS = {"_unsafe_view", "unsafe_split", "unsafe_split_with_sizes"}

_RULES = {
    "convolution": ("convolution", _convolution),
    "_convolution": ("convolution", _convolution),
    "mm": ("linear", _product),
    "bmm": ("linear", _product),
    "addmm": ("linear", _sum_and_product),
    "baddbmm": ("linear", _sum_and_product),
    "addbmm": ("linear", _sum_of_products),
    "mv": ("linear", _per_input),
    "dot": ("linear", _per_input),
    "vdot": ("linear", _per_input),
    "addmv": ("linear", _sum_and_matrix_times_vector),
    "native_batch_norm": ("norm", _batch_norm),
    "_native_batch_norm_legit": ("norm", _batch_norm),
    "native_group_norm": ("norm", _times_outputs(3)),
    "native_layer_norm": ("norm", _layer_norm),
    "mean": ("pooling", _per_input),
}
_RULES |= _each(
    "activation",
    _per_output,
    """relu hardtanh leaky_relu elu selu celu gelu silu mish sigmoid hardsigmoid hardswish tanh softplus
    log_sigmoid_forward threshold softshrink hardshrink _prelu_kernel rrelu_with_noise glu""",
)
_RULES |= _each("activation", _times_outputs(5), "_softmax _log_softmax _safe_softmax")
_RULES |= {
    kind.format(axes): ("pooling", windows(axes))
    for axes in (1, 2, 3)
    for kind, windows in {
        "max_pool{}d": _windows,
        "max_pool{}d_with_indices": _windows,
        "avg_pool{}d": _windows,
        "fractional_max_pool{}d": _windows,
        "adaptive_max_pool{}d": _adaptive_windows,
        "adaptive_avg_pool{}d": _adaptive_windows,
        "_adaptive_avg_pool{}d": _adaptive_windows,
    }.items()
}
_RULES |= _each(
    "other",
    _per_input,
    "sum nansum prod max min amax amin aminmax argmax argmin any all cumsum cumprod logsumexp linalg_vector_norm norm",
)
_RULES |= _each("other", _times_inputs(2), "var std var_mean std_mean")
_RULES |= _each("other", _per_output, "native_dropout")
_RULES |= _each("other", _times_outputs(2), "upsample_linear1d")
_RULES |= _each("other", _times_outputs(4), "upsample_bilinear2d")
_RULES |= _each("other", _times_outputs(8), "upsample_trilinear3d")
_RULES |= _each("other", _times_outputs(16), "upsample_bicubic2d")
_RULES |= _each("other", _times_outputs(2), "_weight_norm_interface")  # length of each filter, quotient
_RULES |= _each(  # numbers are only made, moved or read out
    "other",
    _nothing,
    """empty empty_like empty_strided new_empty new_empty_strided zeros zeros_like new_zeros ones ones_like new_ones
    full full_like new_full arange linspace eye scalar_tensor fill zero rand rand_like randn randn_like randint
    randperm bernoulli normal uniform tril triu tril_indices triu_indices
    clone copy _to_copy cat stack index index_select index_put gather scatter slice_scatter select_scatter embedding
    roll flip repeat constant_pad_nd reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d
    replication_pad2d replication_pad3d im2col pixel_shuffle pixel_unshuffle channel_shuffle native_channel_shuffle
    max_unpool2d max_unpool3d upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d
    _upsample_nearest_exact2d _upsample_nearest_exact3d _local_scalar_dense _assert_async""",
)
