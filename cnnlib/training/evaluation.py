"""What a trained network makes of data: its outputs, its loss, its metrics."""

from typing import Any

import torch
from numpy.typing import ArrayLike
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib._modes import keep_modes
from cnnlib.training import batches, metrics
from cnnlib.training.batches import Tree
from cnnlib.training.objectives import Classification, Objective

Pair = Any  # (inputs, targets), or what unpacks as such a pair
BATCH_SIZE = 1000


def predict(model: nn.Module, images: ArrayLike | torch.Tensor | Tree, batch_size: int = BATCH_SIZE) -> Any:
    """Outputs (N, classes) of ``model`` in evaluation mode for ``images`` (N, C, H, W), float32 on the CPU.

    Inputs of other kinds are those of ``fit``, and the outputs are of the form that the model gives them. uint8 is
    divided by 255, as ``fit`` does. Every module is left in the mode that it was in.
    """
    device, dtype = find_device(model), find_dtype(model)
    inputs = batches.place_inputs("images", batches.to_tensors("images", images), device, dtype)
    return _run(model, inputs, None, lambda x, _: None, batch_size)[0]


def evaluate(
    model: nn.Module, data: Pair, objective: Objective | None = None, batch_size: int = BATCH_SIZE
) -> dict[str, float]:
    """The metrics of ``model`` on ``data`` (inputs, targets), by name; by default those of a classification.

    The model is in evaluation mode meanwhile. All outputs are kept until the end, in the CPU's memory.
    """
    objective = choose_objective(objective)
    return metrics.average(objective.metrics(*_compare(model, data, objective, batch_size)))


def accuracy(model: nn.Module, data: Pair, batch_size: int = BATCH_SIZE) -> float:
    """Share of the pair ``data`` (images, labels) that ``model`` classifies rightly, 0 to 1."""
    return evaluate(model, data, None, batch_size)["accuracy"]


def mean_loss(model: nn.Module, data: Pair, batch_size: int = BATCH_SIZE, objective: Objective | None = None) -> float:
    """Mean loss of ``model`` on ``data`` (inputs, targets); by default the cross-entropy, in nats, with labels."""
    objective = choose_objective(objective)
    return float(objective.loss(*_compare(model, data, objective, batch_size)))


def measure(model: nn.Module, inputs: Tree, targets: Tree, objective: Objective) -> dict[str, float]:
    """``evaluate`` for inputs and targets that are checked, and on the model's device."""
    return metrics.average(objective.metrics(*_run(model, inputs, targets, objective.choose_targets, BATCH_SIZE)))


def check(model: nn.Module, name: str, inputs: Tree, targets: Tree, objective: Objective) -> None:
    """``ValueError``, or the error of the model or of the objective, unless ``model`` can be trained on these data.

    Two examples, as ``batches.load`` gives them, pass through the model in evaluation mode, which leaves it as it is.
    """
    first = slice(0, 2)
    with keep_modes(model), torch.no_grad():
        model.eval()
        x = batches.scale_pixels(batches.take(inputs, first), find_dtype(model))
        outputs = batches.call(model, x)
        objective.check(name, inputs, targets, outputs)
        y = batches.place_targets(batches.take(targets, first), find_device(model), find_dtype(model))
        objective.metrics(outputs, objective.choose_targets(x, y))


def choose_objective(objective: Any) -> Objective:
    """``objective``, or a classification where it is None."""
    if objective is None:
        return Classification()
    if not isinstance(objective, Objective):
        arguments.fail("objective", objective, "an object of a class on training.Objective, such as Classification()")
    return objective


def find_device(model: nn.Module) -> torch.device:
    """The device that a model's parameters lie on; the CPU for one that has none."""
    if not isinstance(model, nn.Module):
        arguments.fail("model", model, "a torch.nn.Module")
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def find_dtype(model: nn.Module) -> torch.dtype:
    """The type of a model's numbers: that of its first floating-point parameter; float32 for one that has none."""
    return next((p.dtype for p in model.parameters() if p.is_floating_point()), torch.float32)


def _compare(model, data, objective, batch_size):
    """Outputs for ``data`` and what ``objective`` compares them with, both on the CPU, checked."""
    device, dtype = find_device(model), find_dtype(model)
    inputs, targets = batches.load("data", data, device, dtype)
    placed = batches.place_targets(targets, device, dtype)
    outputs, compared = _run(model, inputs, placed, objective.choose_targets, batch_size)
    objective.check("data", inputs, targets, outputs)
    return outputs, compared


def _run(model, inputs, targets, choose_targets, batch_size):
    """Outputs of ``model`` in evaluation mode, and what ``choose_targets`` gives for each batch, on the CPU."""
    size, dtype = arguments.integer("batch_size", batch_size, 1), find_dtype(model)
    outputs, compared = [], []
    with keep_modes(model), torch.no_grad():  # inference mode's tensors could not be trained on
        model.eval()
        for rows in batches.split(batches.count(inputs), size):
            x = batches.scale_pixels(batches.take(inputs, rows), dtype)
            outputs.append(batches.change(batches.call(model, x), _move_to_cpu))
            compared.append(batches.change(choose_targets(x, batches.take(targets, rows)), _move_to_cpu))
    return batches.join(outputs), batches.join(compared)


def _move_to_cpu(tensor):
    return tensor.float().cpu() if tensor.is_floating_point() else tensor.cpu()
