"""Whole arrays at once: windows, index arrays, products."""

# %% maxplus
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def maxplus(x, w, stride=1, padding=0, dilation=1):
    extent = [dilation * (k - 1) + 1 for k in w.shape]
    padded = np.pad(x, padding, mode="constant", constant_values=-np.inf)
    windows = sliding_window_view(padded, extent)[::stride, ::stride, ::dilation, ::dilation]
    return (windows + w).max(axis=(-2, -1))


# %% identify
def identify(box):
    # One question: the impulses stand 11 apart, and 11 leaves the rest 1 when divided by 2, and 2 by 3.
    comb = np.zeros(64)
    comb[[11, 22, 33]] = 1
    y = box(np.outer(comb, comb))
    b = y[-1, 0]
    S = int(np.rint(64 / y.shape[0]))
    r, c = np.nonzero(~np.isclose(y, b, rtol=0, atol=0.01))
    places = np.array([11, 22, 33])

    def offset(index):
        """Impulse minus window start, for the one impulse that this can be."""
        away = places - S * index[:, None]
        return away[np.arange(len(index)), np.abs(away).argmin(axis=1)]

    u, v = offset(r), offset(c)
    w = np.zeros((u.max() - u.min() + 1, v.max() - v.min() + 1))
    w[u - u.min(), v - v.min()] = y[r, c] - b
    return w, b, S, -u.min()


# %% ReflectConv
class ReflectConv:
    def __init__(self, w, stride=1, dilation=1):
        self.w, self.S, self.D = np.asarray(w), stride, dilation

    def _tensor(self, n, k):
        """T[r, i, p] = 1 where output r meets pixel p through tap i, along one axis."""
        t = self.S * np.arange(-(-n // self.S))[:, None] + self.D * (np.arange(k) - k // 2)
        t = np.abs(t)
        t = (n - 1) - np.abs((n - 1) - t)
        return np.eye(n)[t]

    def forward(self, x):
        (R, C) = (self._tensor(n, k) for n, k in zip(x.shape, self.w.shape, strict=True))
        return np.einsum("rip,cjq,ij,pq->rc", R, C, self.w, x, optimize=True)

    def adjoint(self, y, size):
        (R, C) = (self._tensor(n, k) for n, k in zip(size, self.w.shape, strict=True))
        return np.einsum("rip,cjq,ij,rc->pq", R, C, self.w, y, optimize=True)


# %% cheapest
def cheapest(size, field, jump, overhead):
    # value[f, l]: what it costs to get from field f and jump 2**l to the end; filled from large fields to small ones.
    levels = jump.bit_length()
    sides = -(-size // 2 ** np.arange(levels))
    kernels, strides = np.repeat([3, 5, 7], 2), np.tile([1, 2], 3)
    value = np.full((field + 1, levels + 1), np.inf)
    value[field, :levels] = 0
    choice = np.zeros((field + 1, levels), int)
    for f in range(field - 1, 0, -1):
        for level in range(levels):
            after = np.minimum(level + strides - 1, levels)
            side = np.append(sides, 0)[after]
            reached = np.minimum(f + (kernels - 1) * 2**level, field)
            total = (kernels**2 + overhead) * side**2 + value[reached, after]
            choice[f, level] = total.argmin()
            value[f, level] = total.min()
    f, level, stack = 1, 0, []
    while f < field:
        best = choice[f, level]
        stack.append((int(kernels[best]), int(strides[best])))
        f, level = min(field, f + (kernels[best] - 1) * 2**level), level + strides[best] - 1
    return stack
