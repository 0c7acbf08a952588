"""LeNetDraw in a browser, with no kernel: the network in the page beside PyTorch's, on stored digits and on drawn ones.

The network is the one whose weights are stored in the page; pictures and maps are read from the canvases.
"""

from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cnnlib.widgets.lenet_draw import restore

PAGE = "chapters/02_pooling/lenet.html"
SCORE = 1e-2  # two decimals are shown
CHANCE = 6e-4  # and of per cent one
# Digits as one draws them: the points that each stroke passes, across and down, in per cent of the digit's width
# and height; a comma between them.
STROKES = {
    0: ["50 2, 20 15, 12 50, 22 85, 50 98, 78 85, 88 50, 80 15, 50 2"],
    1: ["30 20, 55 2, 53 50, 50 98"],
    2: ["15 25, 30 5, 60 2, 82 20, 70 50, 40 78, 15 97, 50 95, 88 96"],
    3: ["18 12, 50 2, 78 20, 65 42, 42 48, 70 55, 83 75, 60 96, 30 97, 14 86"],
    4: ["60 2, 35 35, 12 62, 50 63, 90 60", "68 35, 66 65, 64 98"],
    5: ["82 3, 50 4, 27 5, 23 25, 20 45, 50 38, 80 55, 80 80, 50 97, 18 90"],
    6: ["65 2, 35 25, 18 60, 25 88, 50 98, 78 85, 78 65, 55 55, 30 62, 20 75"],
    7: ["12 5, 50 5, 86 4, 70 35, 52 65, 40 98", "30 55, 80 53"],
    8: ["75 15, 50 2, 25 15, 35 38, 65 58, 78 80, 50 98, 22 82, 35 58, 65 40, 75 15"],
    9: ["78 20, 50 3, 22 15, 22 38, 50 48, 74 35, 78 15, 75 50, 70 75, 60 98"],
}


@pytest.fixture
def widget(widget_on):
    return widget_on(PAGE, "lenet-draw", "LeNetDraw")


def stored(widget):
    return np.frombuffer(widget.state["images"], np.uint8).reshape(-1, 32, 32)


def grey(canvas):
    """Reds of a canvas, one number per pixel of its own, −1 where it is transparent."""
    height, width, data = canvas.evaluate(
        """canvas => [canvas.height, canvas.width,
            [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]]"""
    )
    rgba = np.array(data).reshape(height, width, 4)
    assert (rgba[..., 0] == rgba[..., 2]).all()
    return np.where(rgba[..., 3] == 0, -1, rgba[..., 0])


def picture(widget):
    return grey(widget.field("pad"))


def activations(widget, image):
    """By the layers' names: what the network stored in the page makes of a picture (32, 32)."""
    net = restore(widget.state["weights"], widget.state["scales"])
    with torch.no_grad():
        x = torch.tensor(image / 255, dtype=torch.float32)[None, None]
        out = {"C1": F.relu(net.C1(x))}
        out["S2"] = net.S2(out["C1"])
        out["C3"] = F.relu(net.C3(out["S2"]))
        out["S4"] = net.S4(out["C3"])
        out["C5"] = F.relu(net.C5(out["S4"]))
        out["F6"] = F.relu(net.F6(out["C5"].flatten(1)))[..., None, None]
        out["scores"] = net(x)
    return {name: values[0].numpy() for name, values in out.items()}


def check(widget, *, maps=False):
    """Compare all that is shown with PyTorch, for the picture that is shown; returns the picture."""
    image, seen = picture(widget), widget.seen()
    expected = activations(widget, image)
    scores = [seen.number(f"score-{k}") for k in range(10)]
    np.testing.assert_allclose(scores, expected["scores"], atol=SCORE)
    probabilities = torch.tensor(expected["scores"]).softmax(0).numpy()
    for k in range(10):
        text = seen.text(f"probability-{k}")
        if text == "> 99.9 %":
            assert probabilities[k] > 0.9994
        elif text == "< 0.1 %":
            assert probabilities[k] < 0.0006
        else:
            assert float(text.removesuffix(" %")) / 100 == pytest.approx(probabilities[k], abs=CHANCE)
    best = int(probabilities.argmax())
    assert seen.text("read") == str(best)
    assert seen.text("chance") == seen.text(f"probability-{best}")
    assert seen.text("status").startswith(f"Read as {best} with {seen.text('chance')}")
    if maps:
        check_maps(widget, expected)
    return image


