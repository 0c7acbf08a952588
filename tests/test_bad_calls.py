"""Every documented function answers a bad call with a ValueError: the argument, its value, and what was expected."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

import cnnlib
from cnnlib import (
    claims,
    complexity,
    conv,
    data,
    filters,
    labs,
    landscape,
    lecture,
    models,
    plots,
    receptive_field,
    scale,
    training,
)
from cnnlib.data import archives, catalogue, cifar10, digits, fetch, folders, photos, shapes
from cnnlib.grading import checks, lab
from cnnlib.labs import compare
from cnnlib.landscape import bezier
from cnnlib.lecture import SlideNumber
from cnnlib.models import cifar_resnet, initial, table

X, W, Y = np.zeros((1, 4, 5, 5)), np.zeros((6, 4, 3, 3)), np.zeros((1, 6, 3, 3))
PHOTO, FIGURE = np.zeros((8, 8)), Figure()
DIGIT = np.zeros((1, 1, 8, 8), np.uint8)
CHECK = labs.task(1, "Bad calls")
PAIR, LINEAR = (X, [0]), nn.Sequential(nn.Flatten(), nn.Linear(100, 2))
FROZEN = nn.Linear(5, 2).requires_grad_(False)
UNCOPYABLE = nn.Identity()
UNCOPYABLE.stream = (n for n in range(3))
AFFINE, POINTS = nn.Linear(2, 2), (np.zeros((3, 2), np.float32), np.zeros(3, np.int64))
PLANE = landscape.Surface(np.arange(-1, 2), np.arange(-1, 2), np.arange(1.0, 10).reshape(3, 3))
FLAT = PLANE._replace(losses=np.ones((3, 3)))
CURVE = bezier.straight(AFFINE, nn.Linear(2, 2))

# function, its arguments, and what the message must say: argument, value, expectation
FORWARD = [
    ((X[0], W), {}, r"x\.shape must be \(N, Cin, H, W\), no axis empty; got \(4, 5, 5\)"),
    ((X[:0], W), {}, r"x\.shape must be .* no axis empty; got \(0, 4, 5, 5\)"),
    ((X * 1j, W), {}, r"x must be an array of real numbers; got 'ndarray of complex128'"),
    (([[1], [2, 3]], W), {}, r"x must be an array of shape \(N, Cin, H, W\)"),
    ((X, W[0]), {}, r"w\.shape must be \(Cout, Cin/groups, KH, KW\), no axis empty; got \(4, 3, 3\)"),
    ((X, W[:, :3]), {}, r"w\.shape\[1\] must be Cin/groups = 4/1 = 4; got 3"),
    ((X, W, np.zeros(5)), {}, r"b\.shape must be one number per channel, \(6,\); got \(5,\)"),
    ((X > 0, W), {}, r"x must be an array of real numbers; got 'ndarray of bool'"),
    ((nn.Conv2d(4, 6, 3).weight, W), {}, r"x must be an array of shape \(N, Cin, H, W\); got Parameter"),
    ((np.ma.ones((1, 4, 5, 5)), W), {}, r"x must be an array of real numbers; got 'MaskedArray of float64'"),
    ((X, W), {"padding": 2**40}, r"padding must be an integer of 0 or more, or a pair of them; got 1099511627776"),
    ((X, W), {"stride": (1, True)}, r"stride must be an integer of 1 or more, or a pair of them; got \(1, True\)"),
    ((X, W), {"groups": 3}, r"groups must be a divisor of Cin = 4 and of Cout = 6; got 3"),
    ((X, W), {"groups": 0}, r"groups must be an integer of 1 or more; got 0"),
    ((X, W), {"padding": -1}, r"padding must be an integer of 0 or more, or a pair of them; got -1"),
    ((X, W), {"stride": 0}, r"stride must be an integer of 1 or more, or a pair of them; got 0"),
    ((X, W), {"stride": (1, 2, 3)}, r"stride must be .* a pair of them; got \(1, 2, 3\)"),
    ((X, W), {"stride": 1.5}, r"stride must be an integer of 1 or more, or a pair of them; got 1\.5"),
    ((X, W), {"dilation": 3}, r"kernel_size must be no larger than the padded input .*7 pixels of 5\); got 3"),
    ((X, np.zeros((6, 4, 7, 7))), {}, r"kernel_size must be no larger than the padded input .*; got 7"),
]
BAD_CALLS = [
    *[(form, *call) for form in (conv.conv2d_loops, conv.conv2d_windows, conv.conv2d_matmul) for call in FORWARD],
    (conv.output_size, (0, 3), {}, r"size must be an integer of 1 or more; got 0"),
    (conv.output_size, (5, 3), {"padding": -2}, r"padding must be an integer of 0 or more; got -2"),
    (conv.output_size, (5, 6), {}, r"kernel_size must be no larger than the padded input .*; got 6"),
    (conv.conv2d_transpose, (Y[0], W), {}, r"y\.shape must be \(N, Cout, OH, OW\).*; got \(6, 3, 3\)"),
    (conv.conv2d_transpose, (Y[:, :5], W), {}, r"y\.shape\[1\] must be the number of filters.*6; got 5"),
    (conv.conv2d_transpose, (Y, W), {"groups": 4}, r"groups must be a divisor .*; got 4"),
    (conv.conv2d_transpose, (Y, W), {"output_padding": 1}, r"output_padding must be less than the stride.*; got 1"),
    (conv.conv2d_transpose, (Y, W), {"padding": 3}, r"padding must be small enough to leave an output.*; got \(3, 3\)"),
    (conv.conv2d_transpose, (Y, W, np.zeros(6)), {}, r"b\.shape must be one number per channel, \(4,\); got \(6,\)"),
    (conv.conv2d_weight_gradient, (X, Y[0], 3), {}, r"grad_y\.shape must be .*; got \(6, 3, 3\)"),
    (conv.conv2d_weight_gradient, (X, Y, 2), {}, r"grad_y\.shape must be that of the convolution's output, .*; got"),
    (
        conv.conv2d_weight_gradient,
        (X, Y, 3),
        {"groups": 3},
        r"groups must be a divisor of the input channels, 4; got 3",
    ),
    (conv.conv2d_weight_gradient, (X, Y, 0), {}, r"kernel_size must be an integer of 1 or more, or a pair.*; got 0"),
    (conv.conv2d_matrix, (W[0], (5, 5)), {}, r"w\.shape must be .*; got \(4, 3, 3\)"),
    (conv.conv2d_matrix, (W, (5, 2)), {}, r"kernel_size must be no larger than the padded input .*; got 3"),
    (
        conv.conv2d_matrix,
        (W, (5, 0)),
        {},
        r"input_size must be an integer of 1 or more, or a pair of them; got \(5, 0\)",
    ),
    (filters.gaussian, (0, 1), {}, r"kernel_size must be an integer of 1 or more; got 0"),
    (filters.gaussian, (3, -1.0), {}, r"sigma must be above 0; got -1\.0"),
    (filters.gaussian, (3, float("nan")), {}, r"sigma must be a finite number; got nan"),
    (filters.gaussian, (3, 10**400), {}, r"sigma must be a finite number; got 1000"),
    (filters.gaussian, (True, 1), {}, r"kernel_size must be an integer of 1 or more; got True"),
    (filters.gabor, (5, 0, 1), {}, r"wavelength must be 2 pixels or more.*; got 1"),
    (filters.gabor, (5, 0, 2), {"phase": np.pi / 2}, r"wavelength must be one whose grating shows.*; got 2"),
    (filters.gabor, (2, 0, 4), {}, r"kernel_size must be an integer of 3 or more; got 2"),
    (filters.gabor, (5, 0, 0), {}, r"wavelength must be above 0; got 0"),
    (filters.gabor, (5, "up", 4), {}, r"orientation must be a finite number; got 'up'"),
    (receptive_field.closed_form, ([(3, 0)],), {}, r"layers\[0\]\.stride must be an integer of 1 or more; got 0"),
    (receptive_field.closed_form, ([(3,), 5],), {}, r"layers\[1\] must be a Layer, or a tuple .*; got 5"),
    (receptive_field.closed_form, (5,), {}, r"layers must be a list of layers; got 5"),
    (receptive_field.closed_form, ([(3, 1, -1)],), {}, r"layers\[0\]\.padding must be an integer of 0 or more; got -1"),
    (
        receptive_field.closed_form,
        ([(3, 1, 0, 0)],),
        {},
        r"layers\[0\]\.dilation must be an integer of 1 or more; got 0",
    ),
    (receptive_field.gradient_map, ("net", (1, 9, 9)), {}, r"network must be a torch\.nn\.Module; got 'net'"),
    (receptive_field.gradient_map, (nn.Conv2d(1, 1, 3), 9), {}, r"input_shape must be \(C, H, W\); got 9"),
    (
        receptive_field.gradient_map,
        (nn.Conv2d(1, 1, 3), (2, 9, 9)),
        {},
        r"input_shape must be one that the network takes",
    ),
    (receptive_field.gradient_map, (nn.Conv2d(1, 1, 3), (1, 9, 9), (0, 7)), {}, r"unit must be inside the output"),
    (
        receptive_field.gradient_map,
        (nn.AdaptiveMaxPool2d(1, return_indices=True), (1, 9, 9)),
        {},
        r"network must be a module whose output has .*; got 'tuple'",
    ),
    (receptive_field.of_graph, ("net", (3, 9, 9)), {}, r"model must be a torch\.nn\.Module; got 'net'"),
    (receptive_field.of_graph, (nn.ReLU(), (9,)), {}, r"input_shape must be \(C, L\), .*; got \(9,\)"),
    (receptive_field.of_graph, (nn.ReLU(), 9), {}, r"input_shape must be \(C, H, W\), or .*; got 9"),
    (receptive_field.of_graph, (nn.Sequential(nn.ReLU()), (1, 9), "1"), {}, r"layer must be one of '', '0'; got '1'"),
    (
        receptive_field.of_graph,
        (nn.Conv2d(3, 1, 1), (4, 9, 9)),
        {},
        r"input_shape must be .*RuntimeError.*; got \(4, 9",
    ),
    (receptive_field.of_graph, (nn.GLU(2), (4, 8, 8)), {}, r"model must be one whose fields .* aten\.glu.*; got 'GLU'"),
    (receptive_field.of_last_maps, ("net", (3, 9, 9)), {}, r"model must be a torch\.nn\.Module; got 'net'"),
    (receptive_field.of_last_maps, (nn.ReLU(), (9,)), {}, r"input_shape must be \(C, L\), .*; got \(9,\)"),
    (receptive_field.of_last_maps, (nn.GLU(2), (4, 8, 8)), {}, r"model must be one whose .* aten\.glu.*; got 'GLU'"),
    (complexity.depth, ("net", (3, 9, 9)), {}, r"model must be a torch\.nn\.Module; got 'net'"),
    (complexity.depth, (nn.ReLU(), 9), {}, r"input_shape must be the shape of one example, such as .*; got 9"),
    (complexity.depth, (nn.Linear(3, 4), (5,)), {}, r"input_shape must be .*RuntimeError.*; got \(5,\)"),
    (table.lines, ("vgg16",), {}, r"chosen must be a list of networks' names; got 'vgg16'"),
    (table.lines, (["vgg-16"],), {}, r"name must be a network's name \(did you mean 'vgg16' or .*; got 'vgg-16'"),
    (receptive_field.seen_extent, ("map",), {}, r"gradients must be an array of real numbers; got 'str of str"),
    (receptive_field.gradient_map, (nn.Conv2d(1, 1, 3), (9, 9)), {}, r"input_shape must be \(C, H, W\); got \(9, 9\)"),
    (
        receptive_field.gradient_map,
        (nn.Conv2d(1, 1, 3), (1, 9, 9), (7, 0)),
        {},
        r"unit must be inside the output, \(7, 7\); got",
    ),
    (receptive_field.seen_extent, (np.zeros(3),), {}, r"gradients\.shape must be \(H, W\), no axis empty; got \(3,\)"),
    (complexity.profile, ("net", (3, 9, 9)), {}, r"model must be a torch\.nn\.Module; got 'net'"),
    (complexity.profile, (nn.Conv2d, (3, 9, 9)), {}, r"model must be a torch\.nn\.Module; got <class 'torch"),
    (complexity.profile, (nn.ReLU(), 9), {}, r"input_shape must be the shape of one example, such as .*; got 9"),
    (complexity.profile, (nn.ReLU(), (3, 0)), {}, r"input_shape must be an integer of 1 or more; got 0"),
    (complexity.profile, (nn.ReLU(), (3,)), {"batch": 0}, r"batch must be an integer of 1 or more; got 0"),
    (complexity.profile, (nn.ReLU(), (3,)), {"dtype": "half"}, r"dtype must be a torch\.dtype, or None; got 'half'"),
    (complexity.profile, (nn.Conv2d(3, 1, 1), (4, 9, 9)), {}, r"input_shape must be .*RuntimeError.*; got \(4, 9, 9\)"),
    (complexity.profile, (nn.LazyLinear(2), (4,)), {}, r"model must be one without lazy layers.*; got 'LazyLinear'"),
    (
        complexity.profile,
        (UNCOPYABLE, (4,)),
        {},
        r"model must be one that copy\.deepcopy copies \(.*generator.*\); got 'Identity'",
    ),
    (complexity.profile(nn.ReLU(), (3,)).total, ("macros",), {}, r"field must be one of 'params', .*; got 'macros'"),
    (photos.load, ("dog",), {}, r"name must be one of 'astronaut', .*; got 'dog'"),
    (photos.load, ("cat", 0), {}, r"size must be an integer of 1 or more; got 0"),
    (photos.load_all, (0,), {}, r"size must be an integer of 1 or more; got 0"),
    (data.load, ("digit",), {}, r"name must be a data set's name \(did you mean 'digits'\?\); got 'digit'"),
    (data.load, (None,), {}, r"name must be a data set's name \(there are 'photos', 'digits'.*\); got None"),
    (data.load, ("digits",), {"size": 8}, r"size must be left out: digits has no options; got 8"),
    (data.load, ("photos",), {"zoom": 8}, r"zoom must be left out: photos has 'size' and 'grey'; got 8"),
    (data.entry, ("imagenet",), {}, r"name must be a data set's name \(there are 'photos', .*\); got 'imagenet'"),
    (shapes.load, (0,), {}, r"train must be an integer of 1 or more; got 0"),
    (shapes.load, (5, 5), {"seed": -1}, r"seed must be an integer of 0 or more; got -1"),
    (shapes.generate, (2.5,), {}, r"number must be an integer of 1 or more; got 2\.5"),
    (shapes.generate, (2, 15), {}, r"size must be an integer of 16 or more; got 15"),
    (shapes.generate, (2, 513), {}, r"size must be at most 512 pixels; got 513"),
    (shapes.generate, (2, 32, 0), {}, r"objects must be an integer of 1 or more, or a pair of them; got 0"),
    (shapes.generate, (2, 32, (3, 2)), {}, r"objects must be 1 to 6, or a pair of them, the smaller first; got \(3, 2"),
    (shapes.generate, (2, 32, 7), {}, r"objects must be 1 to 6, or a pair of them, .*; got 7"),
    (cifar10.load, ("jpeg",), {}, r"source must be one of 'original', 'JPEG copy'; got 'jpeg'"),
    (catalogue.whereabouts, ("digit",), {}, r"name must be a data set's name \(did you mean 'digits'\?\); got 'digit'"),
    (digits.on_canvas, (DIGIT[0],), {}, r"images\.shape must be \(N, C, H, W\), no axis empty; got \(1, 8, 8\)"),
    (digits.on_canvas, (DIGIT / 255,), {}, r"images\.dtype must be uint8, for numbers .*; got 'float64'"),
    (digits.on_canvas, (DIGIT.astype("uint16"),), {}, r"images\.dtype must be uint8, .*; got 'uint16'"),
    (digits.on_canvas, (DIGIT, 23), {}, r"size must be at least 8 · 3 = 24, to hold .* enlarged 3 times; got 23"),
    (digits.on_canvas, (DIGIT, 32, 0), {}, r"zoom must be an integer of 1 or more; got 0"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 5]]}, r"shifts\[0\] must be within .* over the edge; got \[0, 5\]"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 0]] * 2}, r"shifts\.shape must be two .*, \(1, 2\); got \(2, 2\)"),
    (digits.on_canvas, (DIGIT,), {"shifts": [[0, 0.5]]}, r"shifts\.dtype must be of integers: whole .*; got 'float64'"),
    (plots.show, (None, "x", "x"), {}, r"figure must be a matplotlib Figure; got None"),
    (plots.show, (FIGURE, "", "x"), {}, r"caption must be a sentence; got ''"),
    (plots.show, (FIGURE, "x", None), {}, r"alt must be a sentence; got None"),
    (
        plots.image_row,
        ([PHOTO], ["a", "b"]),
        {},
        r"titles must be one per image, of which there are 1; got \['a', 'b'\]",
    ),
    (plots.image_row, (5, ["a"]), {}, r"images must be a list of images; got 5"),
    (plots.image_row, ([PHOTO * 1j], ["a"]), {}, r"images\[0\] must be an image of real numbers"),
    (plots.heat_grid, ([[np.nan]],), {}, r"matrix must be finite numbers; got \[\[nan\]\]"),
    (lecture.verdicts, ([None],), {}, r"numbers must be a list of SlideNumber; got None"),
    (photos.load, ("cat", 10**6), {}, r"size must be at most 4096 pixels; got 1000000"),
    (plots.image_row, ([PHOTO[0]], ["a"]), {}, r"images\[0\]\.shape must be \(H, W\) or \(H, W, 3\); got \(8,\)"),
    (plots.image_row, ([PHOTO], ["a"]), {"limits": [(0, 1)] * 2}, r"limits must be one for all images .* 1; got"),
    (plots.image_row, ([PHOTO], ["a"]), {"colours": ["gray"] * 2}, r"colours must be one for all .* 1; got"),
    (plots.heat_grid, (np.zeros((30, 30)),), {}, r"matrix\.shape must be at most 400 cells.*; got \(30, 30\)"),
    (lecture.verdicts, ([SlideNumber("A8", "count", 5, 5)] * 2,), {}, r"numbers must be of different topics.*'count'"),
    (SlideNumber, ("A17", "count", 5, 5), {}, r"row must be one of 'A1', .*; got 'A17'"),
    (SlideNumber, ("A8", 5, 5, 5), {}, r"topic must be words; got 5"),
    (SlideNumber, ("A8", "count", 5), {}, r"computed must be what the page computes for 'count', unless .*; got None"),
    (SlideNumber, ("A8", "count", 5, 7), {}, r"why must be the reason why 'count' is 7 and not 5; got ''"),
    (SlideNumber, ("A8", "count", 5, 5, "because"), {}, r"why must be empty, for 'count' agrees.*; got 'because'"),
    (
        SlideNumber,
        ("A8", "count", 5, 5),
        {"source": "the paper"},
        r"computed and why must be left out, .*; got 5",
    ),
    (labs.task, (0, "Double"), {}, r"number must be an integer of 1 or more; got 0"),
    (labs.task, (1, ""), {}, r"title must be a few words; got ''"),
    (CHECK.equal, ("", int, 0), {}, r"name must be a few words; got ''"),
    (CHECK.equal, ("it", 5, 5), {}, r"call must be a function without arguments, such as lambda: …; got 5"),
    (CHECK.equal, ("it", int, 0), {"rtol": -1}, r"rtol must be 0 or more; got -1"),
    (CHECK.equal, ("it", int, 0), {"atol": "small"}, r"atol must be a finite number; got 'small'"),
    (CHECK.true, ("it", int, None), {}, r"otherwise must be a few words; got None"),
    (models.build, ("vgg-16",), {}, r"name must be a network's name \(did you mean 'vgg16' or .*\?\); got 'vgg-16'"),
    (models.build, (["vgg16"],), {}, r"name must be a network's name \(names\(\) lists them\); got \['vgg16'\]"),
    (models.build, ("nin", 0), {}, r"num_classes must be an integer of 1 or more; got 0"),
    (models.build, ("nin", 10.0), {}, r"num_classes must be an integer of 1 or more; got 10\.0"),
    (models.build, ("nin",), {"depth": 3}, r"depth must be left out: nin has 'dropout'; got 3"),
    (models.build, ("resnet18",), {"depth": 3}, r"depth must be left out: resnet18 has no options; got 3"),
    (cifar_resnet.CifarResNet, (21,), {}, r"depth must be 6n \+ 2, such as 20 or 56; got 21"),
    (cifar_resnet.CifarResNet, (2,), {}, r"depth must be an integer of 8 or more; got 2"),
    (models.card, ("lecun",), {}, r"name must be a network's name \(.*\); got 'lecun'"),
    (models.load_pretrained, ("resnet", "x"), {}, r"name must be a network's name \(did you mean 'resnet\d+'"),
    (models.load_pretrained, ("nin", "none.pth"), {}, r"path must be a file that is there; save one .*'none\.pth'"),
    (models.load_pretrained, ("nin", None), {}, r"path must be the path of a file of weights; got None"),
    (claims.claim, ("", 1), {"at_least": 0}, r"what must be a few words; got ''"),
    (claims.claim, ("a", 1), {}, r"at_least, at_most must be one of them, the threshold; got \{\}"),
    (claims.claim, ("a", np.nan), {"at_least": 0}, r"value must be a finite number; got nan"),
    (training.fit, (None, PAIR), {"epochs": 1}, r"model must be a torch\.nn\.Module; got None"),
    (training.fit, (LINEAR, PAIR), {"epochs": 0}, r"epochs must be an integer of 1 or more; got 0"),
    (training.fit, (LINEAR, PAIR), {"epochs": 1, "rate": -1}, r"rate must be above 0; got -1"),
    (training.fit, (LINEAR, PAIR), {"epochs": 1, "optimizer": "lion"}, r"optimizer must be one of 'sgd'.*'lion'"),
    (
        training.fit,
        (LINEAR, PAIR),
        {"epochs": 1, "schedule": "step"},
        r"milestones must be the epochs at which.*got \[\]",
    ),
    (training.fit, (LINEAR, PAIR), {"epochs": 1, "warmup": 1}, r"warmup must be 0 or more, and less than the 1 epochs"),
    (
        training.fit,
        (LINEAR, PAIR),
        {"epochs": 1, "augment": 3},
        r"augment must be a list of functions such as .*; got 3",
    ),
    (training.fit, (LINEAR, PAIR), {"epochs": 1, "seed": "a"}, r"seed must be an integer of 0 or more; got 'a'"),
    (training.fit, (FROZEN, PAIR), {"epochs": 1}, r"model must be a network with parameters to train.*; got 'Linear'"),
    (training.fit, (LINEAR, X), {"epochs": 1}, r"train must be a pair \(images, labels\); got 'ndarray'"),
    (training.fit, (LINEAR, (X[0], [0])), {"epochs": 1}, r"images of train\.shape must be \(N, C, H, W\).*\(4, 5, 5\)"),
    (training.fit, (LINEAR, (X, [0, 1])), {"epochs": 1}, r"labels of train must be of shape \(1,\), one per image"),
    (training.fit, (LINEAR, (X, [0.5])), {"epochs": 1}, r"labels of train must be integers.*; got 'torch\.float64'"),
    (training.fit, (LINEAR, (X, [2])), {"epochs": 1}, r"labels of train, at position 0, must be 0 to 1, .*; got 2"),
    (training.fit, (LINEAR, (X.astype(int), [0])), {"epochs": 1}, r"images of train\.dtype must be uint8.*int64"),
    (training.fit, (LINEAR, (X + np.nan, [0])), {"epochs": 1}, r"images of train\[0\] must be finite"),
    (training.accuracy, (LINEAR, (X, ["a"])), {}, r"labels of data must be an array or a tensor of numbers"),
    (training.mean_loss, (LINEAR, (X, [-1])), {}, r"labels of data, at position 0, must be 0 to 1, .*; got -1"),
    (training.predict, (LINEAR, X), {"batch_size": 0}, r"batch_size must be an integer of 1 or more; got 0"),
    (training.shift, (0,), {}, r"pixels must be an integer of 1 or more; got 0"),
    (models.load_pretrained, ("nin", "x", "ten"), {}, r"num_classes must be an integer of 1 or more; got 'ten'"),
    (landscape.filter_normalised, ("net",), {}, r"model must be a torch\.nn\.Module; got 'net'"),
    (landscape.filter_normalised, (nn.ReLU(),), {}, r"model must be a network with weights.*; got 'ReLU'"),
    (landscape.filter_normalised, (AFFINE, -1), {}, r"seed must be an integer of 0 or more; got -1"),
    (landscape.filter_normalised, (AFFINE,), {"count": 0}, r"count must be an integer of 1 or more; got 0"),
    (landscape.surface, (None, POINTS), {}, r"model must be a torch\.nn\.Module; got None"),
    (landscape.surface, (AFFINE, POINTS[0]), {}, r"data must be a pair \(images, labels\); got 'ndarray'"),
    (
        landscape.surface,
        (AFFINE, ("images", "labels")),
        {},
        r"images of data must be an array or a tensor.*; got 'str'",
    ),
    (
        landscape.surface,
        (AFFINE, (POINTS[0], POINTS[1][:2])),
        {},
        r"data must be as many inputs as labels.*; got \(\(3",
    ),
    (landscape.surface, (AFFINE, POINTS), {"steps": 1}, r"steps must be an integer of 3 or more; got 1"),
    (landscape.surface, (AFFINE, POINTS), {"steps": 4}, r"steps must be odd, so that the model .*; got 4"),
    (landscape.surface, (AFFINE, POINTS), {"reach": 0}, r"reach must be above 0; got 0"),
    (landscape.surface, (AFFINE, POINTS), {"seed": 0.5}, r"seed must be an integer of 0 or more; got 0\.5"),
    (landscape.surface, (AFFINE, POINTS), {"loss": "mse"}, r"loss must be a function \(outputs, labels\).*; got 'mse'"),
    (
        landscape.surface,
        (AFFINE, POINTS),
        {"batch_norm": "off"},
        r"batch_norm must be one of 'running', 'batch'; got 'o",
    ),
    (landscape.surface, (AFFINE, POINTS), {"batch_size": 0}, r"batch_size must be an integer of 1 or more; got 0"),
    (landscape.surface, (AFFINE, POINTS), {"directions": [{}]}, r"directions must be a pair of dict.*; got \[\{\}\]"),
    (landscape.surface, (AFFINE, POINTS), {"directions": ({"w": 1}, {})}, r"directions must be parameters.*; got 'w'"),
    (
        landscape.surface,
        (AFFINE, POINTS),
        {"directions": ({"weight": torch.zeros(3)}, {})},
        r"directions must be .* a tensor of the parameter's shape; got 'weight'",
    ),
    (landscape.contours, ([],), {}, r"surfaces must be a dictionary from titles to surfaces; got \[\]"),
    (landscape.contours, ({"a": np.zeros((3, 3))},), {}, r"surfaces must be a dictionary from titles to surfaces; got"),
    (landscape.contours, ({"a": PLANE},), {"lines": 0}, r"lines must be an integer of 1 or more; got 0"),
    (landscape.relief, ({"a": FLAT},), {}, r"limits must be given, .* two different losses above 0; got None"),
    (landscape.contours, ({"a": PLANE},), {"limits": (0, 1)}, r"limits must be a pair 0 < low < high.*; got \(0, 1\)"),
    (landscape.relief, ({},), {}, r"surfaces must be a dictionary from titles to surfaces; got \{\}"),
    (landscape.relief, ({"a": PLANE},), {"limits": 3}, r"limits must be a pair \(low, high\); got 3"),
    (bezier.straight, (AFFINE, "net"), {}, r"second must be a torch\.nn\.Module; got 'net'"),
    (bezier.straight, (nn.ReLU(), AFFINE), {}, r"first must be a network with weights.*; got 'ReLU'"),
    (bezier.straight, (AFFINE, nn.Linear(2, 3)), {}, r"second must be a network with the parameters of .*"),
    (bezier.fit, (AFFINE, None, POINTS), {"epochs": 1}, r"second must be a torch\.nn\.Module; got None"),
    (
        bezier.along,
        (AFFINE, POINTS),
        {"statistics": POINTS},
        r"curve must be a Curve, from fit or straight; got Linear",
    ),
    (
        bezier.along,
        (CURVE, POINTS),
        {"statistics": None},
        r"statistics must be a pair \(images, labels\); got 'NoneType'",
    ),
    (
        bezier.along,
        (CURVE, POINTS),
        {"statistics": POINTS, "steps": 1},
        r"steps must be an integer of 2 or more; got 1",
    ),
]

# Functions that no call can be bad for, and why.
CANNOT_FAIL = {
    archives.manifest: "any files will do",
    archives.members: "a bad archive is the user's, not the caller's: a CourseError",
    checks.wrong: "it is there to raise",
    lab.lab_names: "takes nothing",
    lab.load: "an unknown lab is the user's mistake, not the caller's: a CourseError",
    compare.difference: "any two values can be compared",
    initial.he: "any module will do",
    labs.progress: "takes nothing",
    data.names: "takes nothing",
    cifar10.whereabouts: "takes nothing",
    digits.load: "takes nothing",
    fetch.fetch: "what goes wrong is the network's or the disk's: a CourseError",
    folders.data_folder: "takes nothing",
    folders.locked: "a folder that cannot be is the user's mistake: a CourseError",
    folders.mirrored: "a folder that is not there is the user's mistake: a CourseError",
    models.names: "takes nothing",
    photos.names: "takes nothing",
    scale.current: "takes nothing; what it reads is in test_scale.py",
    scale.device: "takes nothing",
    scale.pick: "any values are good",
    scale.seed: "takes nothing; what it reads is in test_scale.py",
    training.flip: "takes nothing",
}


@pytest.mark.parametrize(("function", "arguments", "options", "message"), BAD_CALLS)
def test_bad_call(function, arguments, options, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments, **options)


def test_every_documented_function_is_called_badly():
    """A function that joins a module's ``__all__`` joins the table above too."""
    documented = set()
    for found in pkgutil.walk_packages(cnnlib.__path__, "cnnlib."):
        if "grading.inside" in found.name:  # the sandbox alone imports these, by other names
            continue
        module = importlib.import_module(found.name)
        if "widgets" in found.name:  # classes: their bad calls are in test_widgets.py
            continue
        members = [getattr(module, name) for name in getattr(module, "__all__", ())]
        documented |= {member for member in members if callable(member) and not isinstance(member, type)}
    functions = {function for function, *_ in BAD_CALLS if inspect.isfunction(function)}
    assert documented == functions | set(CANNOT_FAIL)
