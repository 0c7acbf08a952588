"""Whole arrays at once: window views, sorting, scattering, an ordinary layer, log-probabilities."""

# %% rank_pool
import numpy as np


def rank_pool(x, size, w, stride, padding=0):
    frame = ((0, 0), (padding, padding), (padding, padding))
    framed = np.pad(x, frame, constant_values=-np.inf)
    views = np.lib.stride_tricks.sliding_window_view(framed, (size, size), (1, 2))[:, ::stride, ::stride]
    ranked = np.sort(views.reshape(*views.shape[:3], size * size))[..., ::-1]
    real = np.isfinite(ranked)
    return np.where(real, ranked, 0) @ w / (real @ w)


# %% maxpool_backward
def maxpool_backward(x, g, size, stride, padding=0):
    C, H, W = x.shape
    places = np.pad(np.arange(H * W).reshape(H, W), padding, constant_values=H * W)
    framed = np.pad(x, ((0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)

    def seen(array):
        views = np.lib.stride_tricks.sliding_window_view(array, (size, size), (-2, -1))
        views = views[..., ::stride, ::stride, :, :]
        return views.reshape(*views.shape[:-2], size * size)[..., ::-1]

    winners = seen(framed).argmax(-1)
    where = np.take_along_axis(np.broadcast_to(seen(places), (*winners.shape, size * size)), winners[..., None], -1)
    flat = where[..., 0] + H * W * np.arange(C)[:, None, None]
    return np.bincount(flat.ravel(), g.ravel(), C * H * W).reshape(C, H, W)


# %% PartialConv
import torch  # noqa: E402
from torch import nn  # noqa: E402


class PartialConv(nn.Module):
    def __init__(self, table, size):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(int(table.sum()), size, size) - 0.5)
        self.bias = nn.Parameter(torch.rand(len(table)))
        self.register_buffer("mask", table.bool(), persistent=False)

    def forward(self, x):
        size = self.weight.shape[-1]
        mask = self.mask[:, :, None, None].expand(-1, -1, size, size)
        kernels = torch.zeros(mask.shape).masked_scatter(mask, self.weight)
        columns = nn.functional.unfold(x, size)
        y = kernels.flatten(1) @ columns + self.bias[:, None]
        return y.unflatten(2, (x.shape[2] - size + 1, x.shape[3] - size + 1))

    def step(self, x, g, rate):
        optimizer = torch.optim.SGD(self.parameters(), lr=rate)
        optimizer.zero_grad()
        self(x).mul(g).sum().backward()
        optimizer.step()


# %% train
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402


def train(images, labels, tests, seed):
    torch.manual_seed(seed)
    mean, std = images.float().mean(), images.float().std()
    net = nn.Sequential(
        *(nn.Conv2d(1, 8, 5), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3), nn.Tanh(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 10), nn.LogSoftmax(dim=1)),
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    data = TensorDataset((images.float() - mean) / std, labels)
    for _ in range(10):
        for x, y in DataLoader(data, batch_size=20, shuffle=True):
            optimizer.zero_grad()
            nn.functional.nll_loss(net(x), y).backward()
            optimizer.step()
    with torch.inference_mode():
        return net.eval()((tests.float() - mean) / std).max(dim=1).indices
