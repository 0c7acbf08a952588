"""Counts against cases worked by hand, PyTorch's own counter on every classifier of torchvision, and the lecture."""

import re
import warnings

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from cnnlib.complexity import profile

CLASSIFIERS = torchvision.models.list_models(module=torchvision.models)
# One of each family is tried at every change: ResNets, RegNets, Swin transformers, and so on.
SAMPLE = {re.match("[a-z]+", name)[0]: name for name in reversed(CLASSIFIERS)}.values()
EVERY_CLASSIFIER = [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.thorough) for name in CLASSIFIERS]


def classifier(name, **options):
    """A classifier of torchvision whose parameters are on the meta device, where drawing weights takes no time."""

    def move(module, name, parameter):
        return parameter if parameter is None else nn.Parameter(parameter.to("meta"), parameter.requires_grad)

    # Not all of it within torch.device("meta"): RegNet works out its widths in tensors.
    handle = nn.modules.module.register_module_parameter_registration_hook(move)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # on how GoogLeNet's weights will be drawn
            return torchvision.models.get_model(name, weights=None, **options).to("meta")
    finally:
        handle.remove()


def image_shape(name):
    return (3, 299, 299) if name == "inception_v3" else (3, 224, 224)


def only(category, steps):
    """What a profile's totals are where one category alone has steps."""
    return dict.fromkeys(("convolution", "linear", "norm", "activation", "pooling", "other"), 0) | {category: steps}


# module, shape of one example, (category, steps), parameters, activations: all for a batch of two
BY_HAND = [
    # 11×9 padded to 13×11, a kernel that spans 5, stride 2: 5×4. Of 6·5·4 = 120 outputs each sees 2 channels, 9 taps.
    (nn.Conv2d(4, 6, 3, 2, 1, 2, groups=2), (4, 11, 9), ("convolution", 2 * 120 * 18), 6 * 18 + 6, 2 * 120),
    (nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), (8, 5, 7), ("convolution", 2 * 280 * 9), 72, 2 * 280),
    (nn.Conv1d(3, 5, 4), (3, 10), ("convolution", 2 * 35 * 12), 65, 2 * 35),
    (nn.Conv3d(2, 3, (1, 2, 3)), (2, 4, 4, 4), ("convolution", 2 * 72 * 12), 39, 2 * 72),
    # Transposed: each of 4·5·4 = 80 inputs goes to 3 channels by 9 taps; outputs are (4·2+3)×(3·2+3) = 11×9.
    (nn.ConvTranspose2d(4, 6, 3, 2, groups=2), (4, 5, 4), ("convolution", 2 * 80 * 27), 4 * 27 + 6, 2 * 594),
    (nn.Linear(10, 4), (10,), ("linear", 2 * 40), 44, 2 * 4),
    (nn.Linear(10, 4, bias=False), (7, 10), ("linear", 2 * 280), 40, 2 * 28),
    (nn.BatchNorm2d(3), (3, 4, 5), ("norm", 2 * 60), 6, 2 * 60),
    (nn.InstanceNorm2d(3), (3, 4, 5), ("norm", 2 * 3 * 60), 0, 2 * 60),
    (nn.GroupNorm(2, 4), (4, 5, 5), ("norm", 2 * 3 * 100), 8, 2 * 100),
    (nn.LayerNorm(6), (5, 6), ("norm", 2 * 4 * 30), 12, 2 * 30),
    (nn.LayerNorm(6, elementwise_affine=False), (5, 6), ("norm", 2 * 3 * 30), 0, 2 * 30),
    (nn.ReLU(), (3, 5), ("activation", 2 * 15), 0, 2 * 15),
    (nn.ReLU(inplace=True), (3, 5), ("activation", 2 * 15), 0, 0),
    (nn.Hardswish(inplace=True), (3, 5), ("activation", 2 * 15), 0, 0),
    (nn.PReLU(3), (3, 5), ("activation", 2 * 15), 3, 2 * 15),
    (nn.Softmax(dim=1), (8,), ("activation", 2 * 5 * 8), 0, 2 * 8),
    (nn.MaxPool2d(3, 2), (4, 7, 9), ("pooling", 2 * 48 * 9), 0, 2 * 48),
    (nn.AvgPool2d((2, 3)), (4, 6, 9), ("pooling", 2 * 36 * 6), 0, 2 * 36),
    (nn.MaxPool1d(3), (4, 9), ("pooling", 2 * 12 * 3), 0, 2 * 12),
    (nn.MaxPool3d(2), (1, 4, 4, 4), ("pooling", 2 * 8 * 8), 0, 2 * 8),
    (nn.AdaptiveAvgPool2d(1), (4, 6, 6), ("pooling", 2 * 4 * 36), 0, 2 * 4),
    # 5 cut into 3: [0, 2), [1, 4), [3, 5), so 7 numbers are read; 6 cut into 2: 6 numbers.
    (nn.AdaptiveMaxPool2d((3, 2)), (4, 5, 6), ("pooling", 2 * 4 * 7 * 6), 0, 2 * 24),
    (nn.AdaptiveAvgPool2d((3, 2)), (4, 5, 6), ("pooling", 2 * 4 * 7 * 6), 0, 2 * 24),
    (nn.Upsample(scale_factor=2), (3, 4, 4), ("other", 0), 0, 2 * 192),
    (nn.Upsample(scale_factor=2, mode="bilinear"), (3, 4, 4), ("other", 2 * 192 * 4), 0, 2 * 192),
    (nn.PixelShuffle(2), (4, 3, 3), ("other", 0), 0, 2 * 36),
    (nn.ZeroPad2d(1), (1, 2, 2), ("other", 0), 0, 2 * 16),
    (nn.Flatten(), (3, 4, 4), ("other", 0), 0, 0),
    (nn.Dropout(), (9,), ("other", 0), 0, 0),
    (nn.Identity(), (9,), ("other", 0), 0, 0),
]


