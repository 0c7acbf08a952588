"""Plain loops, one number at a time."""

# %% maxplus
import numpy as np


def maxplus(x, w, stride=1, padding=0, dilation=1):
    H, W = x.shape
    KH, KW = w.shape
    OH = (H + 2 * padding - dilation * (KH - 1) - 1) // stride + 1
    OW = (W + 2 * padding - dilation * (KW - 1) - 1) // stride + 1
    y = []
    for r in range(OH):
        row = []
        for c in range(OW):
            best = -np.inf
            for i in range(KH):
                for j in range(KW):
                    p = stride * r + dilation * i - padding
                    q = stride * c + dilation * j - padding
                    if 0 <= p < H and 0 <= q < W and x[p, q] + w[i, j] > best:
                        best = x[p, q] + w[i, j]
            row.append(best)
        y.append(row)
    return y


# %% identify
def identify(box):
    quiet = box(np.zeros((60, 60)))
    b = float(quiet[0, 0])
    # every S-th of 12 rows fewer makes one row of the response fewer
    stride = 12 // (len(quiet) - len(box(np.zeros((48, 60)))))
    image = np.zeros((60, 60))
    places = []
    for k in range(stride):
        places.append(12 + k * 13)  # 13 has the rest 1, whether divided by 2 or by 3
    for p in places:
        for q in places:
            image[p, q] = 1
    answer = box(image)
    found = {}
    for p in places:
        for q in places:
            for i in range(-4, 5):
                for j in range(-4, 5):
                    if (p - i) % stride == 0 and (q - j) % stride == 0:
                        value = answer[(p - i) // stride, (q - j) // stride] - b
                        if abs(value) > 0.01:
                            found[i, j] = value
    padding = -min(i for i, _ in found)
    KH = max(i for i, _ in found) + padding + 1
    KW = max(j for _, j in found) + padding + 1
    w = np.zeros((KH, KW))
    for i, j in found:
        w[i + padding, j + padding] = found[i, j]
    return w, b, stride, padding


# %% ReflectConv
class ReflectConv:
    def __init__(self, w, stride=1, dilation=1):
        self.w = w
        self.S = stride
        self.D = dilation

    def mirrored(self, t, n):
        if t < 0:
            t = -t
        if t > n - 1:
            t = 2 * (n - 1) - t
        return t

    def meetings(self, H, W):
        KH, KW = self.w.shape
        for r in range((H - 1) // self.S + 1):
            for c in range((W - 1) // self.S + 1):
                for i in range(KH):
                    for j in range(KW):
                        p = self.mirrored(self.S * r + self.D * i - self.D * (KH - 1) // 2, H)
                        q = self.mirrored(self.S * c + self.D * j - self.D * (KW - 1) // 2, W)
                        yield r, c, i, j, p, q

    def forward(self, x):
        H, W = x.shape
        y = np.zeros(((H - 1) // self.S + 1, (W - 1) // self.S + 1))
        for r, c, i, j, p, q in self.meetings(H, W):
            y[r, c] += self.w[i, j] * x[p, q]
        return y

    def adjoint(self, y, size):
        x = np.zeros(size)
        for r, c, i, j, p, q in self.meetings(*size):
            x[p, q] += self.w[i, j] * y[r, c]
        return x


# %% cheapest
def cheapest(size, field, jump, overhead):
    best = {(1, 1): (0, [])}
    for seen in range(1, field):
        j = 1
        while j <= jump:
            if (seen, j) in best:
                cost, stack = best[seen, j]
                for K in (3, 5, 7):
                    for S in (1, 2):
                        if j * S > jump:
                            continue
                        side = -(-size // (j * S))
                        new = cost + (K * K + overhead) * side * side
                        key = (min(field, seen + (K - 1) * j), j * S)
                        if key not in best or new < best[key][0]:
                            best[key] = (new, [*stack, (K, S)])
            j *= 2
    winner = None
    for (seen, _), (cost, stack) in best.items():
        if seen == field and (winner is None or cost < winner[0]):
            winner = (cost, stack)
    return winner[1]
