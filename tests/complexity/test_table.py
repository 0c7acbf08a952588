"""The table of networks against their cards, their names, torchvision, and the two outputs against each other."""

import json
import re

import pytest
import torch
import torchvision
from typer.testing import CliRunner

from cnnlib import cli, models
from cnnlib.complexity import table

UNITS = {"k": 1e3, "M": 1e6, "G": 1e9}
# Networks whose published depth is not the number of convolutions and linear layers one after another, and why.
OTHER_DEPTH = {"lenet5": (4, "the paper's 7 layers include two of subsampling, with weights, and one of distances")}


@pytest.fixture(scope="module")
def lines():
    return table.lines()


def command(*arguments):
    return CliRunner().invoke(cli.app, ["models", *arguments], env={"COLUMNS": "80"})


def test_every_network_has_a_line_of_its_card(lines):
    assert [line.name for line in lines] == models.names()
    for line in lines:
        card = models.card(line.name)
        assert (line.year, line.input_size, line.top1, line.top5) == (card.year, card.input_size, card.top1, card.top5)
        assert line.depth == OTHER_DEPTH.get(line.name, (card.depth, ""))[0], line.name


def test_depth_is_the_number_in_the_name(lines):
    depths = {line.name: line.depth for line in lines}
    for name, counted in depths.items():
        in_name = re.fullmatch(r"(vgg|resnet|plain)(\d+)(_bn)?", name)
        assert in_name is None or counted == int(in_name[2])
    assert depths["googlenet"] == depths["googlenet_paper"] == 22
    assert depths["alexnet"] == depths["alexnet_paper"] == depths["zfnet"] == 8


def test_parameters_are_torchvisions(lines):
    theirs = torchvision.models.list_models(module=torchvision.models)
    shared = [line for line in lines if line.name in theirs]
    assert len(shared) == 15
    for line in shared:
        options = {"aux_logits": False, "init_weights": False} if line.name == "googlenet" else {}
        with torch.device("meta"):
            network = torchvision.models.get_model(line.name, weights=None, **options)
        assert line.parameters == sum(p.numel() for p in network.parameters())


def test_costs_are_those_of_published_networks(lines):
    """A multiply-add for each weight and place: AlexNet of the paper's Figure 2 and VGG-16, worked out by hand."""
    by_name = {line.name: line for line in lines}
    alexnet = [(96, 3, 11, 55), (256, 48, 5, 27), (384, 256, 3, 13), (384, 192, 3, 13), (256, 192, 3, 13)]
    convolutions = sum(C * C_in * K**2 * side**2 for C, C_in, K, side in alexnet)
    assert by_name["alexnet_paper"].macs == convolutions + 9216 * 4096 + 4096 * 4096 + 4096 * 1000
    assert by_name["vgg16"].receptive_field == 212 and by_name["resnet50"].receptive_field == 427
    assert by_name["resnet50"].macs == 4_089_184_256  # torchvision's "4.09 GFLOPS"
    rectified = 2 * (6 * 28**2 + 16 * 10**2 + 120 + 84)  # written before and after the rectifier
    assert by_name["lenet5_modern"].activations == rectified + 6 * 14**2 + 16 * 5**2 + 10


def test_json_and_table_say_the_same():
    names = ["resnet18", "lenet5", "googlenet_paper", "alexnet"]
    printed = command(*names, "--json")
    assert printed.exit_code == 0
    read = json.loads(printed.stdout)
    assert read == json.loads(json.dumps([line._asdict() for line in table.lines(names)]))
    assert [line["name"] for line in read] == names
    shown = command(*names)
    assert shown.exit_code == 0 and max(map(len, shown.stdout.splitlines())) <= 80
    for line in read:
        (row,) = re.findall(rf"^ {line['name']} +(.*)$", shown.stdout, re.MULTILINE)
        sizes = re.findall(r"(\d[\d.]*) ([kMG])\b", row)
        for key, (digits, unit) in zip(("parameters", "macs", "activations"), sizes, strict=True):
            assert float(digits) * UNITS[unit] == pytest.approx(line[key], rel=0.005)
            assert len(digits.replace(".", "")) == 3
        rest = re.sub(r"(\d[\d.]*) ([kMG])\b", "", row).split()
        errors = ["–" if line[key] is None else f"{line[key]:g}" for key in ("top1", "top5")]
        whole = [line["year"], line["input_size"][-1], line["depth"], line["receptive_field"]]
        assert rest == [*map(str, whole), *errors]


def test_an_unknown_network():
    answer = command("vgg-16")
    assert answer.exit_code == 1 and "did you mean 'vgg16'" in answer.stderr


@pytest.mark.parametrize(("number", "words"), [(7, "7.00"), (999, "999"), (999_499, "999 k"), (999_501, "1.00 M")])
def test_three_digits(number, words):
    assert table._short(number) == words
