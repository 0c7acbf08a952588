"""The shapes: boxes, masks and captions say what is in the picture, and the colour does not tell the class."""

import hashlib
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import masks_to_boxes

from cnnlib import data
from cnnlib.data import shapes
from cnnlib.data.shapes.forms import FORMS
from cnnlib.data.shapes.plan import COLOURS, RADII
from cnnlib.data.shapes.textures import TEXTURES

SHAPE = (
    rf"an? (?:(small|large) )?({'|'.join(COLOURS)})(?: (striped|chequered|dotted))? ({'|'.join(FORMS)})"
    r" (in the middle|at the (?:top|bottom)?(?: ?(?:left|right))?)"
)


def test_load():
    dataset = data.load("shapes", train=20, test=9, size=24)
    (images, labels), (test_images, test_labels) = dataset.train, dataset.test
    assert images.shape == (20, 3, 24, 24) and images.dtype == np.uint8 and test_images.shape == (9, 3, 24, 24)
    assert labels.shape == (20,) and labels.dtype == np.int64 and len(test_labels) == 9
    assert dataset.classes == tuple(FORMS) and dataset.source == "generated"
    assert {*map(bytes, images)}.isdisjoint(map(bytes, test_images))


@settings(max_examples=30)
@given(
    N=st.integers(1, 12),
    S=st.integers(16, 80),
    objects=st.tuples(st.integers(1, 6), st.integers(1, 6)).map(sorted).map(tuple),
    seed=st.integers(0, 99),
)
def test_what_is_said_of_a_picture_agrees(N, S, objects, seed):
    scenes = shapes.generate(N, S, objects, seed)
    count = (scenes.objects >= 0).sum(axis=1)
    assert scenes.objects.shape == (N, objects[1]) and objects[0] <= count.min() and count.max() <= objects[1]
    assert np.array_equal(scenes.labels, scenes.objects[:, 0]) and np.ptp(np.bincount(scenes.labels, minlength=8)) <= 1
    assert scenes.masks.dtype == scenes.instances.dtype == np.uint8 and scenes.boxes.dtype == np.float32
    assert np.array_equal(scenes.masks > 0, scenes.instances > 0)
    for n in range(N):
        instances = torch.from_numpy(scenes.instances[n])
        for k in range(objects[1]):
            if k >= count[n]:
                assert scenes.objects[n, k] == -1 and not scenes.boxes[n, k].any() and not (instances == k + 1).any()
                continue
            assert set(scenes.masks[n][scenes.instances[n] == k + 1].tolist()) <= {scenes.objects[n, k] + 1}
            if (instances == k + 1).any():  # torchvision's boxes end in the last pixel, ours after it
                expected = masks_to_boxes((instances == k + 1)[None])[0] + torch.tensor([0, 0, 1, 1])
                assert scenes.boxes[n, k].tolist() == expected.tolist()
        assert scenes.instances[n].max() == count[n]  # nothing lies on the smallest
        found = re.findall(SHAPE, scenes.captions[n])
        assert [words[3] for words in found] == [shapes.CLASSES[c] for c in scenes.objects[n, : count[n]]]


def test_a_picture_does_not_depend_on_how_many_are_drawn_at_a_time(monkeypatch):
    whole = shapes.generate(20, 16, (1, 3))
    monkeypatch.setattr(shapes, "PIXELS", 3 * 16**2)
    parts = shapes.generate(20, 16, (1, 3))
    assert np.array_equal(whole.images, parts.images) and np.array_equal(whole.instances, parts.instances)


def test_pictures_are_the_same_on_every_machine():
    scenes = shapes.generate(40, 32, (1, 4), seed=7)
    drawn = hashlib.sha256(scenes.images.tobytes() + scenes.boxes.tobytes() + "\n".join(scenes.captions).encode())
    assert drawn.hexdigest() == "0760c3f1a06ff732a0800a6314aedfa7d05aec9a337026075e70777c7afa2912"


def test_shapes_are_seen():
    """Nearly all of a lone shape's disc is within the picture, and among several, hardly any is covered."""
    alone, crowd = shapes.generate(800, 32), shapes.generate(400, 64, (2, 4))
    low = RADII[0] * 32
    seen = (alone.instances == 1).sum(axis=(1, 2))
    assert seen.min() > 0.3 * low**2
    widths = alone.boxes[:, 0, 2:] - alone.boxes[:, 0, :2]
    assert widths.min() > low * 0.9 and alone.boxes.min() >= 0 and alone.boxes.max() <= 32
    for k in range(4):
        there = crowd.objects[:, k] >= 0
        assert (crowd.instances[there] == k + 1).sum(axis=(1, 2)).min() > 20


