"""Task 3, any table of connections: its checks, and the mistakes that they recognise."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.grading.checks import wrong

from . import lab, solution

partial = lab.task(
    "PartialConv",
    "Any table of connections",
    classes={"PartialConv": ["forward", "step", "state_dict", "load_state_dict", "get_parameter"]},
    rtol=1e-4,
    atol=1e-4,
    tensors=True,
)


def table_of(rng, out, into):
    """A table of 0 and 1 (OUT, IN) with something in each row and column, and neither full nor symmetric."""
    while True:
        table = rng.integers(0, 2, (out, into))
        enough = table.any(0).all() and table.any(1).all() and (table.sum(1) > 1).any()
        by_columns = [(o, i) for i, o in zip(*np.nonzero(table.T), strict=True)]
        if enough and not table.all() and by_columns != list(zip(*np.nonzero(table), strict=True)):
            return table


def state(rng, table, size):
    """Weights and biases under the agreed names."""
    weight, bias = rng.normal(size=(table.sum(), size, size)), rng.uniform(1, 2, len(table))
    return {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32)}


def maps(rng, table, size):
    return rng.normal(size=(2, table.shape[1], size + 3, size + 2)).astype(np.float32)


@partial.check(points=1)
def parameters(student, rng):
    "Names and shapes of the parameters."
    for out, into, size in ((4, 3, 3), (2, 5, 2)):
        layer = student.PartialConv(table_of(rng, out, into), size)
        held = layer.state_dict()
        if not isinstance(held, dict) or not all(isinstance(value, np.ndarray) for value in held.values()):
            wrong("state_dict must give a dictionary of tensors")
        if held.keys() == {"weight", "bias"} and any(
            layer.get_parameter(name).shape != value.shape for name, value in held.items()
        ):
            wrong("what state_dict holds must be the parameters of this layer")
        yield {name: value.shape for name, value in held.items()}


@partial.check(points=3)
def responses(student, rng):
    "What the layer answers, under weights that are set from outside and changed again."
    for out, into, size in ((4, 3, 3), (3, 4, 2)):
        table = table_of(rng, out, into)
        layer = student.PartialConv(table, size)
        for _ in range(2):
            layer.load_state_dict(state(rng, table, size))
            yield layer.forward(maps(rng, table, size))


@partial.check(points=1)
def unconnected(student, rng):
    "An output without any input, and an input that nobody reads."
    table = table_of(rng, 4, 4)
    table[0, 1] = table[1, 0] = 1
    table[3] = table[:, 3] = 0
    layer = student.PartialConv(table, 2)
    layer.load_state_dict(state(rng, table, 2))
    return layer.forward(maps(rng, table, 2))


@partial.check(points=3)
def steps(student, rng):
    "The parameters after one step, and after another."
    table = table_of(rng, 3, 4)
    layer = student.PartialConv(table, 2)
    layer.load_state_dict(state(rng, table, 2))
    for rate in (0.1, 0.2):
        x = maps(rng, table, 2)
        g = rng.normal(size=(2, 3, 4, 3)).astype(np.float32)
        layer.step(x, g, rate)
        yield layer.state_dict()


@partial.misconception(of="PartialConv")
class Masked(solution.PartialConv):
    """There are weights for connections that do not exist. A mask hides them, but they are parameters all the same:
    they are stored and counted."""

    def __init__(self, table, size):
        super().__init__(torch.ones_like(table), size)
        self.weight = nn.Parameter(torch.zeros(*table.shape, size, size))


@partial.misconception(of="PartialConv")
class ByInput(solution.PartialConv):
    """The connections were numbered input by input. They follow the table row by row; a row is an output."""

    def dense(self):
        order = torch.argsort(self.into * 100 + self.out)
        w = self.weight.new_zeros(*self.shape, *self.weight.shape[1:])
        w[self.out[order], self.into[order]] = self.weight
        return w


@partial.misconception(of="PartialConv")
class Turned(solution.PartialConv):
    """The kernels were turned by 180°. Like every layer of the book, this one does not flip them."""

    def dense(self):
        return super().dense().flip((2, 3))


@partial.misconception(of="PartialConv")
class Transposed(solution.PartialConv):
    """Rows and columns of the kernels changed places. weight[n, i, j] meets the pixel i rows down and j columns to the
    right."""

    def dense(self):
        return super().dense().transpose(2, 3)


@partial.misconception(of="PartialConv")
class BiasAgain(solution.PartialConv):
    """The bias was added once for each connection. An output has one bias, added once to the sum over its inputs."""

    def forward(self, x):
        count = torch.bincount(self.out, minlength=self.shape[0])
        return F.conv2d(x, self.dense(), self.bias * count)


@partial.misconception(of="PartialConv")
class Averaged(solution.PartialConv):
    """The inputs of an output were averaged. Their responses are summed, however many there are."""

    def forward(self, x):
        count = torch.bincount(self.out, minlength=self.shape[0]).clamp(min=1)
        return F.conv2d(x, self.dense() / count[:, None, None, None], self.bias)


@partial.misconception(of="PartialConv")
class LastOneWins(solution.PartialConv):
    """Each output shows only the last of its inputs. Responses of several inputs are added, not written over each
    other."""

    def dense(self):
        w = super().dense()
        last = torch.zeros(self.shape, dtype=torch.bool)
        for o, i in zip(self.out, self.into, strict=True):
            last[o] = False
            last[o, i] = True
        return w * last[:, :, None, None]


@partial.misconception(of="PartialConv")
class ReadOnce(solution.PartialConv):
    """The layer goes on with the weights of its first call. Build what forward needs from the parameters each time."""

    def dense(self):
        if not hasattr(self, "first"):
            self.first = super().dense()
        return self.first

    def step(self, x, g, rate):
        if hasattr(self, "first"):
            self.first = self.first.detach()
        super().step(x, g, rate)


@partial.misconception(of="PartialConv")
class SameSize(solution.PartialConv):
    """The output is as large as the input. There is no padding: an output exists where the whole kernel fits."""

    def forward(self, x):
        K = self.weight.shape[-1]
        return super().forward(F.pad(x, (0, K - 1, 0, K - 1)))


@partial.misconception(of="PartialConv")
class SilentOutput(solution.PartialConv):
    """An output without inputs stayed 0. It still has a bias."""

    def forward(self, x):
        connected = torch.bincount(self.out, minlength=self.shape[0]) > 0
        return super().forward(x) * connected[:, None, None]


@partial.misconception(of="PartialConv")
class Detached(solution.PartialConv):
    """The step did not reach the weights. What forward uses was cut off from the graph, by .data, .detach() or no_grad,
    so their gradient is None or 0."""

    def dense(self):
        return super().dense().detach()


@partial.misconception(of="PartialConv")
class Accumulated(solution.PartialConv):
    """The second step also used the gradients of the first. PyTorch adds new gradients to those that are there; clear
    them."""

    def step(self, x, g, rate):
        (self.forward(x) * g).sum().backward()
        with torch.no_grad():
            for p in self.parameters():
                p -= rate * p.grad


@partial.misconception(of="PartialConv")
class Unmoved(solution.PartialConv):
    """The step left the parameters as they were. p = p − … makes a new tensor and calls it p; change the parameter
    itself, in place and under no_grad."""

    def step(self, x, g, rate):
        pass


@partial.misconception(of="PartialConv")
class Uphill(solution.PartialConv):
    """The step went up the gradient. Descent subtracts it."""

    def step(self, x, g, rate):
        super().step(x, g, -rate)


@partial.misconception(of="PartialConv")
class MeanForSum(solution.PartialConv):
    """The loss of the step was a mean. The task takes the sum of all products."""

    def step(self, x, g, rate):
        super().step(x, g, rate / g.numel())
