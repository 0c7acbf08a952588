"""Models that keep to no rules: what is counted of them, what is said of the rest, and that they stay as they were."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from cnnlib.complexity import Row, Uncounted, profile


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
