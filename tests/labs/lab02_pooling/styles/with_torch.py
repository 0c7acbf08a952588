"""PyTorch wherever it helps, and automatic differentiation in place of a way back."""

# %% rank_pool
import numpy as np
import torch


def rank_pool(x, size, w, stride, padding=0):
    image = torch.from_numpy(x)[:, None]
    frame = (padding,) * 4
    framed = torch.nn.functional.pad(image, frame, value=float("-inf"))
    windows = framed.unfold(2, size, stride).unfold(3, size, stride).flatten(4)[:, 0]
    ranked, _ = windows.sort(dim=-1, descending=True)
    real = ranked > float("-inf")
    w = torch.tensor(w)
    return (torch.where(real, ranked, 0.0).mul(w).sum(-1) / real.mul(w).sum(-1)).numpy()


# %% maxpool_backward
def maxpool_backward(x, g, size, stride, padding=0):
    # The last of equal numbers: later pixels rank a little higher, by whole numbers that tell all values apart.
    _, ranks = np.unique(x, return_inverse=True)
    order = ranks.reshape(x.shape) * x[0].size + np.arange(x[0].size).reshape(x.shape[1:])
    image = torch.tensor(order, dtype=torch.float64, requires_grad=True)
    pooled = torch.nn.functional.max_pool2d(image, size, stride, padding)
    pooled.backward(torch.from_numpy(g))
    return image.grad.numpy()


# %% PartialConv
from torch import nn  # noqa: E402


class PartialConv(nn.Module):
    def __init__(self, table, size):
        super().__init__()
        self.readers = [row.nonzero().flatten() for row in table]
        self.weight = nn.Parameter(torch.zeros(int(table.sum()), size, size))
        self.bias = nn.Parameter(torch.zeros(len(table)))
        nn.init.kaiming_uniform_(self.weight)

    def forward(self, x):
        kernels = self.weight.split([len(inputs) for inputs in self.readers])
        size = self.weight.shape[-1]
        empty = torch.zeros(len(x), 1, x.shape[2] - size + 1, x.shape[3] - size + 1)
        maps = []
        for inputs, kernel, bias in zip(self.readers, kernels, self.bias, strict=True):
            heard = nn.functional.conv2d(x[:, inputs], kernel[None]) if len(inputs) else empty
            maps.append(heard + bias)
        return torch.cat(maps, 1)

    def step(self, x, g, rate):
        loss = torch.sum(g * self(x))
        slopes = torch.autograd.grad(loss, [self.weight, self.bias])
        with torch.no_grad():
            for p, slope in zip([self.weight, self.bias], slopes, strict=True):
                p.sub_(rate * slope)


# %% train
class Net(nn.Module):
    def __init__(self, images):
        super().__init__()
        self.mean, self.std = images.float().mean() / 255, images.float().std() / 255
        self.first, self.second, self.last = nn.Conv2d(1, 8, 5), nn.Conv2d(8, 16, 3), nn.Linear(64, 10)

    def forward(self, images):
        x = (images / 255 - self.mean) / self.std
        x = nn.functional.max_pool2d(torch.tanh(self.first(x)), 2)
        x = nn.functional.max_pool2d(torch.tanh(self.second(x)), 2)
        return self.last(nn.functional.dropout(x.flatten(1), 0.5, self.training))


def train(images, labels, tests, seed):
    torch.manual_seed(seed)
    net, cost = Net(images), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    for _ in range(10):
        for batch in torch.randperm(len(images)).split(20):
            cost(net(images[batch]), labels[batch]).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
    net.eval()
    return torch.cat([net(part).argmax(dim=1) for part in tests.split(64)])
