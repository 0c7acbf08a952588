"""Task 4, what is wrong with this run: its checks."""

import math

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab

diagnose = lab.task("diagnose", "What is wrong with this run?", functions=["diagnose"])
TEXTS = {
    "rate too high",
    "vanishing gradient",
    "rate too low",
    "stale statistics",
    "wrong labels",
    "overfitting",
    "healthy",
}


def run_log(rng, cause, trait="", classes=None):
    """The log of a run, simulated; a ``trait`` adds what could mislead:

    "NaN", "jump", "worse in eval mode", "worse on others" (a rate that is too high, in the last two with an accuracy
    that looks like another cause); "spike", "plateau", "hard", "augmented", "far on", "gap" (healthy runs, and others);
    "chance" (statistics so stale that nothing is recognised).
    """
    K = int(classes or rng.choice([2, 5, 10, 100]))
    epochs = int(rng.integers(12, 30))
    chance, start = 1 / K, math.log(K) * rng.uniform(0.9, 1)
    late = 0.4 * epochs if trait == "plateau" else 0.0
    # How much of what can be learned is learned after each epoch: from 0 to 1.
    steepness = 2 / epochs if trait == "hard" else rng.uniform(5, 8) / epochs
    progress = 1 - np.exp(-steepness * np.maximum(np.arange(epochs) - late, 0))
    least = rng.uniform(0.2, 0.3) if trait == "hard" else rng.uniform(0.01, 0.1)
    best = rng.uniform(0.42, 0.48) if trait == "hard" else rng.uniform(0.93, 0.99)
    if trait == "hard":
        progress /= progress[-1]
    if cause in ("rate too low", "vanishing gradient"):
        progress = np.linspace(0, rng.uniform(0.04, 0.25), epochs)
        best = chance + rng.uniform(0.5, 0.8) * (1 - chance)
        least = 0.05
    loss = start * (1 - (1 - least) * progress) * noise(rng, epochs, 0.02)
    again = chance + (best - chance) * progress
    accuracy = again - (rng.uniform(0.28, 0.4) * progress * (1 - chance) if trait == "augmented" else 0.02 * progress)
    test = again - rng.uniform(0.005, 0.03) * progress
    first = start * np.exp(rng.uniform(-1, 1) - 0.5 * progress) * noise(rng, epochs, 0.2)
    ratio = rng.uniform(3, 40)
    if trait == "far on":
        first, ratio = first * np.exp(-9 * np.maximum(progress, 0.5)), rng.uniform(0.5, 3)
    last = first * ratio * noise(rng, epochs, 0.2)
    if cause == "vanishing gradient":
        first /= 1e3 * math.exp(rng.uniform(0, 5))
    if cause == "overfitting":
        peak = chance + rng.uniform(0.5, 0.75) * (best - chance)
        test = chance + (peak - chance) * np.minimum(1, 1.6 * progress) - 0.04 * progress**4
    if cause == "wrong labels":
        test = np.full(epochs, chance)
    if cause == "stale statistics":
        left = 0 if trait == "chance" else rng.uniform(0.1, 0.4)
        again, test = (chance + left * (a - chance) for a in (again, test))
    if cause == "rate too high":
        broken = int(rng.integers(3, epochs - 2))
        loss[broken:] = np.nan if trait == "NaN" else start * rng.uniform(1.15, 3) * noise(rng, epochs - broken, 0.04)
        for shown in (accuracy, again, test):
            shown[broken:] = chance
        if trait.startswith("worse"):
            for shown in (accuracy, again) if trait == "worse on others" else (accuracy,):
                shown[broken:] = chance + rng.uniform(0.3, 0.4)
        first[broken:], last[broken:] = (np.nan if trait == "NaN" else 3 * g[broken:] for g in (first, last))
    if trait == "spike":
        at = int(rng.integers(2, epochs // 2))
        loss[at] = start * rng.uniform(1.1, 1.6)
        accuracy[at] = chance
    accuracy, again, test = (np.clip(a + rng.uniform(-0.01, 0.01, epochs), 0, 1) for a in (accuracy, again, test))
    if cause == "healthy":  # one that counts as a gap, or one that nobody would
        test[-1] = again[-1] - (rng.uniform(0.035, 0.055) if trait == "gap" else rng.uniform(0, 0.015))
    columns = {"loss": loss, "accuracy": accuracy, "again": again, "test": test, "first": first, "last": last}
    return {"classes": K} | {name: [float(f"{v:.3g}") for v in column] for name, column in columns.items()}


def noise(rng, epochs, size):
    """Factors around 1, the first and the last of which are 1."""
    factors = np.exp(np.clip(size * rng.normal(size=epochs), -2 * size, 2 * size))
    factors[[0, -1]] = 1
    return factors


def diagnosed(student, rng, cases):
    """{log: what the student says of it} for the runs ``cases``, in an order that nobody foresees."""
    logs = [run_log(rng, *case) for case in cases]
    answers = [student.diagnose(logs[i]) for i in rng.permutation(len(logs))]
    if any(isinstance(answer, str) and answer not in TEXTS for answer in answers):
        wrong("it is none of the seven texts")
    return {f"log {number}": answer for number, answer in enumerate(answers, 1)}


LOOKS_LIKE_OTHERS = ("rate too high", "worse in eval mode"), ("rate too high", "worse on others")


@diagnose.check(points=2)
def ups_and_downs(student, rng):
    "Runs that end in NaN or with a loss too large, among runs with one bad epoch and healthy ones."
    yield diagnosed(student, rng, [("rate too high", "NaN"), ("healthy", "spike"), ("healthy",)])
    cases = [("rate too high", "jump"), ("overfitting", "spike"), ("healthy", "spike"), *LOOKS_LIKE_OTHERS]
    yield diagnosed(student, rng, cases)


@diagnose.check(points=2)
def slow_runs(student, rng):
    "Runs that hardly learn, for two reasons, among some that begin late, or have a hard task."
    yield diagnosed(student, rng, [("rate too low",), ("vanishing gradient",), ("healthy", "plateau")])
    cases = [("vanishing gradient",), ("rate too low",), ("healthy", "hard", 100), ("healthy", "far on")]
    yield diagnosed(student, rng, cases)


@diagnose.check(points=2)
def gaps(student, rng):
    "Runs with a gap between one accuracy and another, for two to ten classes."
    cases = [("overfitting", "", 10), ("wrong labels", "", 2), ("stale statistics",), ("healthy", "augmented", 10)]
    yield diagnosed(student, rng, [*cases, ("healthy", "gap")])
    cases = [("overfitting", "far on"), ("wrong labels", "", 10), ("stale statistics", "chance")]
    yield diagnosed(student, rng, [*cases, ("healthy", "augmented", 2)])


@diagnose.check(points=2)
def mixed(student, rng):
    "All causes, twice."
    for traits in (("NaN", "", "plateau"), ("jump", "chance", "spike")):
        high, stale, healthy = traits
        cases = [
            ("rate too high", high),
            ("rate too low",),
            ("vanishing gradient",),
            ("wrong labels",),
            ("wrong labels", "", 2),
            ("stale statistics", stale),
            ("overfitting",),
            ("healthy", healthy),
            ("healthy", "hard", 100),
            ("healthy", "augmented", 10),
            ("overfitting", "far on"),
        ]
        yield diagnosed(student, rng, [*cases, *(LOOKS_LIKE_OTHERS if high == "jump" else [("healthy", "gap")])])
