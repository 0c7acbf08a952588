"""Which parts of a network stay in evaluation mode while the rest is trained."""

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def find_frozen(model: nn.Module) -> list[nn.Module]:
    """Modules that training leaves in evaluation mode.

    These are the modules that are in evaluation mode while ``model`` itself is in training mode; and each batch
    normalization whose γ and β are frozen, with ``requires_grad_(False)``. A model that is itself in evaluation mode,
    as ``fit`` leaves it, has the second kind alone.
    """
    return [
        module for module in model.modules() if (model.training and not module.training) or _has_frozen_affine(module)
    ]


def start_training(model: nn.Module, frozen: list[nn.Module]) -> None:
    """Training mode for all modules but the ``frozen``."""
    model.train()
    for module in frozen:
        module.training = False


def _has_frozen_affine(module):
    weights = list(module.parameters(recurse=False))
    return isinstance(module, _BatchNorm) and bool(weights) and not any(weight.requires_grad for weight in weights)
