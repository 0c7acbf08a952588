"""The networks by name."""

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
    return make(num_classes=classes, **arguments.options(make, options, name, apart=["num_classes"]))


def _known(name):
    return arguments.known("name", name, MODELS, "a network's name")
