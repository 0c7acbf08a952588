"""Images and labels as tensors on a device, checked once, before anything is trained on them."""

import numpy as np
import torch

from cnnlib import _arguments as arguments


def images_on(device, name, images):
    """``images`` (N, C, H, W), array or tensor, on ``device``; uint8 stays uint8, floats become float32."""
    tensor = _tensor(name, images)
    if tensor.ndim != 4 or 0 in tensor.shape:
        arguments.fail(f"{name}.shape", tuple(tensor.shape), "(N, C, H, W), no axis empty")
    if tensor.dtype != torch.uint8:
        if not tensor.is_floating_point():
            arguments.fail(f"{name}.dtype", str(tensor.dtype), "uint8, for 0 to 255, or a floating-point type")
        if not torch.isfinite(tensor).all():
            first = int((~torch.isfinite(tensor)).flatten(1).any(dim=1).nonzero()[0])
            arguments.fail(f"{name}[{first}]", "NaN or infinity", "finite numbers")
        tensor = tensor.float()
    return tensor.to(device)


def pair_on(device, name, pair):
    """(images, labels) of ``pair`` on ``device``; labels become int64 (N,)."""
    images, labels = tensors(name, pair)
    images = images_on(device, f"images of {name}", images)
    if labels.dtype == torch.bool or labels.is_floating_point() or labels.is_complex():
        arguments.fail(f"labels of {name}", str(labels.dtype), "integers, the numbers of the classes")
    if labels.shape != (len(images),):
        arguments.fail(f"labels of {name}", f"shape {tuple(labels.shape)}", f"of shape ({len(images)},), one per image")
    return images, labels.to(device, torch.int64)


def tensors(name, pair):
    """The two of ``pair`` (images, labels), or of what unpacks as one, as tensors without gradients."""
    try:
        images, labels = pair
    except (TypeError, ValueError):
        arguments.fail(name, type(pair).__name__, "a pair (images, labels)")
    return _tensor(f"images of {name}", images), _tensor(f"labels of {name}", labels)


def check_labels(name, labels, classes):
    """``ValueError`` unless every label is the number of one of the ``classes`` outputs of a network."""
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        first = int(outside.nonzero()[0])
        expected = f"0 to {classes - 1}, for the network has {classes} outputs (num_classes)"
        arguments.fail(f"labels of {name}, at position {first},", int(labels[first]), expected)


def as_float(images):
    """Images as the network sees them: 0 to 255 become 0 to 1, floats stay what they are."""
    return images.float().div_(255) if images.dtype == torch.uint8 else images


def _tensor(name, value):
    if isinstance(value, torch.Tensor):
        return value.detach()
    try:
        return torch.from_numpy(np.ascontiguousarray(value))
    except (TypeError, ValueError):
        arguments.fail(name, type(value).__name__, "an array or a tensor of numbers")
