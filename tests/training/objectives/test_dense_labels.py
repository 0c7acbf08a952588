"""An objective of its own: a class for each pixel, and pixels that do not count."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib import training
from tests.training.unchanged import unchanged

IGNORED, CLASSES = 255, 3


class DenseLabels(training.Objective):
    """Outputs (N, classes, H, W); targets (N, H, W), of which the number 255 is no class."""

    def __init__(self):
        super().__init__(lambda outputs, labels: F.cross_entropy(outputs, labels, ignore_index=IGNORED))

    def check(self, name, inputs, targets, outputs):
        if targets.is_floating_point() or targets.shape[1:] != outputs.shape[2:]:
            arguments.fail(f"labels of {name}", tuple(targets.shape), "integers (N, H, W), as large as the outputs")
        outside = (targets != IGNORED) & ((targets < 0) | (targets >= outputs.shape[1]))
        if outside.any():
            arguments.fail(f"labels of {name}", int(targets[outside][0]), f"0 to {outputs.shape[1] - 1}, or {IGNORED}")

    def metrics(self, outputs, targets):
        said, counted = self.prediction(outputs), targets != IGNORED
        classes = torch.arange(outputs.shape[1], device=targets.device)[:, None, None, None]
        is_said, is_right = (said == classes) & counted, targets == classes
        axes = (1, 2, 3)
        union = (is_said | is_right).sum(axes)
        return {
            "pixel accuracy": (((said == targets) & counted).sum(), counted.sum()),
            "mean IoU": ((is_said & is_right).sum(axes), union),
        }

    def prediction(self, outputs):
        return outputs.argmax(1)


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, CLASSES, 3, padding=1)
    )


@pytest.fixture
def data():
    """Images (60, 1, 12, 12) of dark, grey and bright stripes; their masks, whose border does not count."""
    rng = np.random.default_rng(0)
    masks = rng.integers(CLASSES, size=(60, 1, 4)).repeat(3, axis=2).repeat(12, axis=1).astype(np.uint8)
    images = (100 * masks[:, None] + rng.integers(40, size=(60, 1, 12, 12))).astype(np.uint8)
    masks[:, 0] = masks[:, -1] = IGNORED
    return images, masks


def test_it_learns(data):
    model = network()
    objective = DenseLabels()
    history = training.fit(model, data, epochs=12, batch_size=10, objective=objective, test=data)
    assert history.metrics["pixel accuracy"][-1] > 0.95 and history.accuracy == []
    assert history.metrics["mean IoU"][0] < history.metrics["mean IoU"][-1]
    scores = training.evaluate(model, data, objective, batch_size=7)
    assert scores == {name: values[-1] for name, values in history.test_metrics.items()}
    assert "; test pixel accuracy " in history.summary and ", mean IoU " in history.summary
    said = objective.prediction(training.predict(model, data[0])).numpy()[:, 1:-1]
    right = data[1][:, 1:-1]
    assert scores["pixel accuracy"] == pytest.approx((said == right).mean())
    ious = [((said == c) & (right == c)).sum() / ((said == c) | (right == c)).sum() for c in range(CLASSES)]
    assert scores["mean IoU"] == pytest.approx(np.mean(ious)) and np.mean(ious) > 0.9


def test_ignored_pixels_have_no_gradient(data):
    outputs = network()(torch.tensor(data[0]) / 255).detach().requires_grad_()
    labels = torch.tensor(data[1]).long()
    DenseLabels().loss(outputs, labels).backward()
    counted = (labels != IGNORED)[:, None].expand_as(outputs)
    assert not outputs.grad[~counted].any() and outputs.grad[counted].all()


@pytest.mark.parametrize(("change", "message"), [
    (lambda masks: masks[:, :6], "must be integers"),
    (lambda masks: masks / 2, "must be integers"),
    (lambda masks: np.where(masks == 2, 3, masks), "must be 0 to 2, or 255; got 3"),
    (lambda masks: masks[:9], "as many inputs as targets"),
])  # fmt: skip
@pytest.mark.parametrize("which", ["train", "test"])
def test_bad_masks_are_refused_before_the_first_step(data, change, message, which):
    model = network()
    sets = {"train": data, "test": data, which: (data[0], change(data[1]))}
    with unchanged(model), pytest.raises(ValueError, match=f"{which}.* {message}"):
        training.fit(model, epochs=1, objective=DenseLabels(), **sets)
