"""The loop: an epoch is every example once, in random order; a step is one batch."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.training import batches, evaluation, metrics
from cnnlib.training.freeze import find_frozen, start_training
from cnnlib.training.history import History, check_finite
from cnnlib.training.objectives import Classification, Objective
from cnnlib.training.optimizers import choose_optimizer, follow
from cnnlib.training.progress import Progress
from cnnlib.training.schedule import schedule as choose_schedule
from cnnlib.training.shuffle import Shuffle

LOOK = 20  # steps between two looks at the loss; each makes a GPU wait


def fit(
    model: nn.Module,
    train: evaluation.Pair,
    *,
    epochs: int,
    objective: Objective | None = None,
    batch_size: int = 128,
    rate: float = 0.1,
    optimizer: str | torch.optim.Optimizer = "sgd",
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    schedule: str = "cosine",
    milestones: Sequence[float] = (),
    warmup: float = 0,
    augment: Sequence[Callable[[Any, torch.Generator], Any]] = (),
    test: evaluation.Pair | None = None,
    seed: int = 0,
    device: str | torch.device | None = None,
    progress: bool = True,
    loss: Callable[[Any, Any], torch.Tensor] | None = None,
) -> History:
    """Train ``model`` on the pair ``train`` (inputs (N, …), targets (N, …)) and return its ``History``.

    ``objective`` says what for: by default it is ``Classification()``, of images (N, C, H, W) with labels (N,) and
    whatever else has a row for each example, such as signals (N, T) or (N, C, T) and token numbers (N, L). Inputs and
    targets may be tuples or dictionaries of tensors, and the targets None. uint8 inputs are divided by 255, floats are
    used as they are, other integers are token numbers. ``loss``, a function of (outputs, labels), is short for
    ``objective=Classification(loss)``.

    ``rate`` is the peak of the learning rate; see ``schedule`` for its course. ``optimizer`` is "sgd" (with
    ``momentum``), "adam" or "adamw", or an optimizer of PyTorch's over the model's parameters, whose own rates are then
    the peaks and are its own again at the end. ``augment`` lists functions of (inputs of a batch, generator), see
    ``flip`` and ``shift``. ``seed`` decides the order of the examples, the augmentation and dropout, but not the
    weights, which are the model's own. An epoch leaves out the last examples where they do not fill a batch; which ones
    differs from epoch to epoch.

    Frozen parts stay as they are: where ``model`` is in training mode, modules of it in evaluation mode remain so; and
    batch normalization whose γ and β do not require gradients keeps its running statistics. A model in evaluation
    mode as a whole, as ``fit`` itself leaves it, is trained as a whole.

    Everything lies on ``device``, by default a GPU where there is one, where it runs with channels last and, if the GPU
    computes in bfloat16, in mixed precision. The model stays there, in evaluation mode. Bad arguments and data that do
    not suit the objective, the test's too, raise ``ValueError`` before the first step; a loss that is no longer a
    number raises ``Diverged``.
    """
    evaluation.find_device(model)  # a model at all?
    dtype = evaluation.find_dtype(model)
    objective = _choose_objective(objective, loss)
    epochs, batch_size = arguments.integer("epochs", epochs, 1), arguments.integer("batch_size", batch_size, 1)
    factor = choose_schedule(schedule, epochs, milestones, warmup)
    place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    data = {"train": batches.load("train", train, place, dtype)}
    if test is not None:
        data["test"] = batches.load("test", test, place, dtype)
    on_gpu = place.type == "cuda"
    model.to(place, memory_format=torch.channels_last if on_gpu else torch.preserve_format)
    optimizer = choose_optimizer(optimizer, model, rate, momentum, weight_decay)
    augment = arguments.sequence("augment", augment, "a list of functions such as training.flip()")
    seed = arguments.integer("seed", seed, 0)
    precision, frozen = _precision(place), find_frozen(model)

    with torch.random.fork_rng(devices=[place] if on_gpu else []), follow(optimizer, factor) as set_rates:
        for name, (inputs, targets) in data.items():
            with precision:
                evaluation.check(model, name, inputs, targets, objective)
            data[name] = inputs, batches.place_targets(targets, place, dtype)
        order = Shuffle(*data["train"], batch_size, augment, seed, dtype)
        history, bar = History(), Progress(epochs * len(order), shown=progress)
        _seed(seed, place)  # dropout draws from here
        for epoch in range(epochs):
            began = time.perf_counter()
            start_training(model, frozen)
            losses, measured = _train_epoch(epoch, model, order, objective, optimizer, set_rates, precision, bar)
            tested = evaluation.measure(model, *data["test"], objective) if "test" in data else {}
            history.add(losses, measured, tested, time.perf_counter() - began)
    model.eval()
    bar.end(history.summary)
    return history


def _train_epoch(epoch, model, order, objective, optimizer, set_rates, precision, bar):
    """One epoch: the mean loss and the metrics over its steps."""
    steps, sums = len(order), {}
    losses = torch.zeros(steps, device=order.device)
    for step, (inputs, targets) in enumerate(order):
        set_rates(epoch + step / steps)
        optimizer.zero_grad()
        with precision:
            outputs = batches.call(model, inputs)
            compared = objective.choose_targets(inputs, targets)
            loss = objective.loss(outputs, compared)
        loss.backward()
        optimizer.step()
        losses[step] = loss.detach()
        with torch.no_grad():
            objective.after_step(model)
            metrics.add(sums, objective.metrics(outputs, compared))
        if step % LOOK == LOOK - 1 or step == steps - 1:
            check_finite(losses[: step + 1], epoch, steps)
            bar.to(epoch * steps + step + 1, f"loss {losses[step]:.3g}")
    return float(losses.mean()), metrics.average(sums)


def _choose_objective(objective, loss):
    if loss is None:
        return evaluation.choose_objective(objective)
    if objective is not None:
        arguments.fail("loss", loss, "left out where there is an objective, which has its own")
    return Classification(loss)


def _precision(device):
    """bfloat16 where the device is a GPU that computes with it; older ones emulate it, and are slower than without."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def _seed(seed, device):
    """Seed what the device draws from, and the CPU; ``torch.manual_seed`` would seed all other devices as well."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
