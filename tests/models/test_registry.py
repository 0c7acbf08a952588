"""Networks by name: what is listed, built and imported, and families that come as one new file."""

import importlib
import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F

from cnnlib import lecture, models
from cnnlib.models import registry
from cnnlib.models.googlenet import Outputs
from tests.models.counts_by_hand import meta

# Networks that are not trained here, and why.
TOO_BIG = {
    **dict.fromkeys(["alexnet", "alexnet_lecture", "alexnet_paper", "zfnet"], "60 million parameters take seconds"),
    **dict.fromkeys([name for name in models.names() if name.startswith("vgg")], "133 million parameters take seconds"),
    **dict.fromkeys(["plain34", "resnet34", "resnet101", "resnet152"], "plain18, resnet18, resnet50: the same code"),
}


def test_names_are_in_the_lectures_order():
    first = ["lenet5", "lenet5_modern", "alexnet", "alexnet_lecture", "alexnet_paper", "zfnet", "nin", "nin_imagenet"]
    vgg = [f"vgg{depth}{norm}" for norm in ("", "_bn") for depth in (11, 13, 16, 19)]
    cifar = [f"{kind}{depth}" for kind in ("plain", "resnet") for depth in (20, 32, 44, 56, 110)]
    last = ["plain18", "plain34", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
    assert models.names() == [*first, *vgg, "googlenet", "googlenet_paper", *cifar, *last]
    assert all(models.card(name).name == name for name in models.names())


IMPORTS = """
import sys
from cnnlib import models

def report():
    print(*(name.removeprefix("cnnlib.models.") for name in sys.modules if name.startswith("cnnlib.models.")))

models.names()
report()
models.build("resnet18")
report()
models.card("lenet5")
from cnnlib.models import alexnet
report()
"""


def test_a_family_is_imported_when_one_of_its_networks_is_asked_for():
    printed = subprocess.run([sys.executable, "-c", IMPORTS], check=True, capture_output=True, text=True).stdout
    before, built, more = (set(line.split()) for line in printed.splitlines())
    assert before == {"card", "pretrained", "registry", "stages"}
    assert built - before == {"resnet", "initialisation"} and more - built == {"lenet", "alexnet"}


FAMILY = """
from torch import nn

from cnnlib.models.card import Card, Network

LECTURE_ROW = "C3"
MODELS = {
    "tiny": Network(
        lambda num_classes, width=4: nn.Linear(width, num_classes),
        Card(paper="T", authors="A", year=2020, classes=3, input_size=(1, 2, 2), depth=1),
    )
}
"""


@pytest.fixture
def add_file(tmp_path, monkeypatch):
    """Add a file to the package's folder, as it were: to a second one, for the time of a test."""

    def add(text, name="tiny_family.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
        monkeypatch.setattr(models, "__path__", [*models.__path__, str(tmp_path)])

    yield add
    for name in [name for name in sys.modules if "tiny_family" in name]:
        del sys.modules[name]


def test_a_new_family_is_one_new_file(add_file):
    before = models.names()
    add_file(FAMILY)
    place = before.index("zfnet")  # the same row, and a file that comes first in the alphabet
    assert models.names() == [*before[:place], "tiny", *before[place:]]
    assert models.build("tiny").weight.shape == (3, 4) and models.build("tiny", 5, width=2).weight.shape == (5, 2)
    assert models.card("tiny").name == "tiny" and models.card("tiny").year == 2020


def test_a_family_may_stand_in_a_folder_of_its_kind(add_file):
    add_file(FAMILY, "kind_of_tiny_family/tiny_family.py")
    assert models.build("tiny").weight.shape == (3, 4)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"tiny": N', '"ti" + "ny": N', r"MODELS in .*tiny_family\.py must be one dictionary .*; got "),
        ("MODELS = {", "MODELS = {**other, ", r"MODELS in .*tiny_family\.py must be one dictionary .*; got "),
        ("MODELS = {", "MODELS = make()\nothers = {", r"MODELS in .* must be one dictionary .*; got 'make\(\)'"),
        ("\n}", "\n}\nMODELS |= others", r"MODELS in .* must be one dictionary .*; got 'nothing that can be read'"),
        ('= "C3"', '= "VGG"', r"LECTURE_ROW in .*tiny_family\.py must be a key of cnnlib\.lecture\.ROWS.*got .*VGG"),
        ("LECTURE_ROW", "ROW", r"LECTURE_ROW in .* must be a key of .*; got 'nothing that can be read'"),
        ('"tiny"', '"vgg16"', r"MODELS of cnnlib\.models\.vgg must be new names: cnnlib.*tiny_family .*got 'vgg16'"),
    ],
)
def test_a_family_that_cannot_be_read_says_so(before, after, message, add_file):
    assert FAMILY.count(before) == 1
    add_file(FAMILY.replace(before, after))
    with pytest.raises(ValueError, match=message):
        models.names()


def test_families_have_their_place_in_the_lecture():
    families = [importlib.import_module(module) for module in registry._modules().values()]
    assert {family.LECTURE_ROW for family in families} <= set(lecture.ROWS)


@pytest.mark.parametrize("name", models.names())
def test_scores_have_the_classes_of_the_card_or_those_asked_for(name):
    card = models.card(name)
    images = torch.zeros(2, *card.input_size, device="meta")
    assert meta(name)(images).shape == (2, card.classes)
    assert meta(name, 7)(images).shape == (2, 7)


@pytest.mark.parametrize("name", [name for name in models.names() if name not in TOO_BIG])
def test_random_weights_give_finite_scores_and_gradients_to_every_parameter(name):
    torch.manual_seed(0)
    network, card = models.build(name), models.card(name)
    assert network.training
    scores = network(torch.randn(2, *card.input_size))
    if isinstance(scores, Outputs):
        scores = torch.cat(scores)
    F.cross_entropy(scores, torch.arange(len(scores)) % 2).backward()
    assert scores.isfinite().all() and scores.std() > 0
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())


def test_options_reach_the_network():
    assert meta("alexnet", dropout=0.1).dropout.p == 0.1
    assert meta("zfnet", widths=(384, 384, 256)).conv5.out_channels == 256
    assert not hasattr(meta("googlenet", auxiliary=False), "aux1")


def test_a_name_that_is_not_there_comes_with_those_like_it():
    with pytest.raises(ValueError, match=r"did you mean 'resnet50' or 'resnet\d+' or 'resnet\d+'\?\); got 'resnet-50'"):
        models.build("resnet-50")
    with pytest.raises(ValueError, match=r"\(did you mean 'lenet5'"):
        models.card("LeNet5")
    with pytest.raises(ValueError, match=r"a network's name \(names\(\) lists them\); got None"):
        models.build(None)
