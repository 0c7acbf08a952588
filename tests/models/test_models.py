"""The networks against the papers: parameters worked out by hand, sizes of maps layer by layer, published numbers."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from cnnlib import models
from cnnlib.models.alexnet import AlexNet
from cnnlib.models.cifar_resnet import CifarResNet
from cnnlib.models.googlenet import INCEPTIONS, GoogLeNet, Inception, Outputs
from cnnlib.models.inception_resnet import InceptionResNetA
from cnnlib.models.initial import he
from cnnlib.models.lenet import CONNECTIONS, LeNet5, Subsampling, drawings, squash
from cnnlib.models.zfnet import ZFNet

# Networks that are not trained here, and why.
TOO_BIG = {
    **dict.fromkeys(["alexnet", "alexnet_lecture", "alexnet_paper", "zfnet"], "60 million parameters take seconds"),
    **dict.fromkeys([name for name in models.names() if name.startswith("vgg")], "133 million parameters take seconds"),
    **dict.fromkeys(["plain34", "resnet34", "resnet101", "resnet152"], "plain18, resnet18, resnet50: the same code"),
}


def meta(name, num_classes=None, **options):
    """A network that has shapes and no numbers, in evaluation mode: built and run at no cost."""
    with torch.device("meta"):
        return models.build(name, num_classes, **options).eval()


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def conv(K, C_in, C_out, groups=1):
    """Weights and biases of a K×K convolution."""
    return K * K * C_in // groups * C_out + C_out


def fc(C_in, C_out):
    return C_in * C_out + C_out


def sizes(network, *names, input_size):
    """(C, H, W) after the named layers, for one image; a layer that is called twice is asked for by its last call."""
    shapes = {}

    def note(name):
        return lambda module, inputs, output: shapes.__setitem__(name, tuple(output.shape[1:]))

    for name in names:
        network.get_submodule(name).register_forward_hook(note(name))
    network(torch.zeros(1, *input_size, device=next(network.parameters()).device))
    return [shapes[name] for name in names]


def multiplications(network, input_size):
    """Multiply-adds of all convolutions and fully connected layers, for one image."""
    total = 0

    def count(module, inputs, output):
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()

    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(count)
    network(torch.zeros(1, *input_size, device="meta"))
    return total


# --- every network ---


def test_names_are_those_of_the_cards():
    assert models.names() == list(models.catalogue.MODELS)
    assert set(models.names()) == set(models.cards.CARDS)
    assert all(models.card(name).name == name for name in models.names())


@pytest.mark.parametrize("name", models.names())
def test_scores_have_the_classes_of_the_card_or_those_asked_for(name):
    card = models.card(name)
    images = torch.zeros(2, *card.input_size, device="meta")
    assert meta(name)(images).shape == (2, card.classes)
    assert meta(name, 7)(images).shape == (2, 7)


@pytest.mark.parametrize("name", models.names())
def test_depth_counts_the_layers_with_weights(name):
    network = meta(name)
    if name == "lenet5":  # the paper counts the layers that it names, subsampling too
        layers = [layer for layer, _ in network.named_children()]
    else:
        kinds = (nn.Conv2d, nn.Linear)
        layers = [layer for layer, module in network.named_modules() if isinstance(module, kinds)]
        aside = ("shortcut", "aux", "conv1x1", "reduce5x5", "conv5x5", "pool_proj")  # of four branches, one counts
        layers = [layer for layer in layers if not any(word in layer for word in aside)]
    assert len(layers) == models.card(name).depth


@pytest.mark.parametrize("name", [name for name in models.names() if models.card(name).parameters is not None])
def test_parameters_are_as_published(name):
    options = {"auxiliary": False} if name == "googlenet_paper" else {}  # Table 1 has no auxiliary classifiers
    assert parameters(meta(name, **options)) == pytest.approx(models.card(name).parameters, rel=0.018)


@pytest.mark.parametrize("name", models.names())
def test_errors_have_a_source(name):
    card = models.card(name)
    assert (card.source is None) == (card.top1 is None and card.top5 is None)
    if card.source == "torchvision":
        weights = torchvision.models.get_model_weights(name)["IMAGENET1K_V1"].meta
        accuracy = weights["_metrics"]["ImageNet-1K"]
        assert (card.top1, card.top5) == pytest.approx((100 - accuracy["acc@1"], 100 - accuracy["acc@5"]))


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


def test_first_weights_are_as_he_et_al():
    network = nn.Sequential(nn.Conv2d(20, 300, 5), nn.ReLU(), nn.Linear(300, 400), nn.BatchNorm1d(5))
    torch.manual_seed(0)
    he(network)
    assert network[0].weight.std().item() == pytest.approx((2 / (25 * 300)) ** 0.5, rel=0.02)
    assert network[2].weight.std().item() == pytest.approx(0.01, rel=0.02)
    assert not network[0].bias.any() and not network[2].bias.any() and network[3].weight.all()


# --- LeNet-5 ---


def test_lenet5_layer_by_layer():
    network = LeNet5()
    counts = {name: parameters(layer) for name, layer in network.named_children()}
    # Section II.B of the paper, which gives all of these, and 60,000 in all.
    assert counts == {"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48_120, "F6": 10_164, "output": 0}
    assert sum(counts.values()) == 60_000
    found = sizes(network, "C1", "S2", "C3", "S4", "C5", input_size=(1, 32, 32))
    assert found == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1)]
    counts = {name: parameters(layer) for name, layer in meta("lenet5_modern").named_children()}
    assert counts["C3"] == conv(5, 6, 16) == 2416 and counts["output"] == 850 and sum(counts.values()) == 61_706


def test_connections_of_c3_are_table_1_of_the_paper():
    table = [
        "X...XXX..XXXX.XX",
        "XX...XXX..XXXX.X",
        "XXX...XXX..X.XXX",
        ".XXX..XXXX..X.XX",
        "..XXX..XXXX.XX.X",
        "...XXX..XXXX.XXX",
    ]
    columns = zip(*table, strict=True)
    expected = [tuple(row for row, mark in enumerate(column) if mark == "X") for column in columns]
    assert expected == CONNECTIONS
    network = LeNet5()
    maps = torch.randn(1, 6, 14, 14, requires_grad=True)
    for number, sources in enumerate(CONNECTIONS):
        (gradient,) = torch.autograd.grad(network.C3(maps)[0, number].sum(), maps)
        seen = gradient[0].flatten(1).any(dim=1).nonzero().flatten()
        assert seen.tolist() == list(sources)


def test_subsampling_and_squashing_by_hand():
    layer = Subsampling(1)
    nn.init.constant_(layer.weight, 0.5)
    nn.init.constant_(layer.bias, 1.0)
    x = torch.tensor([[[[1.0, 2, 5, 5], [3, 4, 5, 5]]]])
    assert torch.equal(layer(x), torch.tensor([[[[6.0, 11.0]]]]))
    assert squash(torch.tensor([1.0, -1.0, 100.0])).numpy() == pytest.approx([1, -1, 1.7159], abs=1e-4)


def test_output_of_lenet5_is_the_distance_to_the_drawings():
    network = LeNet5()
    codes = drawings()
    assert codes.shape == (10, 12, 7) and set(np.unique(codes)) == {-1, 1}
    distances = ((codes.reshape(10, 1, 84) - codes.reshape(1, 10, 84)) ** 2).sum(axis=2)
    assert (distances + 1000 * np.eye(10)).min() >= 4 * 8  # any two differ in eight pixels or more
    assert np.array_equal(network.output(torch.tensor(codes.reshape(10, 84), dtype=torch.float32)), distances)
    images = torch.randn(3, 1, 32, 32)
    assert (network(images) <= 0).all()  # minus the penalties
    assert meta("lenet5", 26).output.codes.shape == (26, 84)


def test_lenet5_starts_as_the_paper_says():
    network = LeNet5()
    for layer, fan_in in ((network.C1, 25), (network.C3.maps[15], 150), (network.C5, 400), (network.F6, 120)):
        largest = layer.weight.abs().max().item()
        assert 0.7 * 2.4 / fan_in < largest <= 2.4 / fan_in


# --- AlexNet, ZFNet, NiN, VGG ---


def test_alexnet_of_the_lecture_layer_by_layer():
    network = meta("alexnet_lecture")
    by_hand = [conv(11, 3, 96), conv(5, 96, 256), conv(3, 256, 384), conv(3, 384, 384), conv(3, 384, 256)]
    by_hand += [fc(256 * 6 * 6, 4096), fc(4096, 4096), fc(4096, 1000)]
    layers = ["conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"]
    assert [parameters(network.get_submodule(layer)) for layer in layers] == by_hand
    assert sum(by_hand) == parameters(network) == 62_378_344
    found = sizes(network, *layers[:5], "pool", "norm", input_size=(3, 227, 227))
    maps = [(96, 55, 55), (256, 27, 27), (384, 13, 13), (384, 13, 13), (256, 13, 13)]
    assert found == [*maps, (256, 6, 6), (256, 13, 13)]  # the last pooling; the last norm, after a pooling
    assert multiplications(meta("alexnet_lecture"), (3, 227, 227)) / 1e9 == pytest.approx(1.14, abs=0.005)


def test_alexnet_of_the_paper_has_two_groups_and_normalises_before_it_pools():
    network = meta("alexnet_paper")
    halved = conv(5, 96, 256, 2) + conv(3, 256, 384) + conv(3, 384, 384, 2) + conv(3, 384, 256, 2)
    rest = conv(11, 3, 96) + fc(256 * 6 * 6, 4096) + fc(4096, 4096) + fc(4096, 1000)
    assert parameters(network) == halved + rest == 60_965_224
    assert sizes(network, "pool", "norm", input_size=(3, 227, 227)) == [(256, 6, 6), (256, 27, 27)]
    assert multiplications(meta("alexnet_paper"), (3, 227, 227)) / 1e9 == pytest.approx(0.72, abs=0.005)


def test_alexnet_normalises_as_the_papers_formula_says():
    norm = meta("alexnet_paper").norm
    a = torch.randn(2, 8, 3, 3, dtype=torch.float64) * 30
    b = torch.empty_like(a)
    k, n, alpha, beta = 2, 5, 1e-4, 0.75
    for i in range(8):
        near = a[:, max(0, i - n // 2) : min(7, i + n // 2) + 1]
        b[:, i] = a[:, i] / (k + alpha * (near**2).sum(dim=1)) ** beta
    assert torch.allclose(norm(a), b, rtol=1e-12)


def test_alexnet_starts_as_the_paper_says():
    torch.manual_seed(0)
    network = AlexNet(num_classes=2)
    ones = {name for name, layer in network.named_children() if hasattr(layer, "bias") and (layer.bias == 1).all()}
    assert ones == {"conv2", "conv4", "conv5", "fc6", "fc7"}
    assert network.conv3.weight.std().item() == pytest.approx(0.01, rel=0.02) and not network.conv3.bias.any()


def test_zfnet_layer_by_layer():
    network = meta("zfnet")
    by_hand = conv(7, 3, 96) + conv(5, 96, 256) + conv(3, 256, 512) + conv(3, 512, 1024) + conv(3, 1024, 512)
    assert parameters(network) == by_hand + fc(512 * 6 * 6, 4096) + fc(4096, 4096) + fc(4096, 1000)
    layers = ["conv1", "conv2", "conv3", "conv4", "conv5", "pool"]
    maps = [(96, 110, 110), (256, 26, 26), (512, 13, 13), (1024, 13, 13), (512, 13, 13), (512, 6, 6)]
    assert sizes(network, *layers, input_size=(3, 224, 224)) == maps  # Figure 3's 110, 26, 13 and 6
    with torch.device("meta"):
        figure_3 = ZFNet(widths=(384, 384, 256))
    assert parameters(figure_3) - parameters(meta("alexnet_lecture")) == conv(7, 3, 96) - conv(11, 3, 96)


def test_nin_layer_by_layer():
    network = meta("nin")
    by_hand = conv(5, 3, 192) + conv(1, 192, 160) + conv(1, 160, 96)
    by_hand += conv(5, 96, 192) + 2 * conv(1, 192, 192) + conv(3, 192, 192) + conv(1, 192, 192) + conv(1, 192, 10)
    assert parameters(network) == by_hand == 966_986
    layers = ["mlpconv1", "max_pool", "mlpconv2", "average_pool", "mlpconv3"]
    maps = [(96, 32, 32), (96, 16, 16), (192, 16, 16), (192, 8, 8), (10, 8, 8)]
    assert sizes(network, *layers, input_size=(3, 32, 32)) == maps
    network = meta("nin_imagenet")
    by_hand = conv(11, 3, 96) + 2 * conv(1, 96, 96) + conv(5, 96, 256) + 2 * conv(1, 256, 256)
    by_hand += conv(3, 256, 384) + 2 * conv(1, 384, 384) + conv(3, 384, 1024) + conv(1, 1024, 1024)
    assert parameters(network) == by_hand + conv(1, 1024, 1000)
    layers = ["mlpconv1", "mlpconv2", "mlpconv3", "mlpconv4"]
    maps = [(96, 54, 54), (256, 27, 27), (384, 13, 13), (1000, 6, 6)]
    assert sizes(network, *layers, input_size=(3, 224, 224)) == maps


@pytest.mark.parametrize(("name", "third"), [("vgg11", 2), ("vgg13", 2), ("vgg16", 3), ("vgg19", 4)])
def test_vgg_stage_by_stage(name, third):
    network = meta(name)
    first = 1 if name == "vgg11" else 2
    by_hand = fc(512 * 7 * 7, 4096) + fc(4096, 4096) + fc(4096, 1000)
    for C_in, C, count in ((3, 64, first), (64, 128, first), (128, 256, third), (256, 512, third), (512, 512, third)):
        by_hand += conv(3, C_in, C) + (count - 1) * conv(3, C, C)
    assert parameters(network) == by_hand
    pools = [f"features.pool{stage}" for stage in (1, 2, 3, 4, 5)]
    maps = [(64, 112, 112), (128, 56, 56), (256, 28, 28), (512, 14, 14), (512, 7, 7)]
    assert sizes(network, *pools, "average", input_size=(3, 224, 224)) == [*maps, (512, 7, 7)]


def test_vgg16_computes_as_much_as_the_lecture_recomputed():
    assert multiplications(meta("vgg16"), (3, 224, 224)) / 1e9 == pytest.approx(15.47, abs=0.005)


# --- GoogLeNet and the Inception-ResNet block ---


def test_googlenet_row_by_row():
    """Table 1: output size and parameters of each row. Its K are 1024, and biases are left out.

    Its own counts are not those of its own widths: 4c's is too low by 7 per cent, 5a's too high by 5, others less.
    """
    network = meta("googlenet_paper", auxiliary=False)
    table = {
        "pool1": ((64, 56, 56), None),
        "conv3": ((192, 56, 56), None),
        "pool2": ((192, 28, 28), None),
        "inception3a": ((256, 28, 28), 159),
        "inception3b": ((480, 28, 28), 380),
        "pool3": ((480, 14, 14), None),
        "inception4a": ((512, 14, 14), 364),
        "inception4b": ((512, 14, 14), 437),
        "inception4c": ((512, 14, 14), 463),
        "inception4d": ((528, 14, 14), 580),
        "inception4e": ((832, 14, 14), 840),
        "pool4": ((832, 7, 7), None),
        "inception5a": ((832, 7, 7), 1072),
        "inception5b": ((1024, 7, 7), 1388),
        "fc": ((1000,), 1000),
    }
    assert sizes(network, *table, input_size=(3, 224, 224)) == [size for size, _ in table.values()]
    for row, (_, published) in table.items():
        if published is not None:
            weights = sum(weight.numel() for weight in network.get_submodule(row).parameters() if weight.ndim > 1)
            assert weights / 1024 == pytest.approx(published, rel=0.08)
    stem = network.conv2.conv.weight.numel() + network.conv3.conv.weight.numel()
    assert stem == 112 * 1024


def test_googlenet_by_hand():
    by_hand = conv(7, 3, 64) + conv(1, 64, 64) + conv(3, 64, 192) + fc(1024, 1000)
    for C_in, n1, r3, n3, r5, n5, proj in INCEPTIONS.values():
        by_hand += conv(1, C_in, n1) + conv(1, C_in, r3) + conv(3, r3, n3)
        by_hand += conv(1, C_in, r5) + conv(5, r5, n5) + conv(1, C_in, proj)
    assert parameters(meta("googlenet_paper", auxiliary=False)) == by_hand == 6_998_552
    helpers = [conv(1, C_in, 128) + fc(128 * 4 * 4, 1024) + fc(1024, 1000) for C_in in (512, 528)]
    network = meta("googlenet_paper")
    assert [parameters(network.aux1), parameters(network.aux2)] == helpers
    assert parameters(network) == by_hand + sum(helpers)


def test_inception_module_is_its_four_branches_side_by_side():
    torch.manual_seed(0)
    module = Inception(8, 2, 3, 4, 5, 6, 7)
    x = torch.randn(2, 8, 9, 9)
    y = module(x)
    assert y.shape == (2, 2 + 4 + 6 + 7, 9, 9)
    pooled = F.relu(module.pool_proj.conv(F.max_pool2d(x, 3, 1, 1)))
    fives = F.relu(module.conv5x5.conv(F.relu(module.reduce5x5.conv(x))))
    assert torch.equal(y[:, 6:12], fives) and torch.equal(y[:, 12:], pooled)
    assert module.conv5x5.conv.kernel_size == (5, 5)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_googlenet_has_helpers_in_training_alone(batch_norm):
    with torch.device("meta"):
        network = GoogLeNet(10, batch_norm=batch_norm)
        images = torch.zeros(2, 3, 224, 224)
        outputs = network(images)
        assert isinstance(outputs, Outputs) and [output.shape for output in outputs] == [(2, 10)] * 3
        assert network.eval()(images).shape == (2, 10)
        alone = GoogLeNet(10, batch_norm=batch_norm, auxiliary=False)
        assert alone.train()(images).shape == (2, 10)


def test_inception_resnet_blocks_by_hand():
    def conv_bn(K, C_in, C_out):
        return K * K * C_in * C_out + 2 * C_out

    for channels, widths in ((384, (48, 64)), (256, (32, 32))):  # the paper's Figures 16 and 10
        block = InceptionResNetA(channels, widths=widths)
        by_hand = 3 * conv_bn(1, channels, 32) + 2 * conv_bn(3, 32, 32) - conv_bn(3, 32, 32)
        by_hand += conv_bn(3, 32, widths[0]) + conv_bn(3, *widths) + conv(1, 64 + widths[1], channels)
        assert parameters(block) == by_hand
        assert block(torch.zeros(1, channels, 35, 35)).shape == (1, channels, 35, 35)
    x = torch.randn(1, 256, 5, 5)
    assert torch.equal(InceptionResNetA(256, scale=0)(x), F.relu(x))  # without its branch, x is all there is


# --- residual networks ---


@pytest.mark.parametrize(("depth", "n"), [(20, 3), (32, 5), (44, 7), (56, 9), (110, 18)])
def test_cifar_networks_by_hand(depth, n):
    def layer(C_in, C):
        return 9 * C_in * C + 2 * C

    by_hand = layer(3, 16) + 2 * n * layer(16, 16) + fc(64, 10)
    by_hand += layer(16, 32) + (2 * n - 1) * layer(32, 32) + layer(32, 64) + (2 * n - 1) * layer(64, 64)
    assert parameters(meta(f"resnet{depth}")) == parameters(meta(f"plain{depth}")) == by_hand
    maps = sizes(meta(f"resnet{depth}"), "stage1", "stage2", "stage3", input_size=(3, 32, 32))
    assert maps == [(16, 32, 32), (32, 16, 16), (64, 8, 8)]


def test_cifar_shortcut_skips_pixels_and_adds_zero_maps():
    block = CifarResNet(8).stage2[0]
    x = torch.randn(1, 16, 32, 32)
    y = block.shortcut(x)
    assert torch.equal(y[:, :16], x[:, :, ::2, ::2]) and not y[:, 16:].any() and y.shape == (1, 32, 16, 16)


@pytest.mark.parametrize("name", ["resnet20", "plain20", "resnet18", "plain18"])
def test_a_block_whose_branch_is_silent_is_the_identity_if_residual(name):
    network = models.build(name).eval()
    blocks = network.stage1 if hasattr(network, "stage1") else network.conv2_x
    x = torch.rand(1, blocks[0].conv1.in_channels, 8, 8)
    nn.init.zeros_(blocks[0].bn2.weight)
    assert torch.equal(blocks[0](x), x if name.startswith("resnet") else torch.zeros_like(x))


def test_imagenet_networks_stage_by_stage():
    stages = ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]
    thin, fat = (64, 128, 256, 512), (256, 512, 1024, 2048)
    for name, widths in [("plain18", thin), ("plain34", thin), ("resnet34", thin), ("resnet50", fat)]:
        found = sizes(meta(name), *stages, input_size=(3, 224, 224))
        assert found == [(C, size, size) for C, size in zip(widths, (56, 28, 14, 7), strict=True)]
    # A plain network lacks what the projections have: three 1×1 convolutions with BatchNorm.
    projections = sum(C * 2 * C + 2 * 2 * C for C in (64, 128, 256))
    for depth in (18, 34):
        assert parameters(meta(f"resnet{depth}")) - parameters(meta(f"plain{depth}")) == projections
    # Of the paper's 3.6 and 3.8 billion, Table 1; with torchvision's strides it is 4.1.
    assert multiplications(meta("plain34"), (3, 224, 224)) / 1e9 == pytest.approx(3.6, abs=0.05)
    assert multiplications(meta("resnet50", paper_strides=True), (3, 224, 224)) / 1e9 == pytest.approx(3.8, abs=0.06)
    assert multiplications(meta("resnet50"), (3, 224, 224)) / 1e9 == pytest.approx(4.1, abs=0.05)
