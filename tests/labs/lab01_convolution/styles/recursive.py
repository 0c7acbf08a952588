"""Functions of functions, recursion, and no assignment to an entry where it can be helped."""

# %% maxplus
import numpy as np


def maxplus(x, w, stride=1, padding=0, dilation=1):
    from functools import reduce
    from itertools import product

    def pixel(p, q):
        return x[p, q] if 0 <= p < x.shape[0] and 0 <= q < x.shape[1] else -np.inf

    def seen(start, taps):
        return [(start - padding + dilation * tap, tap) for tap in range(taps)]

    def response(r, c):
        meetings = product(seen(r, w.shape[0]), seen(c, w.shape[1]))
        return reduce(max, (pixel(p, q) + w[i, j] for (p, i), (q, j) in meetings))

    def starts(n, k):
        return range(0, n + 2 * padding - dilation * (k - 1), stride)

    rows, cols = map(starts, x.shape, w.shape)
    return np.array([[response(r, c) for c in cols] for r in rows])


# %% identify
def identify(box):
    from functools import reduce

    quiet = box(np.zeros((64, 64)))
    b, S = quiet.item(0), min((1, 2, 3), key=lambda s: abs(64 / s - len(quiet)))
    places = [10 + 16 * k + k for k in range(S)]
    comb = reduce(np.add, (np.eye(64)[p] for p in places))
    answer = box(np.outer(comb, comb))

    def offset(index):
        return next(p - S * index for p in places if -5 < p - S * index < 5)

    heard = filter(lambda entry: abs(entry[1] - b) > 0.01, np.ndenumerate(answer))
    found = {(offset(r), offset(c)): v - b for (r, c), v in heard}
    rows, cols = (sorted({key[axis] for key in found}) for axis in (0, 1))
    return [[found[i, j] for j in cols] for i in rows], b, S, -rows[0]


# %% ReflectConv
def bounced(t, n):
    if t < 0:
        return bounced(-t, n)
    return t if t < n else bounced(2 * (n - 1) - t, n)


class ReflectConv:
    def __init__(self, w, stride=1, dilation=1):
        self.w, self.stride, self.dilation = w, stride, dilation

    def matrices(self, size):
        """For each tap of each axis a matrix (outputs, pixels) with a single 1 in every row."""

        def matrix(n, k, tap):
            centres = range(0, n, self.stride)
            return np.array([np.eye(n)[bounced(c + self.dilation * (tap - k // 2), n)] for c in centres])

        return [[matrix(n, k, tap) for tap in range(k)] for n, k in zip(size, self.w.shape, strict=True)]

    def forward(self, x):
        rows, cols = self.matrices(x.shape)
        return sum(v * rows[i] @ x @ cols[j].T for (i, j), v in np.ndenumerate(self.w))

    def adjoint(self, y, size):
        rows, cols = self.matrices(size)
        return sum(v * rows[i].T @ y @ cols[j] for (i, j), v in np.ndenumerate(self.w))


# %% cheapest
def cheapest(size, field, jump, overhead):
    from functools import cache
    from itertools import product

    def price(K, side):
        return (K * K + overhead) * side * side

    @cache
    def rest(seen, j):
        """(cost, layers as nested pairs) from here to the end."""
        if seen >= field:
            return 0, None
        options = []
        for K, S in product((3, 5, 7), (1, 2)):
            if j * S <= jump:
                cost, tail = rest(min(field, seen + (K - 1) * j), j * S)
                options.append((cost + price(K, -(-size // (j * S))), ((K, S), tail)))
        return min(options, key=lambda option: option[0])

    def unrolled(chain):
        return [] if chain is None else [chain[0], *unrolled(chain[1])]

    return unrolled(rest(1, 1)[1])
