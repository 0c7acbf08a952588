"""What a training run leaves behind: a number per epoch, or the step at which it went wrong."""

from dataclasses import dataclass, field

import torch

from cnnlib.errors import CourseError


@dataclass
class History:
    """What happened, a number per epoch: training loss and accuracy over the epoch's steps, seconds, test accuracy."""

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    test_accuracy: list = field(default_factory=list)  # empty where there was no test set
    seconds: list = field(default_factory=list)

    @property
    def summary(self):
        """One line about the run, the same wherever it ran as fast or as slowly."""
        epochs = len(self.loss)
        line = (
            f"{epochs} epoch{'s' * (epochs > 1)}: training loss {self.loss[-1]:.3g}, accuracy {self.accuracy[-1]:.1%}"
        )
        return line + (f"; test accuracy {self.test_accuracy[-1]:.1%}" if self.test_accuracy else "")


class Diverged(CourseError):
    """The loss is no longer a number; ``step``, counted from 0, is where it first was not."""

    def __init__(self, step, steps_per_epoch, loss):
        self.step = step
        super().__init__(
            f"The loss became {loss} in step {step} (epoch {step // steps_per_epoch + 1}). "
            "Try a smaller rate, or a few epochs of warmup; and look at the images for extreme values."
        )


def check_finite(losses, epoch, steps):
    """``Diverged`` unless all losses of this epoch so far are numbers; all at once, for each look makes a GPU wait."""
    bad = (~torch.isfinite(losses)).nonzero()
    if len(bad):
        first = int(bad[0])
        raise Diverged(epoch * steps + first, steps, float(losses[first]))
