"""What a trained network makes of images: its scores, its accuracy, its loss."""

import torch
import torch.nn.functional as F

from cnnlib import _arguments as arguments
from cnnlib._modes import modes_kept
from cnnlib.training.pairs import as_float, check_labels, images_on, pair_on


def predict(model, images, batch_size=1000):
    """Outputs (N, classes) of ``model`` in evaluation mode for ``images`` (N, C, H, W), float32 on the CPU.

    uint8 images are divided by 255, as ``fit`` does. Every module is left in the mode that it was in.
    """
    batch_size = arguments.integer("batch_size", batch_size, 1)
    device = device_of(model)
    images = images_on(device, "images", images)
    with modes_kept(model), torch.no_grad():  # inference mode's tensors could not be trained on
        model.eval()
        return torch.cat([model(as_float(batch)).float().cpu() for batch in images.split(batch_size)])


def accuracy(model, data, batch_size=1000):
    """Share of the pair ``data`` (images, labels) that ``model`` classifies rightly, 0 to 1."""
    outputs, labels = _judged(model, data, batch_size)
    return float((outputs.argmax(dim=1) == labels).double().mean())


def mean_loss(model, data, batch_size=1000):
    """Mean cross-entropy, in nats, of ``model`` on the pair ``data`` (images, labels)."""
    return float(F.cross_entropy(*_judged(model, data, batch_size)))


def device_of(model):
    """The device that a model's parameters lie on; the CPU for one that has none."""
    if not isinstance(model, torch.nn.Module):
        arguments.fail("model", model, "a torch.nn.Module")
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def _judged(model, data, batch_size):
    images, labels = pair_on(device_of(model), "data", data)
    outputs, labels = predict(model, images, batch_size), labels.cpu()
    check_labels("data", labels, outputs.shape[1])
    return outputs, labels
