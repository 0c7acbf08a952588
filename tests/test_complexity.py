"""Counts against cases worked by hand, PyTorch's own counter on every classifier of torchvision, and the lecture."""

import copy
import sys
import types
import warnings

import matplotlib.pyplot as plt
import pytest
import torch
import torch.nn.functional as F
import torchvision
from matplotlib.figure import Figure
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from cnnlib.complexity import Profile, Row, Uncounted, profile

CLASSIFIERS = torchvision.models.list_models(module=torchvision.models)


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


@pytest.mark.parametrize("name", CLASSIFIERS)
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


class Odd(nn.Module):
    """Calls a layer twice, shares a weight, has a parameter and a buffer of its own, returns a dictionary."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.again = self.conv
        self.tied = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.tied.weight = self.conv.weight
        self.scale = nn.Parameter(torch.ones(3, 1, 1))
        self.register_buffer("mask", torch.ones(4, 4))
        self.unused = nn.Linear(2, 2)
        self.inner = nn.Sequential(nn.Identity())

    def forward(self, x):
        x = self.tied(self.again(self.conv(x)))
        x = F.relu(x * self.scale) + self.mask
        return {"maps": F.conv2d(self.inner(x), torch.ones(2, 3, 1, 1)), "mean": [x.mean((2, 3))]}


def test_modules_that_do_not_keep_to_the_rules():
    model = Odd()
    result = profile(model, (3, 4, 4))
    maps = 3 * 16
    assert result.rows == (
        Row("conv", "Conv2d", (1, 3, 4, 4), 2, 84, 2 * maps * 27, 0, 0, 0, 0, 0, 2 * maps, 8 * maps),
        Row("tied", "Conv2d", (1, 3, 4, 4), 1, 0, maps * 27, 0, 0, 0, 0, 0, maps, 4 * maps),
        Row(
            "", "Odd", ((1, 2, 4, 4), (1, 3)), 1, 3, 32 * 3, 0, 0, maps, maps, 2 * maps,
            3 * maps + 6 + 32 + 3, 4 * (3 * maps + 6 + 32 + 3),
        ),
        Row("inner.0", "Identity", (1, 3, 4, 4), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        Row("unused", "Linear", (), 0, 6, 0, 0, 0, 0, 0, 0, 0, 0),
    )  # fmt: skip
    assert result.params == sum(p.numel() for p in model.parameters()) == 93


@pytest.mark.parametrize(
    ("model", "shape", "macs"),
    [
        (nn.LSTM(5, 7, batch_first=True), (3, 5), 3 * 4 * 7 * (5 + 7)),
        (nn.GRU(5, 7, bidirectional=True, batch_first=True), (3, 5), 2 * 3 * 3 * 7 * (5 + 7)),
        # four projections, scores and their weighted sum, two layers of the MLP
        (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8), 5 * 4 * 64 + 2 * 25 * 8 + 2 * 5 * 8 * 16),
        (nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 3, 1)), (2, 4), 24),
    ],
)
def test_modules_with_machinery_inside(model, shape, macs):
    result = profile(model, shape)
    assert result.macs == macs and result.uncounted == ()
    assert result.params == sum(p.numel() for p in model.parameters())


def test_inference_mode_inside_the_model():
    class Frozen(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

        @torch.inference_mode()
        def forward(self, x):
            return self.head(F.adaptive_avg_pool2d(F.relu(self.conv(x)), 1).flatten(1)).softmax(1)

    result = profile(Frozen(), (3, 6, 6))
    assert (result.macs, result.uncounted) == (64 * 27 + 8, ())
    assert (result.total("pooling"), result.total("activation")) == (64, 64 + 10)


def test_tensors_of_other_devices_follow():
    class Elsewhere(nn.Module):
        def __init__(self):
            super().__init__()
            self.grid, self.hidden = torch.arange(4.0), [nn.Linear(4, 4)]  # neither buffer nor child

        def forward(self, x):
            return self.hidden[0](torch.cat([x, self.grid[None]]) + torch.arange(4)).to("cpu")

    result = profile(Elsewhere(), (4,))
    assert result.macs == 2 * 16 and result.params == 0


def test_whose_parameters_only_a_child_uses_was_called():
    model = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 3, 1))
    rows = {row.name: row for row in profile(model, (2, 4)).rows}
    assert rows["parametrizations.weight"][2:5] == ((3, 2, 1), 1, 9)


def test_what_no_rule_covers_is_reported():
    @torch.library.custom_op("cnnlib_tests::twice", mutates_args=())
    def twice(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    twice.register_fake(torch.empty_like)

    class Custom(nn.Module):
        def forward(self, x):
            return twice(twice(x)).sort().values

    result = profile(nn.Sequential(nn.Linear(3, 2), Custom()), (3,))
    assert result.uncounted == (
        Uncounted("cnnlib_tests.twice.default", "1", 2),
        Uncounted("aten.sort.default", "1", 1),
    )
    assert result.macs == 6
    assert result.activations == 2 + 4 + 4  # sort returns values and positions
    assert "not counted: cnnlib_tests.twice.default, 2 times, in 1" in str(result)
    assert "not counted: aten.sort.default, 1 times, in 1" in result._repr_html_()


class OnCpu(TorchDispatchMode):
    """Counts the bytes of all tensors that operations make outside the meta device."""

    made = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        out = operation(*args, **(kwargs or {}))
        self.made += sum(t.nbytes for t in tree_leaves(out) if isinstance(t, torch.Tensor) and not t.is_meta)
        return out


def test_no_memory_is_taken():
    network = nn.utils.skip_init(nn.Linear, 25_088, 4096)  # VGG's largest layer, 411 MB, not even written
    with OnCpu() as memory:
        assert profile(network, (25_088,)).macs == 25_088 * 4096
    assert memory.made == 0
    with OnCpu() as memory:
        copy.deepcopy(nn.Linear(5, 5))
    assert memory.made >= 4 * 30  # the instrument does see copies


def test_the_model_stays_as_it_was():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(), Odd())
    model[1].eval()  # as when its statistics are frozen
    model[0].register_forward_hook(lambda module, args, output: None)
    state, before = copy.deepcopy(model.state_dict()), [dict(vars(module)) for module in model.modules()]
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()]
    with pytest.raises(ValueError, match="input_shape"):
        profile(model, (5, 8, 8))
    with pytest.raises(ValueError, match="input_shape"):
        profile(model, (3, 6, 6), training=True)  # 4 channels do not fit the 3 that follow
    assert [dict(vars(module)) for module in model.modules()] == before
    assert [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()] == hooks
    after = model.state_dict()
    assert all(torch.equal(after[key], value) and after[key].device == value.device for key, value in state.items())
    assert model.training and not model[1].training and torch.is_grad_enabled()


@pytest.mark.parametrize(
    ("model", "shape", "words"),
    [
        (nn.Linear(3, 2), (4,), r"must have same reduction dim, but got \[1, 4\] X \[3, 2\]"),
        (nn.BatchNorm2d(3), (4, 2, 2), r"running_mean should contain 4 elements not 3"),
        (nn.Sequential(nn.Flatten(), nn.Linear(8, 2)), (2, 2, 3), r"\[1, 12\] X \[8, 2\]"),
    ],
)
def test_the_models_own_words_when_a_shape_does_not_fit(model, shape, words):
    with pytest.raises(ValueError, match=rf"input_shape must be one that the model takes.*{words}.*; got \("):
        profile(model, shape)


def test_the_numbers_in_tensors_must_not_matter():
    class Asks(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match=r"input_shape must be one that the model takes, without data .*meta tensor"):
        profile(Asks(), (3,))


@pytest.mark.filterwarnings("ignore:.*jit.trace:FutureWarning")
def test_torchscript_is_refused():
    traced = torch.jit.trace(nn.ReLU(), torch.zeros(4))
    with pytest.raises(ValueError, match=r"model must be one without TorchScript.*; got 'Sequential'"):
        profile(nn.Sequential(traced), (4,))


def small():
    return profile(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2)), (3, 6, 6))


def test_table():
    assert (
        small().table()
        == str(small())
        == (
            "layer  kind     output   parameters  multiply-adds  other steps  activations\n"
            "----------------------------------------------------------------------------\n"
            "0      Conv2d   1×4×4×4         112          1,728            0           64\n"
            "1      ReLU     1×4×4×4           0              0           64           64\n"
            "2      Flatten  1×64              0              0            0            0\n"
            "3      Linear   1×2             130            128            0            2\n"
            "----------------------------------------------------------------------------\n"
            "total                           242          1,856           64          130"
        )
    )


def test_html_is_escaped():
    row = small().rows[0]._replace(name="<b>")
    text = Profile((row,), ())._repr_html_()
    assert "<td>&lt;b&gt;</td><td>Conv2d</td><td>1×4×4×4</td><td>112</td><td>1,728</td>" in text and "<b>" not in text


def test_figure_shows_every_number():
    figure = small().figure()
    assert isinstance(figure, Figure)
    heights = [sorted(bar.get_height() for bars in axis.containers for bar in bars) for axis in figure.axes]
    assert heights == [[0, 112, 130], [0, 128, 1728], [2, 64, 64]]  # nothing for Flatten, which has none
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["convolution", "linear", "activation"]
    plt.close(figure)


def test_a_row_that_computes_nothing_is_drawn_as_other():
    figure = profile(nn.Embedding(10, 3), (5,), dtype=torch.int64).figure()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["other"]
    plt.close(figure)


def test_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows, columns: (rows, columns)))
    rows, columns = small().to_frame()
    assert dict(zip(columns, rows[0], strict=True))["macs"] == 1728 and len(rows) == 4
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        small().to_frame()