def check_maps(widget, expected):
    """Compare every pixel of the layers' canvases with the activations; white is the layer's largest."""
    for name, per_row in {"C1": 6, "S2": 6, "C3": 8, "S4": 8, "C5": 120, "F6": 84}.items():
        values, shown = expected[name], grey(widget.root.locator(f"[data-layer='{name}']"))
        assert widget.number(f"largest-{name}") == pytest.approx(values.max(), abs=SCORE)
        count, side = values.shape[:2]
        step = side + (side > 1)
        for i in range(count):
            top, left = step * (i // per_row), step * (i % per_row)
            window = shown[top : top + side, left : left + side]
            np.testing.assert_allclose(window, 255 * values[i] / values.max(), atol=1.01)
        assert (shown >= 0).sum() == values.size


def pen_path(stroke, points=8):
    """A smooth line through a stroke's points (Catmull and Rom's spline), (n, 2), in a box of height and width 1."""
    p = np.array([point.split() for point in stroke.split(",")], float) / 100
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    t = np.arange(points)[:, None] / points
    parts = [
        (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) / 2
        for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True)
    ]
    return np.vstack([*parts, p[-2:-1]])


def draw(widget, strokes, before_lifting=None):
    """Draw strokes, arrays of points (x, y) in the picture's pixels, with the mouse."""
    mouse = widget.page.mouse
    widget.field("pad").scroll_into_view_if_needed()
    box = widget.field("pad").bounding_box()
    for stroke in strokes:
        places = np.array([box["x"], box["y"]]) + np.asarray(stroke) * box["width"] / 32
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        if before_lifting:
            before_lifting()
        mouse.up()


def digit(k, *, width=15, height=20, middle=(16, 16)):
    return [middle + (pen_path(stroke) - 0.5) * [width, height] for stroke in STROKES[k]]


def inked(stroke):
    """What a pen 4 pixels wide and three means over 3 × 3 pixels make of a stroke, (32, 32)."""
    middles = np.stack(np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5), axis=-1)
    fine = np.vstack([np.linspace(a, b, 50) for a, b in pairwise(stroke)])
    distance = np.linalg.norm(middles[:, :, None] - fine, axis=-1).min(axis=2)
    ink = torch.tensor(np.clip(2.5 - distance, 0, 1))[None, None]
    for _ in range(3):
        ink = F.avg_pool2d(ink, 3, stride=1, padding=1)
    return 255 * ink[0, 0].numpy()


def test_network_in_the_page_is_right_for_every_stored_digit(widget):
    images, read = stored(widget), []
    for i, label in enumerate(widget.state["labels"]):
        widget.field(f"example-{i}").click()
        np.testing.assert_array_equal(check(widget, maps=True), images[i])
        assert f"labelled {label}" in widget.text("picture")
        read.append(widget.number("read") == label)
    assert np.mean(read) >= 0.8


def test_digit_moves_by_keys_and_buttons(widget):
    url, image = widget.page.url, stored(widget)[0]
    widget.field("example-0").press("Enter")
    widget.field("pad").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        widget.page.keyboard.press(key)
    for name in ("down", "down", "left", "left", "left"):
        widget.field(name).click()
    expected = np.zeros_like(image)
    expected[3:, :-1] = image[:-3, 1:]
    np.testing.assert_array_equal(check(widget, maps=True), expected)
    assert "moved 3 down and 1 to the left" in widget.text("status")
    for _ in range(15):
        widget.field("up").press("Enter")
    expected[:] = 0
    expected[:20, :-1] = image[12:, 1:]
    np.testing.assert_array_equal(check(widget), expected)
    assert "moved 12 up" in widget.text("picture")
    widget.field("fit").click()
    np.testing.assert_array_equal(check(widget), image)
    assert widget.page.url == url  # the theme turns pages with the arrow keys, but not from here


