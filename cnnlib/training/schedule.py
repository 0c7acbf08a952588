"""The learning rate along a run, as a factor of its peak."""

import math
from collections.abc import Callable, Sequence
from functools import partial

from cnnlib import _arguments as arguments


def schedule(name: str, epochs: int, milestones: Sequence[float] = (), warmup: float = 0) -> Callable[[float], float]:
    """A function of the time in epochs, 0 to ``epochs``, that gives the factor.

    "cosine" falls to 0 (Loshchilov and Hutter 2017), "step" is divided by 10 at each of the ``milestones`` in epochs
    (He et al. 2016), "constant" stays. In the first ``warmup`` epochs the factor rises linearly from 0 besides.
    """
    arguments.choice("schedule", name, ("cosine", "step", "constant"))
    milestones = [arguments.positive("milestones", m) for m in arguments.sequence("milestones", milestones, "epochs")]
    if (name == "step") != bool(milestones):
        arguments.fail("milestones", milestones, 'the epochs at which the rate falls, for schedule="step" alone')
    if not 0 <= arguments.real("warmup", warmup) < epochs:
        arguments.fail("warmup", warmup, f"0 or more, and less than the {epochs} epochs")
    return partial(_factor, name, epochs, tuple(milestones), warmup)


def _factor(name, epochs, milestones, warmup, time):
    factor = 1.0
    if name == "cosine":
        factor = (1 + math.cos(math.pi * time / epochs)) / 2
    elif name == "step":
        factor = 0.1 ** sum(time >= milestone for milestone in milestones)
    return factor * min(1.0, time / warmup) if warmup else factor
