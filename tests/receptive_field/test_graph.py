"""Receptive fields of networks with branches against the footprint of gradients, and against cases worked by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from cnnlib import models
from cnnlib.models.lenet import Subsampling
from cnnlib.receptive_field import Layer, ReceptiveField, closed_form, of_graph, of_last_maps


def positive(model):
    """Weights of one over their number, so that none cancels another; means for maxima; norms that do nothing."""
    for name, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.MaxPool2d):
            mean = nn.AvgPool2d(module.kernel_size, module.stride, module.padding, module.ceil_mode)
            model.set_submodule(name, mean)
        elif isinstance(module, (nn.BatchNorm2d, Subsampling)):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
            if isinstance(module, nn.BatchNorm2d):
                module.reset_running_stats()
    return model.double().eval()


class Reached(Exception):
    """The call was seen; what follows does not matter."""


def footprint(model, layer, x, unit, call=1):
    """First and last row, first and last column, of the input that ``unit`` of the layer's output sees, if any."""
    outputs = []

    def note(module, args, output):
        outputs.append(output)
        if len(outputs) == call:
            raise Reached

    handle = model.get_submodule(layer).register_forward_hook(note)
    with pytest.raises(Reached):
        model(x.requires_grad_())
    handle.remove()
    (gradient,) = torch.autograd.grad(outputs[-1][0, :, unit[0], unit[1]].sum(), x)
    seen = gradient[0].abs().sum(0).numpy()
    sides = [np.nonzero(seen.any(axis=axis))[0] for axis in (1, 0)]
    if not seen.any():
        return None
    return [(int(side[0]), int(side[-1])) for side in sides]


