"""Parameters, multiply-adds and activations of any network, layer by layer, without a number computed.

A copy of the network runs once on PyTorch's meta device, whose tensors have shapes and no data; so a network of any
size takes no memory and a fraction of a second. What is counted is the operations as they reach the dispatcher, each
booked on the innermost module that was running; it makes no difference whether a module, a function or an operator
asked for one. ``operations`` holds the rules, ``profiles`` how the result is shown.

A multiply-add (MAC) is one multiplication and one addition. Papers call it one FLOP or two, so their numbers differ
twofold. Activations are the numbers that operations write to new memory: views and in-place operations write none,
and neither batch norm's saved statistics nor the positions of maxima count.
"""

from collections import Counter
from collections.abc import Sequence

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from cnnlib._meta_device import OperationMode, copy_without_data, run
from cnnlib.complexity.operations import CATEGORIES, rule
from cnnlib.complexity.profiles import Profile, Row, Uncounted

__all__ = ["profile"]


def profile(
    model: nn.Module,
    input_shape: Sequence[int],
    *,
    batch: int = 1,
    dtype: torch.dtype | None = None,
    training: bool = False,
) -> Profile:
    """Count what ``model``, a ``torch.nn.Module``, takes for one forward pass over a batch; returns a ``Profile``.

    ``input_shape`` is that of one example, such as (C, H, W); the model gets (batch, C, H, W), of ``dtype``, by default
    that of its first floating-point parameter. It runs in evaluation mode or, if ``training``, in training mode, with
    auxiliary classifiers and dropout. The model is not touched, as a copy without data is run, with the model's own
    hooks; so what it computes must not depend on the numbers in its tensors. ``ValueError`` tells what it objects to.
    """
    twin, x = copy_without_data(model, input_shape, batch=batch, dtype=dtype, training=training)
    ledger = _Ledger(twin)
    run(twin, x, ledger)
    return ledger.profile(model)


class _Tally:
    """What is booked on one module."""

    def __init__(self):
        self.steps = dict.fromkeys(CATEGORIES, 0)
        self.written = {"activations": 0, "activation_bytes": 0}


class _Ledger(OperationMode):
    """Books every operation on the innermost of ``model``'s modules."""

    def __init__(self, model):
        super().__init__()
        self.running = [""]  # names of modules, innermost last
        self.tallies = {}  # name to _Tally, in the order of computation
        self.calls, self.output_shapes = Counter(), {}  # of every module, whether it computes anything itself or not
        self.uncounted = Counter()
        for name, module in model.named_modules():
            self._watch(name, module)

    def _watch(self, name, module):
        is_leaf = next(module.children(), None) is None

        def enter(module, args):
            self.running.append(name)
            if is_leaf:  # has a row even where it does nothing; others only if they compute something themselves
                self._tally(name)

        def leave(module, args, output):
            self.running.pop()
            self.calls[name] += 1
            self.output_shapes[name] = _shapes(output)

        module.register_forward_pre_hook(enter, prepend=True)
        module.register_forward_hook(leave, always_call=True)

    def _tally(self, name):
        return self.tallies.setdefault(name, _Tally())

    def has_rule(self, operation):
        return rule(operation).steps is not None

    def note(self, operation, args, kwargs, out):
        how = rule(operation)
        outputs = out if isinstance(out, tuple) else (out,)
        name = self.running[-1]
        steps = 0
        if how.steps is None:
            self.uncounted[str(operation), name] += 1
        else:
            steps = how.steps(args, outputs[0])
        written = [t for n in how.written for t in tree_leaves(outputs[n]) if isinstance(t, torch.Tensor)]
        numbers = sum(t.numel() for t in written)
        if steps or numbers:
            tally = self._tally(name)
            tally.steps[how.category] += steps
            tally.written["activations"] += numbers
            tally.written["activation_bytes"] += sum(t.numel() * t.element_size() for t in written)

    def profile(self, model):
        """The ``Profile`` of what was booked; ``model`` says who owns which parameters."""
        kinds, params, seen, shapes = {}, {}, set(), self.output_shapes
        for name, module in model.named_modules():
            own = {id(p): p.numel() for p in module.parameters(recurse=False) if id(p) not in seen}
            seen |= set(own)
            kinds[name], params[name] = type(module).__name__, sum(own.values())
            if own:
                self._tally(name)
        rows = (
            Row(name, kinds[name], shapes.get(name, ()), self.calls[name], params[name], **t.steps, **t.written)
            for name, t in self.tallies.items()
        )
        gaps = (Uncounted(operation, name, times) for (operation, name), times in self.uncounted.items())
        return Profile(tuple(rows), tuple(gaps))


def _shapes(output):
    """Shape of a tensor, or a tuple of the shapes of several, in a tuple, a dictionary or the like."""
    shapes = tuple(tuple(leaf.shape) for leaf in tree_leaves(output) if isinstance(leaf, torch.Tensor))
    return shapes[0] if len(shapes) == 1 else shapes
