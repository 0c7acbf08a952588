"""What a training run leaves behind: a number per epoch, or the step at which it went wrong."""

from dataclasses import dataclass, field

import torch

from cnnlib.errors import CourseError


@dataclass
class History:
    """What happened, a number per epoch: loss and metrics of the training, metrics of the test, seconds.

    ``metrics`` and ``test_metrics`` map the name of a metric to its list; with no test set, the second is empty.
    """

    loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    test_metrics: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    @property
    def accuracy(self) -> list[float]:
        """The metric "accuracy" of the training, empty where the objective has none."""
        return self.metrics.get("accuracy", [])

    @property
    def test_accuracy(self) -> list[float]:
        """The metric "accuracy" of the test, empty where there was no test set or the objective has none."""
        return self.test_metrics.get("accuracy", [])

    def add(self, loss: float, metrics: dict[str, float], test_metrics: dict[str, float], seconds: float) -> None:
        """Add one epoch."""
        self.loss.append(loss)
        for kept, new in ((self.metrics, metrics), (self.test_metrics, test_metrics)):
            for name, value in new.items():
                kept.setdefault(name, []).append(value)
        self.seconds.append(seconds)

    @property
    def summary(self) -> str:
        """One line about the run, the same wherever it ran as fast or as slowly."""
        epochs = len(self.loss)
        training = [f"training loss {self.loss[-1]:.3g}", *_describe(self.metrics)]
        line = f"{epochs} epoch{'s' * (epochs > 1)}: {', '.join(training)}"
        return line + (f"; test {', '.join(_describe(self.test_metrics))}" if self.test_metrics else "")


def _describe(metrics):
    """The last values in words: accuracies in per cent."""
    return [
        f"{name} {values[-1]:.1%}" if name.endswith("accuracy") else f"{name} {values[-1]:.3g}"
        for name, values in metrics.items()
    ]


class Diverged(CourseError):
    """The loss is no longer a number; ``step``, counted from 0, is where it first was not."""

    def __init__(self, step: int, steps_per_epoch: int, loss: float) -> None:
        self.step = step
        super().__init__(
            f"The loss became {loss} in step {step} (epoch {step // steps_per_epoch + 1}). "
            "Try a smaller rate, or a few epochs of warmup; and look at the inputs for extreme values."
        )


def check_finite(losses: torch.Tensor, epoch: int, steps: int) -> None:
    """``Diverged`` unless all losses of this epoch so far are numbers; all at once, as each look makes a GPU wait."""
    bad = (~torch.isfinite(losses)).nonzero()
    if len(bad):
        first = int(bad[0])
        raise Diverged(epoch * steps + first, steps, float(losses[first]))
