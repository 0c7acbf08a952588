"""A GPU that is not there: what would fail on one fails here, and numbers come from the CPU.

Within ``pretend()`` PyTorch says that it has a GPU. A tensor that goes there, and what is computed from it, is a tensor
of the CPU whose memory carries a mark: it says that its device is "cuda", and meeting an unmarked tensor, or NumPy,
raises an error like PyTorch's. Mixed precision is the CPU's, to bfloat16 too. What it cannot show: the GPU's own
rounding (TF32), errors that come late, and times.
"""

from contextlib import ExitStack, contextmanager, nullcontext
from unittest import mock

import torch
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map_only

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)
T = torch.Tensor
BOTH = (T.copy_, T.__setitem__, T.data.__set__, torch._has_compatible_shallow_copy_type)  # take tensors of two devices


@contextmanager
def pretend():
    """A context in which PyTorch has a GPU, as above."""
    autocast = torch.autocast
    replaced = {
        "torch.cuda.is_available": lambda: True,
        "torch.cuda.device": lambda _: nullcontext(),
        "torch.cuda.get_device_capability": lambda _: (9, 0),
        "torch.cuda.manual_seed": lambda _: None,
        "torch.cuda.get_rng_state": lambda *_: None,
        "torch.cuda.set_rng_state": lambda *_: None,
        "torch.accelerator.current_accelerator": lambda **_: None,
        "torch.autocast": lambda _, dtype: autocast("cpu", dtype),
        "torch.Generator": _Generator,
    }
    with ExitStack() as stack:
        for name, value in replaced.items():
            stack.enter_context(mock.patch(name, value))
        yield stack.enter_context(_Mode())


class _Generator(torch.Generator):
    """One that knows on which device it was asked to draw."""

    def __new__(cls, device="cpu"):
        self = super().__new__(cls)
        self.kind = torch.device(device).type
        return self


class _Mode(TorchFunctionMode):
    """Every call of PyTorch's passes here."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func == T.device.__get__:
            return _place(args[0])
        if func in (T.to, T.cpu, T.cuda):
            return _moved(func, *args, **kwargs)
        if func in BOTH:
            return func(*args, **kwargs)
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, T)]
        there = any(map(_marked, tensors))
        if there and func in (T.numpy, T.__array__):
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")
        indexed = func is T.__getitem__ and _marked(args[0])  # by indices of either device
        if there and not indexed and any(t.ndim and not _marked(t) for t in tensors):
            raise RuntimeError(f"Expected all tensors to be on the same device, in {func.__name__}")
        if kwargs.get("device") is not None:
            device = torch.device(kwargs["device"])
            there = device.type == "cuda"
            kwargs["device"] = CPU if there else device
        generator = kwargs.get("generator")
        if generator is not None and generator.kind != ("cuda" if there else "cpu"):
            raise RuntimeError(f"Expected a generator on another device than {generator.kind}, in {func.__name__}")
        result = func(*args, **kwargs)
        return tree_map_only(T, _mark, result) if there else result


def _moved(func, tensor, *args, **kwargs):
    """``Tensor.to``, ``cpu`` and ``cuda``: the mark comes or goes with a copy of the memory."""
    asked = kwargs.pop("device", {T.cpu: CPU, T.cuda: GPU}.get(func))
    for arg in args:
        if isinstance(arg, (str, torch.device)):
            asked = arg
        elif isinstance(arg, T):
            asked, kwargs["dtype"] = _place(arg), arg.dtype
    args = [arg for arg in args if not isinstance(arg, (str, torch.device, T))]
    target = _place(tensor) if asked is None else torch.device(asked)
    there = target.type == "cuda"
    if there != _marked(tensor):
        kwargs["copy"] = True
    result = tensor.to(CPU if there else target, *args, **kwargs)
    return _mark(result) if there else result


def _place(tensor):
    """The device that a tensor says that it is on."""
    return GPU if _marked(tensor) else T.device.__get__(tensor)


def _marked(tensor):
    return not is_lazy(tensor) and tensor.layout is torch.strided and hasattr(tensor.untyped_storage(), "on_gpu")


def _mark(tensor):
    tensor.untyped_storage().on_gpu = True
    return tensor
