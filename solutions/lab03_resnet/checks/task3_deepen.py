"""Task 3, deeper, and yet the same: its checks."""

import math

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab

# Float32 is allowed for what a student makes anew.
deepen = lab.task("deepen", "Deeper, and yet the same", functions=["deepen"], rtol=1e-5, atol=1e-7, tensors=True)


def of_a_block(number):
    """Names of the tensors of a block."""
    return f"conv{number}.weight", *(
        f"norm{number}.{part}" for part in ("weight", "bias", "running_mean", "running_var")
    )


def plain_net(rng, widths):
    """A state dict, as if it had been trained: no norm is as it was at the start."""
    state, C_in = {}, 3
    for number, C in enumerate(widths):
        drawn = (
            rng.normal(size=(C, C_in, 3, 3)) / math.sqrt(4 * C_in),
            rng.uniform(0.2, 0.6, C),
            rng.uniform(-0.1, 0.3, C),
            rng.normal(size=C) / 5,
            rng.uniform(0.3, 2, C),
        )
        state |= dict(zip(of_a_block(number), drawn, strict=True))
        C_in = C
    return state | {"head.weight": rng.normal(size=(5, C_in)), "head.bias": rng.normal(size=5)}


def depth(state):
    return sum(name.startswith("conv") for name in state)


def scores(state, x, training, blocks=None):
    """What a net computes from images (N, 3, H, W), and its running statistics become; all are tensors.

    With ``blocks``, the maps that leave so many of them, instead.
    """
    import torch.nn.functional as F

    for number in range(depth(state) if blocks is None else blocks):
        weight, gamma, beta, mean, variance = (state[name] for name in of_a_block(number))
        x = F.conv2d(x, weight, padding=1)
        x = F.relu(F.batch_norm(x, mean, variance, gamma, beta, training, momentum=0.1, eps=0.001))
    return x if blocks is not None else x.mean((2, 3)) @ state["head.weight"].T + state["head.bias"]


def tensors(state):
    import torch

    return {name: torch.tensor(np.asarray(value, float)) for name, value in state.items()}


def accepted(answer, state, after):
    """The answer as tensors, if it is the state of a net like ``state`` with one block more after block ``after``."""
    if not isinstance(answer, dict):
        wrong("it is None; was a return forgotten?" if answer is None else "deepen must give a state dict")
    answer = {name: value for name, value in answer.items() if not str(name).endswith("num_batches_tracked")}
    wanted = opened(state, after)
    C = len(state[f"norm{after}.weight"])
    shapes = [(C, C, 3, 3), *[(C,)] * 4]
    wanted |= {name: np.empty(shape) for name, shape in zip(of_a_block(after + 1), shapes, strict=True)}
    if answer.keys() != wanted.keys():
        wrong("its keys are not those of a net with one block more", evidence=sorted(map(str, answer)))
    found = {name: np.shape(answer[name]) for name in sorted(wanted)}
    for name, shape in found.items():
        if shape != wanted[name].shape:
            wrong(f"{name} has the shape of another place: {shape}", evidence=list(found.values()))
    result = tensors(answer)
    if not all(value.isfinite().all() for value in result.values()):
        wrong("it holds NaN, or an infinity")
    largest = result[f"conv{after + 1}.weight"].abs().max()
    if not 0.01 <= largest <= 10:
        wrong("the new kernel is not of ordinary size: entries beyond 10, or all below 0.01")
    return result


def opened(state, after):
    """``state`` with the blocks behind block ``after`` numbered up by one."""
    result = {}
    for name, value in state.items():
        part, dot, rest = name.partition(".")
        number = int(part[4:]) if part != "head" else 0
        result[f"{part[:4]}{number + 1}{dot}{rest}" if number > after else name] = value
    return result


def batch(rng, images=12):
    """Images (N, 3, H, W)."""
    return rng.normal(size=(images, 3, 6, 7)) * rng.uniform(0.5, 2, (1, 3, 1, 1)) + rng.normal(size=(1, 3, 1, 1))


def grown(student, rng, after, blocks=4):
    """A deeper net by the student, as tensors, and the images that came with it."""
    state, x = plain_net(rng, rng.permutation(np.arange(4, 9))[:blocks]), batch(rng)
    return accepted(student.deepen(state, after, x), state, after), x


@deepen.check(points=3)
def same_scores(student, rng):
    "The same scores as before in eval mode, on other images: with a block in the middle, at the beginning, at the end."
    for after in (1, 0, 3):
        net, _ = grown(student, rng, after)
        yield scores(net, tensors({"x": batch(rng)})["x"], training=False).numpy()


@deepen.check(points=3)
def same_in_training(student, rng):
    "The same scores as before in train mode, on the images that came with it: in the middle, beginning, end."
    for after in (1, 0, 3):
        net, x = grown(student, rng, after)
        yield scores(net, tensors({"x": x})["x"], training=True).numpy()


@deepen.check(points=2)
def learns(student, rng):
    "One step of gradient descent in train mode: the loss, and whether all kernels, scales and shifts moved."
    import torch
    import torch.nn.functional as F

    for after in (1, 2):
        net, x = grown(student, rng, after)
        labels = torch.tensor(rng.integers(0, 5, len(x)))
        learned = [name for name in net if "running" not in name]
        for name in learned:
            net[name].requires_grad_()
        loss = F.cross_entropy(scores(net, tensors({"x": x})["x"], training=True), labels)
        loss.backward()
        moved = [bool((net[name].grad.flatten(1) if net[name].dim() > 1 else net[name].grad).any()) for name in learned]
        yield {"loss": loss.item(), "moved": sum(moved)}