@pytest.mark.parametrize(("module", "shape", "count", "params", "activations"), BY_HAND)
def test_by_hand(module, shape, count, params, activations):
    result = profile(module, shape, batch=2)
    assert {category: result.total(category) for category in only("other", 0)} == only(*count)
    assert (result.params, result.activations, result.activation_bytes) == (params, activations, 4 * activations)
    assert result.macs == (count[1] if count[0] in ("convolution", "linear") else 0)
    assert result.uncounted == () and len(result.rows) == 1
    x = torch.randn(2, *shape)
    (row,) = result.rows
    assert row[:4] == ("", type(module).__name__, tuple(module(x).shape), 1)


@pytest.mark.parametrize(
    ("product", "macs"),
    [
        (lambda x: x @ x.mT, 4 * 6 * 4),
        (lambda x: torch.einsum("nij,nkj->nik", x, x), 4 * 6 * 4),
        (lambda x: torch.baddbmm(x[:, :, :4], x, x.mT), 4 * 6 * 4),
        (lambda x: torch.addbmm(x[0, :, :4], x, x.mT), 4 * 6 * 4),
        (lambda x: x[0].addmm(x[0, :, :4], x[0]), 4 * 4 * 6),
        (lambda x: x[0] @ x[0, 0], 4 * 6),
        (lambda x: torch.addmv(x[0, :, 0], x[0], x[0, 0]), 4 * 6),
        (lambda x: torch.dot(x[0, 0], x[0, 1]), 6),
        (lambda x: torch.vdot(x[0, 0], x[0, 1]), 6),
        (lambda x: F.scaled_dot_product_attention(x, x, x), 2 * 4 * 4 * 6),
    ],
)
def test_matrix_products_without_a_module(product, macs):
    class Product(nn.Module):
        def forward(self, x):
            return product(x)

    result = profile(Product(), (4, 6))
    assert result.macs == result.total("linear") == macs and result.uncounted == ()