def check_in_a_strip(model, field, layer, call=1, height=32):
    """One unit of the last maps in an image that is low, and wide enough for a unit that sees no padding."""
    index = -(field.start // field.jump)  # the first whose field begins within the image
    first, last = field.interval(index)
    width = -(-(last + 64) // 32) * 32
    channels = next(model.parameters()).shape[1]
    # Small, so that ReLU6 cuts nothing off, tanh is a line, and local response normalisation a factor.
    x = torch.rand(1, channels, height, width, dtype=torch.float64) * 1e-6
    (_, seen) = footprint(positive(model), layer, x, (0, index), call)
    assert first >= 0 and seen == (first, last)


# The module whose output is pooled globally or flattened, for each network or family; and which of its calls.
LAST_MAPS = {
    **dict.fromkeys(["lenet5", "lenet5_modern"], ("C5", 1)),
    **dict.fromkeys(["alexnet", "alexnet_lecture", "alexnet_paper", "zfnet"], ("pool", 3)),
    **{"nin": ("mlpconv3", 1), "nin_imagenet": ("mlpconv4", 1)},
    **{f"vgg{depth}{norm}": ("features", 1) for depth in (11, 13, 16, 19) for norm in ("", "_bn")},
    **dict.fromkeys(["googlenet", "googlenet_paper"], ("inception5b", 1)),
    **{f"{kind}{depth}": ("stage3", 1) for kind in ("plain", "resnet") for depth in (20, 32, 44, 56, 110)},
    **{f"plain{depth}": ("conv5_x", 1) for depth in (18, 34)},
    **{f"resnet{depth}": ("conv5_x", 1) for depth in (18, 34, 50, 101, 152)},
}
# Where a strip of 32 pixels is too low for the layers that do not pad.
HEIGHTS = dict.fromkeys(["alexnet_lecture", "alexnet_paper", "nin_imagenet", "zfnet"], 67) | {"alexnet": 63}


@pytest.mark.parametrize("name", models.names())
def test_last_maps_of_every_network(name):
    """At full width. Layers after the last maps are left out: VGG's would take a gigabyte."""
    layer, call = LAST_MAPS[name]
    with torch.device("meta"):
        model = models.build(name)
    vertical, horizontal = of_last_maps(model, models.card(name).input_size)
    assert vertical == horizontal
    for child, module in model.named_children():
        if isinstance(module, nn.Linear):
            model.set_submodule(child, nn.Identity())
    check_in_a_strip(model.to_empty(device="cpu"), horizontal, layer, call, HEIGHTS.get(name, 32))


@pytest.mark.parametrize(
    ("name", "layer", "size"), [("mobilenet_v2", "features", 491), ("densenet121", "features", None)]
)
def test_last_maps_of_others(name, layer, size):
    """Depthwise convolutions and inverted bottlenecks; joins of all that came before."""
    model = torchvision.models.get_model(name, weights=None)
    vertical, horizontal = of_last_maps(model, (3, 224, 224))
    assert vertical == horizontal == of_graph(model, (3, 64, 64), layer)[0] and size in (None, horizontal.size)
    check_in_a_strip(model, horizontal, layer)


class Branches(nn.Module):
    """A path of one 1×1 filter, one of 3×5 with dilation, one of two layers; added and joined, then a stride."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(2, 4, 3, stride=(2, 1), padding=1)
        self.a, self.b = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, (3, 5), padding=(2, 4), dilation=2)
        self.c = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(4, 2, (1, 2)))
        self.last = nn.Conv2d(6, 3, 2, stride=2)

    def forward(self, x):
        x = F.relu(self.stem(x))
        y = self.a(x) + self.b(x)
        z = self.c(F.pad(x, (1, 0)))
        return self.last(torch.cat([y, z], 1).view(1, 2, 3, *y.shape[2:]).transpose(1, 2).flatten(1, 2))


def test_branches_by_hand():
    """Down: 3, ±2 jumps of 2 around it, 1 jump more: 3 + 8 + 2. Across: 3, ±4 around it, 1 more: 3 + 8 + 1."""
    assert of_graph(Branches(), (2, 40, 40)) == (ReceptiveField(13, 4, -5), ReceptiveField(12, 2, -5))
    # z alone: down ±1 jump of 2; across the pool's ±1 and the pair of columns one further left
    assert of_graph(Branches(), (2, 40, 40), "c") == (ReceptiveField(7, 2, -3), ReceptiveField(6, 1, -3))
    model = positive(Branches())
    seen = footprint(model, "", torch.rand(1, 2, 40, 40, dtype=torch.float64), (4, 5))
    assert seen == [field.interval(index) for field, index in zip(of_graph(model, (2, 40, 40)), (4, 5), strict=True)]


def test_a_chain_is_the_closed_form():
    layers = [Layer(5, 2, 2), Layer(3, 1, 2, 2), Layer(2, 2), Layer(4, 1, 0, 3)]
    convolutions = [nn.Conv1d(1, 1, *layer) for layer in layers]
    for number, field in enumerate(closed_form(layers)):
        assert of_graph(nn.Sequential(*convolutions), (1, 90), str(number)) == (field,)
    assert of_graph(nn.Conv3d(1, 1, (1, 2, 3)), (1, 4, 4, 4)) == tuple(ReceptiveField(k, 1, 0) for k in (1, 2, 3))


def test_maxima_may_be_dilated():
    layer = Layer(3, 2, 1, 2)
    assert of_graph(nn.MaxPool2d(*layer), (1, 18, 18)) == tuple(closed_form([layer]) * 2)


@pytest.mark.parametrize(
    "up",
    [
        nn.ConvTranspose2d(1, 1, 2, 2),
        nn.ConvTranspose2d(1, 1, 4, 2, 1),
        nn.ConvTranspose2d(1, 1, 3, 2, 1, output_padding=1),
        nn.ConvTranspose2d(1, 1, 3, 1),
        nn.ConvTranspose2d(1, 1, 2, 2, dilation=3),
        nn.ConvTranspose2d(1, 1, 5, 4, 1),
        nn.ConvTranspose2d(1, 1, 1, 2),
        nn.Upsample(scale_factor=2),
        nn.Upsample(scale_factor=4),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Upsample(scale_factor=4, mode="bilinear"),
        nn.AdaptiveAvgPool2d(5),
    ],
    ids=str,
)
def test_upsampling_holds_every_unit_and_no_more(up):
    """Neighbours see different pixels. The affine field holds them all, and some reach either end."""
    model = positive(nn.Sequential(nn.Conv2d(1, 1, 3, 4, 1), up))
    field, _ = of_graph(model, (1, 80, 80))
    slack = []
    for index in range(24 // field.jump, 24 // field.jump + 4) if field.jump < 16 else [1, 2, 3]:
        seen = footprint(model, "", torch.rand(1, 1, 80, 80, dtype=torch.float64), (index, index))
        if seen:  # one tap and a stride of two leave every other unit with nothing
            first, last = field.interval(index)
            slack.append((seen[0][0] - first, last - seen[0][1]))
    assert min(s for s, _ in slack) == 0 == min(s for _, s in slack)


class Gate(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.conv, self.gate = nn.Conv2d(4, 4, 3, padding=1), gate

    def forward(self, x):
        x = self.conv(x)
        return x * self.gate(x)


GLOBAL = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 4, 1), nn.Sigmoid())


@pytest.mark.parametrize(
    "model",
    [
        Gate(GLOBAL),
        nn.Sequential(nn.Conv2d(4, 2, 3), nn.Flatten(), nn.Linear(2 * 6 * 8, 5), nn.ReLU()),
        nn.Sequential(nn.Conv2d(4, 2, 3), nn.AdaptiveMaxPool2d(1), nn.Conv2d(2, 2, 1)),
        nn.Sequential(nn.InstanceNorm2d(4), nn.Conv2d(4, 2, 3)),
    ],
)
def test_what_sees_everything(model):
    assert of_graph(model, (4, 8, 10)) == (ReceptiveField(8, 0, 0), ReceptiveField(10, 0, 0))


def test_means_over_channels_see_one_place():
    class Mean(nn.Module):
        def forward(self, x):
            return x.mean(1, keepdim=True) + x.amax(1, keepdim=True)

    assert of_graph(Gate(Mean()), (4, 8, 10)) == (ReceptiveField(3, 1, -1),) * 2


def test_the_layer_is_seen_before_what_is_added_in_place():
    class Skip(nn.Module):
        def __init__(self):
            super().__init__()
            self.small, self.large = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 5, padding=2)

        def forward(self, x):
            y = self.small(x)
            y += self.large(x)
            return y

    assert of_graph(Skip(), (1, 9, 9), "small")[0].size == 1
    assert of_graph(Skip(), (1, 9, 9))[0] == ReceptiveField(5, 1, -2)


class Does(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function, self.unused = function, nn.ReLU()

    def forward(self, x):
        return self.function(x)


def add_into_part(x):
    y = F.avg_pool2d(x, 3, 1, 1)
    y[:, :1] += x[:, :1]
    return y


def fill_part(x):
    y = torch.zeros_like(x)
    y[:, :1] = x[:, :1]
    return y


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, :, 1:],
        lambda x: x[:, :, 3::2, ::3],
        lambda x: x[:, :, -20:, :-4],
        lambda x: x[:, 1:, 5:30:4],
        lambda x: x[:, [1, 0, 1]],
        lambda x: x[:, torch.tensor([True, False])],
        lambda x: F.local_response_norm(x * 1e-6, 3),
    ],
)
def test_cuts_and_windows_over_channels(function):
    model = positive(nn.Sequential(nn.Conv2d(1, 2, 3, (1, 2), 1), Does(function)))
    seen = footprint(model, "", torch.rand(1, 1, 40, 80, dtype=torch.float64), (2, 3))
    fields = of_graph(model, (1, 40, 80))
    assert seen == [field.interval(index) for field, index in zip(fields, (2, 3), strict=True)]


def test_last_maps_are_those_before_the_places_are_lost():
    conv = nn.Conv2d(4, 4, 3, 2)
    for end in (nn.Sequential(nn.Flatten(), nn.LazyLinear(5)), nn.AdaptiveAvgPool2d(1), nn.Identity()):
        model = nn.Sequential(conv, end, nn.ReLU())
        model(torch.zeros(1, 4, 9, 9))  # sets the lazy layer's size
        assert of_last_maps(model, (4, 9, 9)) == (ReceptiveField(3, 2, 0),) * 2
    assert of_last_maps(nn.Sequential(conv, Gate(GLOBAL), nn.Conv2d(4, 4, 3)), (4, 19, 19))[0] == ReceptiveField(
        7, 2, -2
    )


@pytest.mark.parametrize(
    ("function", "layer", "words"),
    [
        (lambda x: x.permute(0, 2, 3, 1), None, "a permutation that moves the axes"),
        (lambda x: torch.cat([x, x], 2), None, "a join along an axis of space"),
        (lambda x: x[:, :, 0], None, "a cut along an axis of space"),
        (lambda x: x[:, :, [0, 2]], None, "a choice of places"),
        (lambda x: x.flatten(2), None, "a view that moves or merges axes"),
        (lambda x: x.roll(1, 2), None, r"aten\.roll"),
        (lambda x: x + F.max_pool2d(x, 8), None, "branches whose sizes differ"),
        (lambda x: F.avg_pool2d(x, 2) + F.avg_pool2d(x, 5, 1), None, "branches whose jumps differ"),
        (lambda x: F.conv2d(x, x), None, "weights depend on the input"),
        (lambda x: F.adaptive_avg_pool2d(x, 3), None, "windows of several sizes"),
        (lambda x: F.interpolate(x, size=12), None, "no integer"),
        (lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True), None, "aligned corners"),
        (lambda x: F.interpolate(x, scale_factor=2), None, "closer than pixels"),
        (lambda x: x.mean(3), None, "over one axis of several"),
        (add_into_part, None, "into a part of a tensor"),
        (fill_part, None, "into a part of a tensor"),
        (lambda x: x, "unused", "which is not called"),
        (lambda x: (x, x), None, "whose output is no tensor"),
        (torch.zeros_like, None, "does not depend on the input"),
    ],
)
def test_what_cannot_be_followed(function, layer, words):
    with pytest.raises(ValueError, match=f"model must be one whose fields can be followed, which ends at .*{words}"):
        of_graph(Does(function), (2, 8, 8), layer)


def test_in_inference_mode():
    """There layers reach the dispatcher whole."""
    with torch.inference_mode():
        assert of_graph(Branches(), (2, 40, 40)) == (ReceptiveField(13, 4, -5), ReceptiveField(12, 2, -5))
        assert of_last_maps(models.build("lenet5_modern"), (1, 32, 32))[0] == ReceptiveField(32, 4, 0)


def test_the_model_stays_as_it_was():
    model = Branches()
    of_graph(model, (2, 40, 40), "c")
    assert model.training and all(not m._forward_hooks for m in model.modules())
    assert all(p.device.type == "cpu" for p in model.parameters())
