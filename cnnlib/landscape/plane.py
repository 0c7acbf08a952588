"""The loss over a plane through a trained network's weights: Li et al. (2018)."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from cnnlib import _arguments as arguments
from cnnlib.landscape import _loss_at as points
from cnnlib.landscape.directions import filter_normalised

__all__ = ["Surface", "surface"]


class Surface(NamedTuple):
    """``losses[i, j]`` is the mean loss at θ + ``alphas[i]`` δ + ``betas[j]`` η; the trained θ is in the middle."""

    alphas: np.ndarray  # (n,), from −reach to reach, in units of the filters' norms
    betas: np.ndarray  # (n,)
    losses: np.ndarray  # (n, n), float64; infinite or NaN where the network overflowed

    @property
    def centre(self):
        """The loss of the model itself."""
        return float(self.losses[len(self.alphas) // 2, len(self.betas) // 2])


def surface(
    model, data, *, steps=21, reach=1.0, seed=0, loss=None, batch_norm="batch", batch_size=256, directions=None
):
    """The mean loss of ``model`` on ``data`` over a square of weights around its own: a ``Surface``.

    ``data`` is a pair (inputs (N, …), labels (N, …)), arrays or tensors; inputs of bytes are divided by 255. ``steps``
    is the side n of the grid, odd, so that the model is on it. ``reach`` is how far the square extends to each side,
    in multiples of the filters' norms: at 1, the change of each filter is as long as the filter. ``loss`` maps
    (outputs, labels) to their mean loss; by default it is the cross-entropy. ``directions`` is a pair of
    dictionaries from parameters' names to tensors, in place of those of ``filter_normalised(model, seed)``.

    ``batch_norm`` says what BatchNorm normalises with. "batch": the statistics of each batch of ``batch_size`` inputs,
    as in training, so that it is the loss that an optimiser would meet there. "running": the statistics that the model
    kept from training, as at test time. They belong to the trained weights; away from these, every layer
    normalises wrongly, and the errors multiply with depth: around a 56-layer residual network on digits, the largest
    loss at a reach of 0.75 was 1,100 or more in each of five runs, and about 5 with "batch". All else (dropout)
    is as at test time, for either.

    The model is left exactly as it was. The time is nearly all forward passes: nothing is copied per point, a filter
    bank is moved in place in memory of its own, and nothing is kept for gradients.
    """
    points.check_model("model", model)
    steps = arguments.integer("steps", steps, 3)
    if steps % 2 == 0:
        arguments.fail("steps", steps, "odd, so that the model itself is on the grid")
    reach = arguments.positive("reach", reach)
    statistics = arguments.choice("batch_norm", batch_norm, ("running", "batch")) == "batch"
    loss = points.check_loss(F.cross_entropy if loss is None else loss)
    data = points.batches("data", data, model, batch_size)
    delta, eta = _checked(model, filter_normalised(model, seed) if directions is None else directions)

    weights = {name: weight.detach() for name, weight in model.named_parameters() if name in delta or name in eta}
    row = {name: points.like(weight) for name, weight in weights.items()}
    point = {name: points.like(weight) for name, weight in weights.items()}
    tensors = {**points.copied_buffers(model), **point}
    grid = points.even_grid(reach, steps)
    losses = np.empty((steps, steps))
    with points.modes(model, batch_statistics=statistics), torch.inference_mode():
        for i, alpha in enumerate(grid):
            _move(row, weights, delta, alpha)
            for j, beta in enumerate(grid):
                _move(point, row, eta, beta)
                losses[i, j] = float(points.mean_loss(model, tensors, data, loss))
    return Surface(grid, grid.copy(), losses)


def _move(place, start, direction, step):
    """``place`` = ``start`` + ``step`` · ``direction``, tensor by tensor, in the memory that is there."""
    for name, tensor in place.items():
        if name in direction:
            torch.add(start[name], direction[name], alpha=float(step), out=tensor)
        else:
            tensor.copy_(start[name])


def _checked(model, directions):
    """The two directions, each with tensors of parameters' names, shapes and types."""
    directions = arguments.sequence("directions", directions, "a pair of dictionaries")
    if len(directions) != 2 or not all(isinstance(direction, dict) for direction in directions):
        arguments.fail("directions", directions, "a pair of dictionaries, from parameters' names to tensors")
    weights = dict(model.named_parameters())
    for direction in directions:
        for name, tensor in direction.items():
            if name not in weights or not torch.is_tensor(tensor) or tensor.shape != weights[name].shape:
                arguments.fail("directions", name, "parameters' names, each with a tensor of the parameter's shape")
    return [{name: tensor.detach().to(weights[name]) for name, tensor in d.items()} for d in directions]