def test_captions_tell_places_and_colours():
    scenes = shapes.generate(400, 48)
    for n, caption in enumerate(scenes.captions):
        size, colour, texture, form, place = re.fullmatch(rf"{SHAPE} on an? \w+(?: \w+)? ground", caption).groups()
        assert form == shapes.CLASSES[scenes.labels[n]] and not re.search(r"\ba [aeiou]|\ban [^aeiou]", caption)
        left, top, right, bottom = scenes.boxes[n, 0] / 48
        x, y = (left + right) / 2, (top + bottom) / 2
        for word, value, low, high in (
            ("left", x, 0, 0.5),
            ("right", x, 0.5, 1),
            ("top", y, 0, 0.5),
            ("bottom", y, 0.5, 1),
        ):
            assert word not in place.split() or low <= value <= high, caption
        assert place != "in the middle" or (0.2 < x < 0.8 and 0.2 < y < 0.8)
        if texture == "":
            pixels = scenes.images[n][:, scenes.instances[n] == 1].mean(axis=1) / 255
            names = list(COLOURS)
            assert names[np.square(np.array(list(COLOURS.values())) - pixels).sum(axis=1).argmin()] == colour
        extent = max(right - left, bottom - top)
        assert size != "small" or extent < 0.56
        assert size != "large" or extent > 0.4


def test_shape_and_ground_differ():
    scenes = shapes.generate(400, 32)
    for image, instances in zip(scenes.images / 255, scenes.instances, strict=True):
        assert np.linalg.norm(image[:, instances == 1].mean(axis=1) - image[:, instances == 0].mean(axis=1)) > 0.1


def test_colour_does_not_tell_the_class():
    """The nearest mean colour guesses no better than chance allows: 1 in 8, within four standard deviations."""
    train, test = data.load("shapes", train=4000, test=2000)[:2]

    def nearest_mean(features):
        means = np.stack([features(train)[train.labels == c].mean(axis=0) for c in range(8)])
        guesses = np.square(features(test)[:, None] - means).sum(axis=2).argmin(axis=1)
        return (guesses == test.labels).mean()

    bound = 1 / 8 + 4 * np.sqrt(1 / 8 * 7 / 8 / 2000)
    assert nearest_mean(lambda scenes: scenes.images.mean(axis=(2, 3))) < bound
    assert nearest_mean(lambda scenes: scenes.images.std(axis=(2, 3))) < 0.2  # a star covers less than a disc
    # The outline does: how full its box is tells a star from a disc.
    boxed = lambda scenes: np.prod(scenes.boxes[:, 0, 2:] - scenes.boxes[:, 0, :2], axis=1)  # noqa: E731
    assert nearest_mean(lambda scenes: ((scenes.instances > 0).sum(axis=(1, 2)) / boxed(scenes))[:, None]) > 2 * bound


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_near_the_distance_to_its_edge(name):
    """It is 0 on the edge, and grows by 1 or less per radius; within the circle of radius 1.1."""
    grid = np.linspace(-1.6, 1.6, 321)
    u, v = np.meshgrid(grid, grid)
    distance = FORMS[name](u, v)
    inside = distance < 0
    assert 0.5 < inside.sum() * 0.01**2 < 2.5 and np.sqrt(u * u + v * v)[inside].max() < 1.1
    slopes = np.abs(np.diff(distance, axis=0)) / 0.01, np.abs(np.diff(distance, axis=1)) / 0.01
    assert max(slopes[0].max(), slopes[1].max()) < 1 + 1e-9
    assert np.median(np.hypot(slopes[0][:, 1:], slopes[1][1:])) > 0.95


@pytest.mark.parametrize("name", TEXTURES)
def test_a_texture_repeats_and_mixes(name):
    x, y = np.random.default_rng(0).random((2, 1000))
    period = np.full(1000, 6.0)
    pattern = TEXTURES[name](x, y, period)
    assert pattern.min() >= 0 and pattern.max() <= 1 and (name == "plain" or 0.2 < pattern.mean() < 0.8)
    assert np.allclose(pattern, TEXTURES[name](x + 3, y - 2, period))
