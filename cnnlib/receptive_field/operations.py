"""What PyTorch's operations do to receptive fields; see ``graph``.

A tensor's field is, for each of the last axes, an affine interval: the unit at index i sees the input from
first + i·jump to last + i·jump. Convolution and pooling widen it, a merge takes the union of its branches. Some
operations let every unit see the whole input; their field is ``EVERYTHING``, and so is what is computed from it.

Each rule is called with the fields of those inputs that have one, these tensors, all arguments, the first output, and
the number of axes of space or time; it returns the outputs' field.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

import torch

from cnnlib._meta_device import Stop

EVERYTHING = "everything"


class Unknown(Stop):
    """An operation through which fields cannot be followed."""


class Span(NamedTuple):
    """What the units along one axis see of the input along it."""

    first: Fraction
    last: Fraction
    jump: Fraction


def rule(operation: Any) -> Callable | None:
    """How the fields go through an ``OpOverload``: one of the functions below, or None where that is not known."""
    return _RULES.get(_name(operation), _merge if torch.Tag.pointwise in operation.tags else None)


def is_listed(operation: Any) -> bool:
    """Whether the operation has a rule of its own, so that it need not come in its parts."""
    return _name(operation) in _RULES


def _name(operation):
    return str(operation.overloadpacket).removeprefix("aten.").removesuffix("_")


def _merge(fields, tensors, args, out, axes):
    """Union of branches whose units lie at the same places."""
    if any(t.shape[-axes:] != out.shape[-axes:] for t in tensors):
        raise Unknown("branches whose sizes differ")
    merged = []
    for spans in zip(*fields, strict=True):
        if len({span.jump for span in spans}) > 1:
            raise Unknown("branches whose jumps differ")
        merged.append(Span(min(s.first for s in spans), max(s.last for s in spans), spans[0].jump))
    return tuple(merged)


def _windows(field, kernel, stride, padding, dilation):
    """Of windows that slide over units: the equations of Araujo et al."""
    return tuple(
        Span(s.first - p * s.jump, s.last + (d * (k - 1) - p) * s.jump, s.jump * stride_)
        for s, k, stride_, p, d in zip(field, kernel, stride, padding, dilation, strict=True)
    )


def _resample(span, factor, taps):
    """Where outputs are ``factor`` times as many: output o sees the units from ``taps(o)``'s first to its last.

    Which ones depends on o modulo the factor; the field holds, as tightly as an affine one can, what each sees.
    """
    jump = span.jump / factor
    seen = [(o, taps(o)) for o in range(factor)]
    seen = [(o, first, last) for o, (first, last) in seen if first <= last]  # a stride above the kernel leaves gaps
    return Span(
        min(span.first + first * span.jump - o * jump for o, first, _ in seen),
        max(span.last + last * span.jump - o * jump for o, _, last in seen),
        jump,
    )


def _per_axis(value, axes):
    return list(value) * axes if len(value) == 1 else list(value)


def _convolution(fields, tensors, args, out, axes):
    x, w, _, stride, padding, dilation, transposed = args[:7]
    if len(tensors) > 1 or tensors[0] is not x:
        raise Unknown("a convolution whose weights depend on the input")
    if len(stride) > axes or x.ndim != axes + 2:
        raise Unknown("a convolution over other axes than the input's")
    geometry = list(zip(w.shape[2:], *(_per_axis(v, axes) for v in (stride, padding, dilation)), strict=True))
    if not transposed:
        return _windows(fields[0], *zip(*geometry, strict=True))

    def taps(k, s, p, d):  # output o = s·i − p + d·t for unit i and tap t
        def at(o):
            units = [(o + p - d * t) // s for t in range(k) if (o + p - d * t) % s == 0]
            return (min(units), max(units)) if units else (0, -1)

        return at

    return tuple(_resample(span, g[1], taps(*g)) for span, g in zip(fields[0], geometry, strict=True))


def _pooling(has_dilation):
    """Windows over more axes than those of space, as in local response normalisation, lie over channels as well."""

    def after(fields, tensors, args, out, axes):
        kernel = _per_axis(args[1], axes)
        stride = _per_axis(args[2], axes) if len(args) > 2 and args[2] else kernel
        padding = _per_axis(args[3], axes) if len(args) > 3 else [0] * axes
        dilation = _per_axis(args[4], axes) if has_dilation and len(args) > 4 else [1] * axes
        return _windows(fields[0], *(each[-axes:] for each in (kernel, stride, padding, dilation)))

    return after


def _adaptive_pooling(fields, tensors, args, out, axes):
    sizes = list(zip(tensors[0].shape[-axes:], out.shape[-axes:], strict=True))
    if all(m == 1 for _, m in sizes):
        return EVERYTHING
    if any(n % m for n, m in sizes):
        raise Unknown("adaptive pooling into windows of several sizes")
    kernel = [n // m for n, m in sizes]
    return _windows(fields[0], kernel, kernel, [0] * axes, [1] * axes)


def _batch_norm(fields, tensors, args, out, axes):
    return EVERYTHING if args[5] else fields[0]


def _interpolation(reach):
    """Nearest neighbour (``reach`` 0) or linear (1) interpolation, by whole factors."""

    def after(fields, tensors, args, out, axes):
        spans = []
        for span, n, m in zip(fields[0], tensors[0].shape[-axes:], out.shape[-axes:], strict=True):
            if m % n or (reach and args[2]):
                raise Unknown("interpolation with aligned corners, or by a factor that is no integer")
            factor = m // n

            def taps(o, factor=factor):
                if reach == 0 or factor == 1:
                    return o // factor, o // factor
                place = Fraction(2 * o + 1, 2 * factor) - Fraction(1, 2)
                return floor(place), ceil(place)

            spans.append(_resample(span, factor, taps))
        return tuple(spans)

    return after


def _pad(fields, tensors, args, out, axes):
    before = [args[1][n] if n < len(args[1]) else 0 for n in range(0, 2 * axes, 2)][::-1]
    return tuple(
        Span(s.first - p * s.jump, s.last - p * s.jump, s.jump) for s, p in zip(fields[0], before, strict=True)
    )


def _reduction(fields, tensors, args, out, axes):
    """A mean or maximum: over channels alone, with their axis kept, units stay where they are."""
    dims = args[1] if len(args) > 1 else None
    dims = [dims] if isinstance(dims, int) else dims
    x = tensors[0]
    if not dims:
        return EVERYTHING
    in_space = {n % x.ndim - (x.ndim - axes) for n in dims} & set(range(axes))
    if not in_space:
        return fields[0]
    if len(in_space) == axes:
        return EVERYTHING
    raise Unknown("a mean or maximum over one axis of several")


def _reshape(fields, tensors, args, out, axes):
    """Views that leave the last axes alone; flattened, the places are lost."""
    if out.shape[-axes:] == tensors[0].shape[-axes:]:
        return fields[0]
    if out[0].numel() == tensors[0][0].numel() and out.ndim == 2:
        return EVERYTHING
    raise Unknown("a view that moves or merges axes")


def _permute(fields, tensors, args, out, axes):
    n = tensors[0].ndim
    order = list(range(n))
    if len(args) == 3:  # transpose
        a, b = args[1] % n, args[2] % n
        order[a], order[b] = order[b], order[a]
    else:
        order = [d % n for d in args[1]]
    if order[-axes:] != list(range(n - axes, n)):
        raise Unknown("a permutation that moves the axes of space or time")
    return fields[0]


def _join(fields, tensors, args, out, axes):
    if (args[1] if len(args) > 1 else 0) % out.ndim >= out.ndim - axes:
        raise Unknown("a join along an axis of space or time")
    return _merge(fields, tensors, args, out, axes)


def _select(fields, tensors, args, out, axes):
    if (args[1] if len(args) > 1 else 0) % tensors[0].ndim >= tensors[0].ndim - axes:
        raise Unknown("a cut along an axis of space or time")
    return fields[0]


def _cut(fields, tensors, args, out, axes):
    """From ``start``, every ``step``-th unit along one axis."""
    x = tensors[0]
    dim, start, _, step = tuple(args[1:]) + (0, None, None, 1)[len(args) - 1 :]
    place = dim % x.ndim - (x.ndim - axes)
    if place < 0:
        return fields[0]
    start = slice(start, None).indices(x.shape[dim])[0]  # of a negative one, the place from the front
    cut = list(fields[0])
    span = cut[place]
    cut[place] = Span(span.first + start * span.jump, span.last + start * span.jump, span.jump * step)
    return tuple(cut)


def _index(fields, tensors, args, out, axes):
    x, indices = args[:2]
    if any(index is not None for index in indices[x.ndim - axes :]):
        raise Unknown("a choice of places")
    return fields[0]


def _softmax(fields, tensors, args, out, axes):
    return fields[0] if args[1] % out.ndim < out.ndim - axes else EVERYTHING


def _independent(fields, tensors, args, out, axes):
    return None


def _each(after, names):
    return dict.fromkeys(names.split(), after)


_RULES = {
    **_each(_convolution, "convolution _convolution"),
    **_each(_pooling(has_dilation=True), "max_pool2d_with_indices max_pool3d_with_indices max_pool1d"),
    **_each(_pooling(has_dilation=False), "avg_pool1d avg_pool2d avg_pool3d"),
    **_each(_adaptive_pooling, "adaptive_max_pool2d adaptive_max_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d"),
    **_each(_batch_norm, "native_batch_norm"),
    **_each(_interpolation(reach=0), "upsample_nearest1d upsample_nearest2d upsample_nearest3d"),
    **_each(_interpolation(reach=1), "upsample_linear1d upsample_bilinear2d upsample_trilinear3d"),
    **_each(_pad, "constant_pad_nd"),
    **_each(_reduction, "mean sum amax amin max min"),
    **_each(_reshape, "view _unsafe_view unsqueeze squeeze expand alias detach split split_with_sizes"),
    **_each(_permute, "permute transpose"),
    **_each(_join, "cat"),
    **_each(_select, "select unbind"),
    **_each(_cut, "slice"),
    **_each(_index, "index"),
    **_each(_softmax, "_softmax _log_softmax _safe_softmax"),
    **_each(_merge, "hardswish clone copy _to_copy"),
    **_each(_independent, "empty_like new_empty zeros_like new_zeros ones_like new_ones full_like new_full"),
}
