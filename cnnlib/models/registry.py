"""The networks by name."""

import difflib
import inspect

from cnnlib import _arguments as arguments
from cnnlib.models import alexnet, cifar_resnet, googlenet, lenet, nin, resnet, vgg, zfnet
from cnnlib.models.card import CARDS

__all__ = ["build", "card", "names"]

# In the order of the lecture: a name, and what makes the network from a number of classes.
MODELS = {
    **lenet.MODELS,
    **alexnet.MODELS,
    **zfnet.MODELS,
    **nin.MODELS,
    **vgg.MODELS,
    **googlenet.MODELS,
    **cifar_resnet.MODELS,
    **resnet.MODELS,
}


def names():
    """The names that ``build`` knows, as a list. Where torchvision has the network, its name is torchvision's."""
    return list(MODELS)


def card(name):
    """What was published about the network: a ``Card``."""
    return CARDS[_known(name)]


def build(name, num_classes=None, **options):
    """The network of that name, with weights drawn at random: a ``torch.nn.Module``, in training mode.

    ``num_classes`` is by default that of the data set the network was made for (``card(name).classes``): 1000 for
    ImageNet, 10 for digits and CIFAR-10. Options are those of the network's class, for example
    ``build("resnet50", paper_strides=True)``.
    """
    make = MODELS[_known(name)]
    classes = card(name).classes if num_classes is None else arguments.integer("num_classes", num_classes, 1)
    allowed = [option for option in inspect.signature(make).parameters if option != "num_classes"]
    for option, value in options.items():
        if option not in allowed:
            arguments.fail(option, value, f"left out: {name} has {_listed(allowed, ' and ') or 'no options'}")
    return make(num_classes=classes, **options)


def _known(name):
    """The name, if there is such a network; otherwise the error says which names are like it."""
    if not isinstance(name, str) or name not in MODELS:
        near = difflib.get_close_matches(name.lower(), MODELS, n=3, cutoff=0.5) if isinstance(name, str) else []
        advice = f"did you mean {_listed(near, ' or ')}?" if near else "names() lists them"
        arguments.fail("name", name, f"a network's name ({advice})")
    return name


def _listed(words, conjunction):
    return conjunction.join(repr(word) for word in words)
