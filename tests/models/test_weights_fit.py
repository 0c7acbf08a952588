"""Every network that torchvision or timm also has takes their weights, and then gives the same outputs.

The weights are random, BatchNorm's statistics too, or a wrong order of them could not be seen.
"""

import pytest
import timm
import torch
import torchvision

from cnnlib import models
from cnnlib.models.inception_resnet import InceptionResNetA
from cnnlib.models.pretrained import convert

# Networks that neither library has, and why. Their own files have them against closed forms.
OURS_ALONE = {
    "lenet5": "no library has LeNet-5",
    "lenet5_modern": "no library has LeNet-5",
    "alexnet_lecture": "the libraries' AlexNet is that of 2014",
    "alexnet_paper": "the libraries' AlexNet is that of 2014",
    "zfnet": "no library has ZFNet",
    "nin": "no library has NiN",
    "nin_imagenet": "no library has NiN",
    "googlenet_paper": "the libraries' GoogLeNet has BatchNorm",
    **{f"plain{depth}": "no library has plain networks" for depth in (18, 20, 32, 34, 44, 56, 110)},
    **{f"resnet{depth}": "no library has residual networks for CIFAR-10" for depth in (20, 32, 44, 56, 110)},
}
SHARED = [name for name in models.names() if name not in OURS_ALONE]
SIZES = {"alexnet": (96, 224), "googlenet": (64, 97), "vgg": (64, 97), "resnet": (64, 97)}


def sizes(name):
    """Two input sizes that the network takes: small ones, for the time that it takes."""
    (found,) = [pair for family, pair in SIZES.items() if name.startswith(family)]
    return found


def without_numbers(make, *arguments, **options):
    with torch.device("meta"):
        return make(*arguments, **options).eval()


def random_state(network, seed=0):
    """A state_dict for ``network`` in which every number is random, and signals neither die nor drown others.

    So the last BatchNorm of a residual branch is small: fifty branches of full size would add up to 10¹².
    """
    generator = torch.Generator().manual_seed(seed)
    last = "bn3.weight" if any(name.endswith("bn3.weight") for name in network.state_dict()) else "bn2.weight"
    state = {}
    for name, value in network.state_dict().items():
        if not value.is_floating_point():
            state[name] = torch.tensor(7)  # num_batches_tracked
        elif value.ndim > 1:
            bound = (6 / value[0].numel()) ** 0.5
            state[name] = torch.empty(value.shape).uniform_(-bound, bound, generator=generator)
        elif name.startswith("layer") and name.endswith(last):
            state[name] = torch.empty(value.shape).uniform_(0.1, 0.3, generator=generator)
        elif name.endswith(("weight", "running_var")):
            state[name] = torch.empty(value.shape).uniform_(0.5, 1.5, generator=generator)
        else:
            state[name] = torch.empty(value.shape).uniform_(-0.5, 0.5, generator=generator)
    return state


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def give(network, state):
    """``network`` with the numbers of ``state``, without a copy of them."""
    network.load_state_dict(state, strict=True, assign=True)
    return network


def check_outputs_are_equal(ours, theirs, *shapes):
    with torch.inference_mode():
        for shape in shapes:
            images = torch.randn(1, *shape, generator=torch.Generator().manual_seed(1))
            expected = theirs(images)
            assert 0.1 < expected.std() < 1000
            scale = expected.abs().max()  # makes outputs of order one, for which 1e-5 is meant
            torch.testing.assert_close(ours(images) / scale, expected / scale, rtol=1e-5, atol=1e-5)


def test_none_is_left_out_that_torchvision_or_timm_has():
    known = {*torchvision.models.list_models(torchvision.models), *timm.list_models()}
    assert set(OURS_ALONE) <= set(models.names()) and not set(OURS_ALONE) & known
    assert set(SHARED) <= known


@pytest.mark.parametrize("name", SHARED)
def test_as_torchvision(name):
    options = {"init_weights": False} if name == "googlenet" else {}
    theirs = without_numbers(torchvision.models.get_model, name, weights=None, **options)
    ours = without_numbers(models.build, name)
    assert parameters(ours) == parameters(theirs)
    state = random_state(theirs)
    renamed = convert(state, ours)
    assert list(renamed) == list(ours.state_dict()) and len(renamed) == len(state)
    assert convert(renamed, ours) == renamed  # what is ours already stays as it is
    give(theirs, state)
    give(ours, renamed)
    check_outputs_are_equal(ours, theirs, *((3, size, size) for size in sizes(name)))
    if name == "googlenet":  # in evaluation the auxiliary classifiers have no part
        check_outputs_are_equal(ours.aux1, theirs.aux1, (512, 14, 14), (512, 7, 7))
        check_outputs_are_equal(ours.aux2, theirs.aux2, (528, 14, 14), (528, 7, 7))


@pytest.mark.parametrize("name", [name for name in SHARED if timm.is_model(name)])
def test_as_timm(name):
    theirs = without_numbers(timm.create_model, name, pretrained=False)
    ours = without_numbers(models.build, name)
    assert parameters(ours) == parameters(theirs)
    state = random_state(theirs)
    give(ours, convert(state, ours))
    give(theirs, state)
    # timm's VGG averages after its fully connected layers, not before: the same where there is nothing to average.
    both = (224,) if name.startswith("vgg") else sizes(name)
    check_outputs_are_equal(ours, theirs, *((3, size, size) for size in both))


@pytest.mark.parametrize("name", ["resnet50", "resnet101"])
def test_the_papers_strides(name):
    """torchvision's network with the strides moved to the first 1×1 convolution of each bottleneck."""
    theirs = without_numbers(torchvision.models.get_model, name, weights=None)
    for block in theirs.modules():
        if isinstance(block, torchvision.models.resnet.Bottleneck):
            block.conv1.stride, block.conv2.stride = block.conv2.stride, (1, 1)
    ours = without_numbers(models.build, name, paper_strides=True)
    state = random_state(theirs)
    give(ours, convert(state, ours))
    check_outputs_are_equal(ours, give(theirs, state), (3, 64, 64), (3, 97, 97))


def test_the_inception_resnet_block_is_timms():
    theirs = without_numbers(timm.create_model, "inception_resnet_v2", pretrained=False).repeat[0]
    ours = without_numbers(InceptionResNetA, 320, scale=theirs.scale)
    assert parameters(ours) == parameters(theirs)
    state = random_state(theirs)
    give(ours, convert(state, ours))
    check_outputs_are_equal(ours, give(theirs, state), (320, 35, 35), (320, 8, 9))
