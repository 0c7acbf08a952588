"""Other names, more and smaller functions, and another way of thinking about each task."""

# %% rank_pool
import numpy as np


def _span(first, reach, length):
    """The part of a window, along one axis, that lies in the picture."""
    return slice(max(0, first), min(first + reach, length))


def rank_pool(x, size, w, stride, padding=0):
    floors = []
    for floor in x:
        tall, broad = floor.shape
        lines = []
        for down in range(-padding, tall + padding - size + 1, stride):
            line = []
            for right in range(-padding, broad + padding - size + 1, stride):
                crowd = np.sort(floor[_span(down, size, tall), _span(right, size, broad)], axis=None)[::-1]
                line.append(np.average(crowd, weights=w[: crowd.size]))
            lines.append(line)
        floors.append(lines)
    return np.array(floors)


# %% maxpool_backward
def _takes(floor, top, left, size):
    """Where the winner of a window stands: the largest, and of equals the one furthest on."""
    tall, broad = floor.shape
    inside = [
        (floor[i, j], i, j)
        for i in range(max(top, 0), min(top + size, tall))
        for j in range(max(left, 0), min(left + size, broad))
    ]
    return max(inside)[1:]


def maxpool_backward(x, g, size, stride, padding=0):
    given = np.zeros_like(x)
    for (channel, r, q), number in np.ndenumerate(g):
        place = _takes(x[channel], stride * r - padding, stride * q - padding, size)
        given[(channel, *place)] += number
    return given


# %% PartialConv
import torch  # noqa: E402
from torch import nn  # noqa: E402


class PartialConv(nn.Module):
    def __init__(self, table, size):
        super().__init__()
        self.wires, self.outs = table.nonzero(), len(table)
        self.weight = nn.Parameter(0.1 * torch.randn(len(self.wires), size, size))
        self.bias = nn.Parameter(0.1 * torch.randn(self.outs))

    def forward(self, x):
        # Every wire by itself, as one group of a layer; then the wires of an output are added up.
        wired = x[:, self.wires[:, 1]]
        heard = nn.functional.conv2d(wired, self.weight[:, None], groups=len(self.wires))
        blank = heard.new_zeros(len(x), self.outs, *heard.shape[2:])
        return blank.index_add(1, self.wires[:, 0], heard) + self.bias[:, None, None]

    def step(self, x, g, rate):
        self.zero_grad()
        self(x).backward(g)
        with torch.no_grad():
            for p in (self.weight, self.bias):
                p.copy_(p - rate * p.grad)


# %% train
def _network():
    features = [nn.Conv2d(1, 8, 5), nn.Tanh(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.Tanh(), nn.MaxPool2d(2)]
    return nn.Sequential(*features, nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10))


def _epoch(network, walker, pictures, names):
    network.train()
    for chosen in torch.randperm(len(pictures)).split(20):
        walker.zero_grad()
        nn.CrossEntropyLoss()(network(pictures[chosen]), names[chosen]).backward()
        walker.step()


def train(images, labels, tests, seed):
    torch.manual_seed(seed)
    ink = 255 - images.float()  # light on dark does as well
    centre, width = ink.mean(), ink.std()
    network = _network()
    walker = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    for _ in range(10):
        _epoch(network, walker, (ink - centre) / width, labels)
    network.eval()
    with torch.no_grad():
        scores = network((255 - tests.float() - centre) / width)
    return torch.argsort(scores, dim=1)[:, -1]
