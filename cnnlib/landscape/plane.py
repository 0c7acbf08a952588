"""The loss over a plane through a trained network's weights: Li et al. (2018)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.landscape._loss_at import allocate, check_model, copy_buffers, load_batches, loss_at, set_modes
from cnnlib.landscape.directions import filter_normalised
from cnnlib.training import Objective
from cnnlib.training.evaluation import Pair, choose_objective

__all__ = ["Surface", "surface"]


class Surface(NamedTuple):
    """``losses[i, j]`` is the mean loss at θ + ``alphas[i]`` δ + ``betas[j]`` η; the trained θ is in the middle."""

    alphas: np.ndarray  # (n,), from −reach to reach, in units of the filters' norms
    betas: np.ndarray  # (n,)
    losses: np.ndarray  # (n, n), float64; infinite or NaN where the network overflowed

    @property
    def centre(self) -> float:
        """The loss of the model itself."""
        return float(self.losses[len(self.alphas) // 2, len(self.betas) // 2])


def surface(
    model: nn.Module,
    data: Pair,
    *,
    steps: int = 21,
    reach: float = 1.0,
    seed: int = 0,
    loss: Callable[[Any, Any], torch.Tensor] | None = None,
    objective: Objective | None = None,
    batch_norm: str = "batch",
    batch_size: int = 256,
    directions: Sequence[dict[str, torch.Tensor]] | None = None,
) -> Surface:
    """The mean loss of ``model`` on ``data`` over a square of weights around its own: a ``Surface``.

    ``data`` is a pair (inputs (N, …), targets (N, …)), as ``cnnlib.training.fit`` takes it, and ``objective`` has the
    loss; by default it is the cross-entropy of a ``Classification``. ``loss``, a function of (outputs, targets), is
    short for ``objective=Objective(loss)``. ``steps`` is the side n of the grid, odd, so that the model is on it.
    ``reach`` is how far the square extends to each side, in multiples of the filters' norms: at 1, the change of each
    filter is as long as the filter. ``directions`` is a pair of dictionaries from parameters' names to tensors, in
    place of those of ``filter_normalised(model, seed)``.

    ``batch_norm`` says what BatchNorm normalises with. "batch": the statistics of each batch of ``batch_size`` inputs,
    as in training, so that it is the loss that an optimiser would meet there; a remainder of one input joins the batch
    before it. "running": the statistics that the model
    kept from training, as at test time. They belong to the trained weights; away from these, every layer
    normalises wrongly, and the errors multiply with depth: around a 56-layer residual network on digits, the largest
    loss at a reach of 0.75 was 1,100 or more in each of five runs, and about 5 with "batch". All else (dropout)
    is as at test time, for either.

    The model is left exactly as it was. The time is nearly all forward passes: nothing is copied per point, a filter
    bank is moved in place in memory of its own, and nothing is kept for gradients.
    """
    check_model("model", model)
    steps = arguments.integer("steps", steps, 3)
    if steps % 2 == 0:
        arguments.fail("steps", steps, "odd, so that the model itself is on the grid")
    reach = arguments.positive("reach", reach)
    statistics = arguments.choice("batch_norm", batch_norm, ("running", "batch")) == "batch"
    if loss is not None and objective is not None:
        arguments.fail("loss", loss, "left out where there is an objective, which has its own")
    objective = choose_objective(objective) if loss is None else Objective(loss)
    evaluated = load_batches("data", data, model, objective, batch_size)
    delta, eta = _check_directions(model, filter_normalised(model, seed) if directions is None else directions)

    weights = {name: weight.detach() for name, weight in model.named_parameters() if name in delta or name in eta}
    row = {name: allocate(weight) for name, weight in weights.items()}
    point = {name: allocate(weight) for name, weight in weights.items()}
    tensors = {**copy_buffers(model), **point}
    grid = _space_evenly(reach, steps)
    losses = np.empty((steps, steps))
    with set_modes(model, batch_statistics=statistics), torch.inference_mode():
        for i, alpha in enumerate(grid):
            _move(row, weights, delta, alpha)
            for j, beta in enumerate(grid):
                _move(point, row, eta, beta)
                losses[i, j] = float(loss_at(model, tensors, evaluated, objective))
    return Surface(grid, grid.copy(), losses)


def _space_evenly(reach, steps):
    """``steps`` numbers from −reach to reach, exactly symmetric, with 0 in the middle."""
    half = np.linspace(0, reach, steps // 2 + 1)
    return np.concatenate([-half[:0:-1], half])


def _move(place, start, direction, step):
    """``place`` = ``start`` + ``step`` · ``direction``, tensor by tensor, in the memory that is there."""
    for name, tensor in place.items():
        if name in direction:
            torch.add(start[name], direction[name], alpha=float(step), out=tensor)
        else:
            tensor.copy_(start[name])


def _check_directions(model, directions):
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
