"""Trained weights from a file that you have: ours, torchvision's or timm's.

Files are read without running anything that they hold: ``torch.load(weights_only=True)``, or safetensors.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from cnnlib import _arguments as arguments
from cnnlib.models.registry import build, card, names

__all__ = ["load_pretrained"]

MOST_CLASSES = 50_000  # that a file's network is taken for; the largest usual set, ImageNet-21k, has 21,841


def load_pretrained(name: str, path: str | os.PathLike, num_classes: int | None = None) -> nn.Module:
    """The network ``name`` with the weights in the file ``path``, in evaluation mode.

    The file is a state_dict that ``torch.save`` or safetensors wrote (``.safetensors``), with the names of layers that
    this package, torchvision or timm give. ``num_classes`` is that of the file, if not the network's own. Images are
    to be scaled as they were when the weights were trained: for torchvision's, by the mean (0.485, 0.456, 0.406) and
    the spread (0.229, 0.224, 0.225) of the channels, but for ``googlenet``, which takes (x − 0.5) / 0.5.
    """
    model = build(name, num_classes)
    found = _read(path)
    state = convert(found, model)
    problems = _problems(state, model)
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        expected = f"a file of weights for {name}: in it, {'; '.join(problems[:3])}{more}. {_advice(found)}"
        arguments.fail("path", str(path), expected)
    model.load_state_dict(state)
    return model.eval()


def convert(state: Mapping[str, torch.Tensor], model: nn.Module) -> dict[str, torch.Tensor]:
    """The state_dict ``state`` with the names and shapes of ``model``, as far as they can be made so."""
    own = model.state_dict()
    table = model.names_elsewhere() if hasattr(model, "names_elsewhere") else {}
    theirs = re.compile("|".join(map(re.escape, table)) or "(?!)")  # in one pass: one name may be another's new one
    result = {}
    for key, value in state.items():
        key = theirs.sub(lambda match: table[match[0]], key)
        if key in own and value.ndim == 4 and own[key].ndim == 2 and value.numel() == own[key].numel():
            value = value.flatten(1)  # timm's VGG has its fully connected layers as convolutions
        result[key] = value
    for key, value in own.items():  # files from before 2018 lack these counters, which play no part in the outputs
        if key.endswith("num_batches_tracked"):
            result.setdefault(key, value)
    return result


def _read(path):
    """The tensors in a file by name."""
    if not isinstance(path, (str, os.PathLike)):
        arguments.fail("path", path, "the path of a file of weights")
    if not Path(path).is_file():
        arguments.fail("path", str(path), "a file that is there; save one by torch.save(model.state_dict(), path)")
    try:
        state = _load(Path(path))
    except ImportError:  # safetensors is not there, which is no fault of the file
        raise
    except Exception as error:  # whatever a broken or hostile file can raise
        reason = str(error).strip().partition("\n")[0][:200]
        arguments.fail(
            "path",
            str(path),
            "a file that holds tensors and nothing else, since other things could run code when they are loaded; "
            f"save one by torch.save(model.state_dict(), path) ({type(error).__name__}: {reason})",
        )
    for wrapper in ("state_dict", "model"):  # what training scripts put around it
        if isinstance(state, Mapping) and isinstance(state.get(wrapper), Mapping):
            state = state[wrapper]
    if not isinstance(state, Mapping) or not state or not all(map(_is_entry, state.items())):
        arguments.fail(
            "path", str(path), "the file of a state_dict: tensors by name; torch.save(model.state_dict(), …)"
        )
    if all(key.startswith("module.") for key in state):  # torch.nn.DataParallel's
        state = {key.removeprefix("module."): value for key, value in state.items()}
    return state


def _load(path):
    """What the file holds. Other objects than tensors raise, and run nothing."""
    if path.suffix == ".safetensors":
        import safetensors.torch  # only here: who has no such file needs no such package

        return safetensors.torch.load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _is_entry(item):
    key, value = item
    plain = isinstance(value, torch.Tensor) and value.layout is torch.strided
    return isinstance(key, str) and plain and not value.is_meta and not value.is_quantized and not value.is_complex()


def _problems(state, model):
    """In words, what keeps ``state`` from fitting ``model``; first what comes first in the network."""
    own = model.state_dict()
    problems = []
    for key, value in own.items():
        if key not in state:
            problems.append(f"{key} is missing")
        elif state[key].shape != value.shape:
            problems.append(f"{key} has shape {tuple(state[key].shape)} in place of {tuple(value.shape)}")
    return problems + [f"{key} is too much" for key in state if key not in own]


def _advice(found):
    """What to do with a file that does not fit: the call that it does fit, if there is one."""
    *_, last = found.values()
    if last.ndim == 1 and 0 < len(last) <= MOST_CLASSES:  # the biases of the last layer, one per class
        for name in names():
            with torch.device("meta"):  # shapes without numbers
                model = build(name, len(last))
            if not _problems(convert(found, model), model):
                classes = "" if len(last) == card(name).classes else f", num_classes={len(last)}"
                return f"It fits load_pretrained({name!r}, path{classes})"
    return "No network here fits it; see names()"
