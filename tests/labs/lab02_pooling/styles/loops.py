"""Plain loops, one number at a time."""

# %% rank_pool
import numpy as np


def rank_pool(x, size, w, stride, padding=0):
    C, H, W = x.shape
    OH = (H + 2 * padding - size) // stride + 1
    OW = (W + 2 * padding - size) // stride + 1
    y = np.zeros((C, OH, OW))
    for c in range(C):
        for r in range(OH):
            for q in range(OW):
                seen = []
                for i in range(size):
                    for j in range(size):
                        row, col = r * stride + i - padding, q * stride + j - padding
                        if 0 <= row < H and 0 <= col < W:
                            seen.append(x[c, row, col])
                seen.sort(reverse=True)
                above, below = 0.0, 0.0
                for weight, pixel in zip(w, seen, strict=False):
                    above += weight * pixel
                    below += weight
                y[c, r, q] = above / below
    return y


# %% maxpool_backward
def maxpool_backward(x, g, size, stride, padding=0):
    C, H, W = x.shape
    gradient = np.zeros((C, H, W))
    for c in range(C):
        for r in range(g.shape[1]):
            for q in range(g.shape[2]):
                best, winner = -np.inf, None
                for i in range(size):
                    for j in range(size):
                        row, col = r * stride + i - padding, q * stride + j - padding
                        if 0 <= row < H and 0 <= col < W and x[c, row, col] >= best:
                            best, winner = x[c, row, col], (row, col)
                gradient[c, winner[0], winner[1]] += g[c, r, q]
    return gradient


# %% PartialConv
import torch  # noqa: E402
from torch import nn  # noqa: E402


class PartialConv(nn.Module):
    def __init__(self, table, size):
        super().__init__()
        self.pairs = []
        for o in range(table.shape[0]):
            for i in range(table.shape[1]):
                if table[o, i] == 1:
                    self.pairs.append((o, i))
        self.weight = nn.Parameter(torch.randn(len(self.pairs), size, size) / size)
        self.bias = nn.Parameter(torch.zeros(table.shape[0]))

    def forward(self, x):
        size = self.weight.shape[1]
        rows, cols = x.shape[2] - size + 1, x.shape[3] - size + 1
        maps = [bias.expand(len(x), rows, cols) for bias in self.bias]
        for n, (o, i) in enumerate(self.pairs):
            for a in range(size):
                for b in range(size):
                    maps[o] = maps[o] + self.weight[n, a, b] * x[:, i, a : a + rows, b : b + cols]
        return torch.stack(maps, dim=1)

    def step(self, x, g, rate):
        for p in self.parameters():
            p.grad = None
        loss = (g * self.forward(x)).sum()
        loss.backward()
        for p in self.parameters():
            p.data = p.data - rate * p.grad


# %% train
import torch.nn.functional as F  # noqa: E402


def train(images, labels, tests, seed):
    torch.manual_seed(seed)
    x = images.float() / 255
    mean, std = x.mean(), x.std()
    x = (x - mean) / std
    net = nn.Sequential(
        nn.Conv2d(1, 8, 5),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.Tanh(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(64, 10),
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    for _ in range(10):
        order = torch.randperm(len(x))
        x, labels = x[order], labels[order]
        for start in range(0, len(x), 20):
            loss = F.cross_entropy(net(x[start : start + 20]), labels[start : start + 20])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    net.eval()
    tests = (tests.float() / 255 - mean) / std
    answers = []
    with torch.no_grad():
        for test in tests:
            answers.append(int(net(test[None])[0].argmax()))
    return torch.tensor(answers)