def test_batch_norm_that_measures_costs_more():
    assert profile(nn.BatchNorm2d(3), (3, 4, 5), batch=2, training=True).total("norm") == 3 * 120
    assert profile(nn.BatchNorm2d(3, track_running_stats=False), (3, 4, 5), batch=2).total("norm") == 3 * 120


def test_elementwise_operations_sums_and_variance():
    class Steps(nn.Module):
        def forward(self, x):  # 2×6
            y = x + x.exp()  # 12 + 12
            y *= 2  # 12, in place
            return y.sum(1), y.amax(), x.var(1), torch.cat([x, y])  # 12, 12, 2·12, none

    result = profile(Steps(), (6,), batch=2)
    assert result.total("other") == 84
    assert result.activations == 24 + 2 + 1 + 2 + 24
    assert result.rows[0].output_shape == ((2,), (), (2,), (4, 6))


@pytest.mark.parametrize("name", EVERY_CLASSIFIER)
def test_every_classifier_of_torchvision_agrees_with_pytorchs_counter(name):
    model = classifier(name).eval()
    result = profile(model, image_shape(name))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(1, *image_shape(name), device="meta"))
    assert 2 * result.macs == counter.get_total_flops()
    assert result.params == sum(p.numel() for p in model.parameters())
    assert result.uncounted == ()  # attention too: without a device's fused kernel, it is two products and a softmax


@pytest.mark.parametrize(
    ("name", "giga_macs", "params"),
    [
        ("alexnet", 0.71, 61_100_840),
        ("vgg16", 15.47, 138_357_544),
        ("resnet50", 4.09, 25_557_032),
        ("googlenet", 1.50, 13_004_888),
    ],
)
def test_lectures_numbers(name, giga_macs, params):
    result = profile(classifier(name), (3, 224, 224))
    assert round(result.macs / 1e9, 2) == giga_macs and result.params == params


def test_where_vgg16_computes_and_remembers():
    convolutions = [row for row in profile(classifier("vgg16"), (3, 224, 224)).rows if row.kind == "Conv2d"]
    stages = dict.fromkeys((224, 112, 56, 28, 14), 0)
    for row in convolutions:
        stages[row.output_shape[2]] += row.macs
    assert [round(macs / 1e9, 2) for macs in stages.values()] == [1.94, 2.77, 4.62, 4.62, 1.39]
    assert round(sum(row.activation_bytes for row in convolutions) / 2**20, 2) == 51.68


def test_googlenets_auxiliary_classifiers_belong_to_training():
    model = classifier("googlenet")
    rows = {row.name: row for row in profile(model, (3, 224, 224)).rows}
    assert rows["aux1.fc1"].calls == rows["aux1.fc1"].macs == 0 and rows["aux1.fc1"].params == 2048 * 1024 + 1024
    training = profile(model, (3, 224, 224), batch=2, training=True)
    rows = {row.name: row for row in training.rows}
    assert training.uncounted == ()  # dropout
    assert rows["aux1.fc1"].macs == 2 * 2048 * 1024
    without = profile(classifier("googlenet", aux_logits=False), (3, 224, 224), batch=2)
    auxiliary = [row for row in training.rows if row.name.startswith("aux")]
    assert training.macs - sum(row.macs for row in auxiliary) == without.macs
    assert training.params - sum(row.params for row in auxiliary) == without.params == 6_624_904


def test_batch_multiplies_everything_but_parameters():
    one, four = (profile(classifier("resnet18"), (3, 64, 64), batch=n) for n in (1, 4))
    assert four.params == one.params
    assert all(four.total(field) == 4 * one.total(field) for field in ("macs", "other_steps", "activation_bytes"))


def test_bytes_follow_the_type():
    layers = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU()).half()
    assert profile(layers, (3, 4, 4)).activation_bytes == 2 * profile(layers, (3, 4, 4)).activations == 2 * 2 * 32
    words = nn.Sequential(nn.Embedding(10, 3), nn.Linear(3, 2))
    result = profile(words, (5,), dtype=torch.int64)
    assert (result.macs, result.activations, result.params) == (30, 25, 38)
