"""The networks of the lecture, one short file per family, in the papers' terms.

``names()`` lists them, ``build(name)`` makes one, ``card(name)`` says what was published about it, and
``load_pretrained(name, path)`` gives it the weights in a file. Read the families in the lecture's order: ``lenet``,
``alexnet``, ``zfnet``, ``nin``, ``vgg``, ``googlenet``, ``cifar_resnet``, ``resnet``, ``inception_resnet``.

A network is a trunk and a head: ``stages(x)`` gives its maps, the last ones at each resolution, finest first;
``features(x)`` the last of them; ``head(maps)`` the scores. ``describe_stages`` says how many channels each stage has,
and at what stride.
"""

from cnnlib.models.card import Card
from cnnlib.models.pretrained import load_pretrained
from cnnlib.models.registry import build, card, names
from cnnlib.models.stages import Stage, describe_stages

__all__ = ["Card", "Stage", "build", "card", "describe_stages", "load_pretrained", "names"]