def test_drawing_with_the_mouse_changes_the_reading(widget):
    widget.field("clear").click()
    assert (check(widget, maps=True) == 0).all()
    assert "no ink" in widget.text("status")
    empty = widget.seen().answers
    spoken = []
    stroke = np.array([[10, 8], [16.5, 7], [22, 9], [15, 25]])
    draw(widget, [stroke], before_lifting=lambda: spoken.append(widget.text("status")))
    np.testing.assert_allclose(check(widget, maps=True), inked(stroke), atol=4)
    assert spoken == [empty["status"]] != [widget.text("status")]  # it is read out once the stroke is done
    assert any(widget.text(f"score-{k}") != empty[f"score-{k}"] for k in range(10))
    assert "one stroke of yours" in widget.text("picture")

    other = np.array([[12, 17], [20, 17]])
    draw(widget, [other])
    both = np.maximum(inked(stroke), inked(other))
    assert (check(widget) > both - 4).all()
    widget.field("right").click()
    np.testing.assert_array_equal(check(widget)[:, 0], 0)
    widget.field("undo").click()
    np.testing.assert_allclose(check(widget)[:, 1:], inked(stroke)[:, :-1], atol=4)
    widget.field("undo").click()
    assert (check(widget) == 0).all()


def test_drawing_goes_over_a_stored_digit_that_was_moved(widget):
    image = stored(widget)[0]
    widget.field("example-0").click()
    for name in ("down", "right", "right"):
        widget.field(name).click()
    stroke = np.array([[4, 4], [4, 20]])
    draw(widget, [stroke])
    expected = np.zeros_like(image)
    expected[1:, 2:] = image[:-1, :-2]
    np.testing.assert_allclose(check(widget), np.maximum(expected, inked(stroke)), atol=4)
    widget.field("example-0").click()
    np.testing.assert_array_equal(check(widget), image)


def test_digits_are_read_as_they_are_drawn(widget):
    read = []
    for k in STROKES:
        widget.field("clear").click()
        draw(widget, digit(k))
        read.append(widget.number("read") == k)
    assert sum(read) >= 8


def test_fit_brings_a_small_digit_to_the_size_of_the_frame(widget):
    read = []
    for k in STROKES:
        widget.field("clear").click()
        draw(widget, digit(k, width=8, height=11, middle=(9, 10)))
        widget.field("fit").click()
        rows, columns = np.nonzero(check(widget) > 100)
        assert (rows.min(), rows.max()) == (pytest.approx(4, abs=2), pytest.approx(27, abs=2))
        assert (columns.min() + columns.max()) / 2 == pytest.approx(15.5, abs=1)
        read.append(widget.number("read") == k)
    assert sum(read) >= 8


def test_random_shows_stored_digits_at_places_where_they_are_whole(widget):
    images = stored(widget)
    totals = {int(image.sum()) for image in images}
    seen = set()
    for _ in range(12):
        widget.field("random").click()
        shown = check(widget)
        assert int(shown.sum()) in totals
        seen.add(shown.tobytes())
    assert len(seen) > 3


def test_drawing_fits_a_phone(widget):
    widget.page.set_viewport_size({"width": 390, "height": 800})
    assert widget.root.evaluate("node => node.scrollWidth <= node.clientWidth")
    widget.field("clear").click()
    stroke = np.array([[16, 6], [17, 26]])
    draw(widget, [stroke])
    np.testing.assert_allclose(check(widget), inked(stroke), atol=4)
