"""The networks of the lecture, one short file per family, in the papers' terms.

``names()`` lists them, ``build(name)`` makes one, ``card(name)`` says what was published about it, and
``load_pretrained(name, path)`` gives it the weights in a file. Read the families in the lecture's order: ``lenet``,
``alexnet``, ``zfnet``, ``nin``, ``vgg``, ``googlenet``, ``cifar_resnet``, ``resnet``, ``inception_resnet``.
"""

from cnnlib.models.card import Card
from cnnlib.models.pretrained import load_pretrained
from cnnlib.models.registry import build, card, names

__all__ = ["Card", "build", "card", "load_pretrained", "names"]
