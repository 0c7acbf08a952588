"""A network's modes, training or evaluation, module by module: parts of it may be frozen."""

import contextlib


@contextlib.contextmanager
def modes_kept(model):
    """Within it, modes may change. At the end, and after an error too, every module has its own again."""
    before = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
