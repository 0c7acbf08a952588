"""A network's modes, training or evaluation, module by module: parts of it may be frozen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@contextlib.contextmanager
def keep_modes(model: nn.Module) -> Iterator[None]:
    """Within it, modes may change. At the end, and after an error too, every module has its own again."""
    before = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
