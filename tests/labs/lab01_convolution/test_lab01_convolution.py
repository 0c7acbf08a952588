"""Lab 1: its solution against independent oracles, and what its checks say."""

import itertools
import math
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from tests.labs import bank
from tests.labs.bank import draws, files

lab = bank.load_lab("lab01_convolution")
solution = lab.solution
visible = partial(bank.visible, lab, given=["boxes"])
IDENTIFY, CHEAPEST = files(lab).task2_identify, files(lab).task4_cheapest


# The solution


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3))
def test_maxplus_is_a_greyscale_dilation(seed, stride, padding, dilation):
    rng = np.random.default_rng(seed)
    kernel, extra = rng.integers(1, 5, 2), rng.integers(0, 5, 2)
    x = rng.normal(size=np.maximum(dilation * (kernel - 1) + 1 - 2 * padding, 1) + extra)
    w = rng.normal(size=kernel)
    spread = np.full(dilation * (kernel - 1) + 1, -np.inf)
    spread[::dilation, ::dilation] = w
    # SciPy turns the kernel, takes its middle as the origin, and continues the image: undo all three.
    framed = np.pad(x, padding + 16, constant_values=-np.inf)
    grown = ndimage.grey_dilation(framed, structure=spread[::-1, ::-1], mode="constant", cval=-np.inf)
    first = [16 + (k // 2 if k % 2 else k // 2 - 1) for k in spread.shape]
    windows = [n + 2 * padding - k + 1 for n, k in zip(x.shape, spread.shape, strict=True)]
    expected = grown[first[0] :, first[1] :][: windows[0], : windows[1]][::stride, ::stride]
    np.testing.assert_allclose(solution.maxplus(x, w, stride, padding, dilation), expected)


def every_box():
    """All shapes, strides and paddings that the task allows."""
    for kernel in itertools.product(range(1, 6), repeat=2):
        for stride, padding in itertools.product(range(1, 1 + min(3, *kernel)), range(min(kernel))):
            yield kernel, stride, padding


def held(box):
    """What is in a hidden box, by name."""
    return dict(zip(box.__code__.co_freevars, (cell.cell_contents for cell in box.__closure__), strict=True))


def test_every_box_can_be_identified_by_one_question():
    """The solution is an inverse, so no two layers that the task allows answer alike."""
    for seed, (kernel, stride, padding) in enumerate(every_box()):
        box, asked = IDENTIFY.layer(np.random.default_rng(seed), kernel, stride, padding)
        w, b, *rest = solution.identify(box)
        inside = held(box)
        np.testing.assert_allclose(w, inside["w"], atol=1e-12)
        assert (b, *rest) == (inside["b"], stride, padding) and len(asked) == 1


def test_both_kinds_of_boxes_answer_alike():
    space = {"np": np}
    exec(lab.named["boxes"].source, space)
    rng = np.random.default_rng(0)
    for kernel, stride, padding in every_box():
        box, _ = IDENTIFY.layer(rng, kernel, stride, padding)
        inside = held(box)
        shown = space["Box"](inside["w"], inside["b"], stride, padding)
        image = rng.normal(size=rng.integers(5, 65, 2))
        np.testing.assert_allclose(shown(image), box(image), atol=1e-9)


@pytest.mark.parametrize(
    "image", [np.zeros(9), np.zeros((65, 9)), np.zeros((1, 1)), [[np.nan] * 9] * 9, "photo", [[1j] * 9] * 9, None]
)
def test_a_box_refuses_what_is_no_image(image):
    box, _ = IDENTIFY.layer(np.random.default_rng(0), (3, 4))
    with pytest.raises(ValueError, match=r"the box takes|does not fit"):
        box(image)


def test_a_box_gets_tired():
    box, _ = IDENTIFY.layer(np.random.default_rng(0), (3, 4))
    for _ in range(200):
        box(np.zeros((9, 9)))
    with pytest.raises(ValueError, match="200"):
        box(np.zeros((9, 9)))


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
def test_reflect_conv(seed, stride, dilation):
    """Forward by SciPy, and the adjoint as the transpose of the matrix, built column by column."""
    rng = np.random.default_rng(seed)
    w = rng.normal(size=rng.choice([1, 3, 5], 2))
    size = tuple(dilation * (k // 2) + 1 + rng.integers(0, 4) for k in w.shape)
    spread = np.zeros([dilation * (k - 1) + 1 for k in w.shape])
    spread[::dilation, ::dilation] = w
    layer = solution.ReflectConv(w, stride, dilation)
    columns = []
    for pixel in np.eye(np.prod(size)):
        columns.append(ndimage.correlate(pixel.reshape(size), spread, mode="mirror")[::stride, ::stride])
        np.testing.assert_allclose(layer.forward(pixel.reshape(size)), columns[-1], atol=1e-12)
    y = rng.normal(size=columns[0].shape)
    expected = np.reshape([np.vdot(column, y) for column in columns], size)
    np.testing.assert_allclose(layer.adjoint(y, size), expected, atol=1e-12)


def cost(stack, size, overhead):
    """Field, jump and cost, by the task's words."""
    field, jump, total = 1, 1, 0
    for K, S in stack:
        field, jump, size = field + (K - 1) * jump, jump * S, (size + S - 1) // S
        total += (K * K + overhead) * size * size
    return field, jump, total


@pytest.mark.parametrize("overhead", [0, 3, 16, 40, 200])
@pytest.mark.parametrize(("size", "jump"), [(32, 1), (32, 2), (27, 4), (5, 8)])
def test_cheapest_against_all_stacks(size, jump, overhead):
    """Every stack of up to four layers; a fifth one is never needed for fields up to 9."""
    layers = list(itertools.product((3, 5, 7), (1, 2)))
    stacks = [s for length in range(5) for s in itertools.product(layers, repeat=length)]
    found = [cost(s, size, overhead) for s in stacks]
    for field in range(1, 10):
        least = min(total for reached, strided, total in found if reached >= field and strided <= jump)
        reached, strided, total = cost(solution.cheapest(size, field, jump, overhead), size, overhead)
        assert reached >= field and strided <= jump and total == least


@pytest.mark.parametrize("jump", [1, 2, 4])
def test_large_fields_need_a_search_that_remembers(jump):
    """No cheapest stack is short, and a search that only drops what is too dear already does not come to its end."""
    own_price = CHEAPEST.own_price
    for seed in range(10):
        asked = CHEAPEST.deep(np.random.default_rng(seed), jump)
        shortest = CHEAPEST.planned(*asked, CHEAPEST.own_reach, lambda *layer: own_price(*layer) + 0.001)
        assert len(shortest) >= 12 and cost(shortest, asked[0], asked[3])[2] == CHEAPEST.least(*asked)[0]
    with pytest.raises(TimeoutError):
        pruned(*asked, steps=200_000)


def pruned(size, field, jump, overhead, steps):
    """The cheapest stack without a memory: the widest layers first, and no further than the best stack costs."""
    best, left = (math.inf, ()), iter(range(steps))

    def go(seen, j, paid, stack):
        nonlocal best
        if next(left, None) is None:
            raise TimeoutError
        if seen >= field:
            best = min(best, (paid, stack))
            return
        for S, K in itertools.product((2, 1), (7, 5, 3)):
            after = paid + (K * K + overhead) * (-(-size // (j * S))) ** 2
            if j * S <= jump and after < best[0]:
                go(seen + (K - 1) * j, j * S, after, (*stack, (K, S)))

    go(1, 1, 0, ())
    return best[1]


def test_small_fields_can_be_tried():
    assert cost(pruned(24, 19, 2, 20, steps=20_000), 24, 20) == cost(solution.cheapest(24, 19, 2, 20), 24, 20)


# What the checks say

FORMS = [
    ("identify", lambda box: solution.identify(box)[:3], "identify must give (w, b, stride, padding)"),
    ("identify", lambda _: None, "it is None; was a return forgotten?"),
    ("cheapest", lambda *_: None, "it is None; was a return forgotten?"),
    ("cheapest", lambda *_: 3, "the answer is not a list of layers"),
    ("cheapest", lambda *_: [3, 2], "layer 0 is not a pair (K, stride)"),
    ("cheapest", lambda *a: np.array(solution.cheapest(*a), float), "layer 0: K and the stride must be integers"),
    ("cheapest", lambda *_: [(3, 1), (3, 3)], "layer 1: K must be 3, 5 or 7, and the stride 1 or 2"),
    ("cheapest", lambda *_: [(7, 1)] * 257, "the stack has more than 256 layers"),
    ("cheapest", lambda *_: [(3, 1)], "its field is smaller than the one asked for"),
    ("cheapest", lambda *_: [(7, 2)] * 8, "its jump is larger than the one allowed"),
    ("cheapest", lambda *_: [(7, 1)] * 70, "there are cheaper stacks"),
]


@pytest.mark.parametrize(("name", "answer", "message"), FORMS)
def test_visible_and_hidden_checks_speak_alike(name, answer, message):
    shown = visible(name, **{name: answer})
    assert set(shown if name == "cheapest" else shown[:5]) == {message}
    hidden = lab.tasks[name].run(SimpleNamespace(**{name: answer}), solution, draws(0))
    assert message in {check.message for check in hidden.checks} and hidden.score <= 1


@pytest.mark.parametrize(("name", "mistake"), [
    ("maxplus", lambda x, w, *a, **o: np.maximum(solution.maxplus(x, w, *a, **o), -1e9 + w.max())),
    ("ReflectConv", lambda w, stride=1, dilation=1: solution.ReflectConv(w, stride)),
    ("cheapest", CHEAPEST.rounded_down),
    ("cheapest", CHEAPEST.whole_jump),
])  # fmt: skip
def test_visible_checks_see(name, mistake):
    assert any(visible(name, **{name: mistake}))


class Unwritten:
    """A class whose methods do nothing."""

    def __init__(self, *_, **__):
        pass

    def forward(self, x):
        return np.zeros_like(x)

    def adjoint(self, y, size):
        return np.zeros(size)


STUBS = {
    "None": lambda *_, **__: None,
    "0": lambda *_, **__: 0,
    "zeros": lambda *_, **__: np.zeros((3, 3)),
    "first argument": lambda first, *_, **__: first,
    "a layer": lambda *_, **__: (np.ones((3, 3)), 0.0, 1, 0),
    "a stack": lambda *_, **__: [(3, 2), (3, 1)],
    "long stack": lambda *_, **__: [(7, 1)] * 100,
    "empty": lambda *_, **__: [],
}


@pytest.mark.parametrize("task", lab.tasks.values(), ids=list(lab.tasks))
@pytest.mark.parametrize("stub", STUBS)
def test_stubs_get_nothing(task, stub):
    names = dict.fromkeys(task.functions, STUBS[stub]) | dict.fromkeys(task.classes, Unwritten)
    for seed in range(3):
        result = task.run(SimpleNamespace(**names), solution, draws(seed))
        assert [check.score for check in result.checks] == [0] * len(task.checks)
