"""FilterPhoto in a browser: the kernel, the output and the greys beside NumPy's."""

import re

import numpy as np
import pytest

from cnnlib.conv import conv2d_loops
from tests.site.widget_page import ROUNDING, as_number, value_of

FILTER_PAGES = ["index.html", "chapters/01_convolution/filtering.html"]


@pytest.fixture(params=FILTER_PAGES)
def filter_photo(request, widget_on):
    return widget_on(request.param, "filter-photo", "FilterPhoto")


def check_filter(widget, kernel):
    """Compare all that FilterPhoto shows with the cross-correlation of the stored photo by ``kernel``."""
    kernel = np.asarray(kernel, float)
    seen = widget.seen()
    np.testing.assert_allclose(seen.matrix("kernel"), kernel, atol=ROUNDING)
    photo = np.frombuffer(widget.state["pixels"], np.uint8).reshape(widget.state["height"], widget.state["width"])
    output = conv2d_loops(photo[None, None].astype(float), kernel[None, None])[0, 0]
    assert (seen.number("output-height"), seen.number("output-width")) == output.shape
    row, column = int(seen.number("row")), int(seen.number("column"))
    size = len(kernel)
    for i, j in np.ndindex(size, size):
        assert seen.number(f"patch-{i}-{j}") == photo[row + i, column + j]
    assert seen.number("sum") == pytest.approx(output[row, column], abs=ROUNDING)
    assert seen.number("minimum") == pytest.approx(output.min(), abs=ROUNDING)
    assert seen.number("maximum") == pytest.approx(output.max(), abs=ROUNDING)
    left, right = value_of(seen.text("arithmetic"))
    assert left == pytest.approx(right, abs=ROUNDING * 256 * size**2)  # weights are rounded too
    assert right == seen.number("sum")
    check_greys(widget, seen.text("display"), kernel, output, (row, column))


def check_greys(widget, display, kernel, output, marked):
    """Compare the greys of some painted pixels, away from the ring, with what the widget says that they mean."""
    if (kernel < 0).any() and kernel.sum() != pytest.approx(1):
        assert "mid-grey" in display
        white = as_number(re.search(r"([\d.]+) and more white", display)[1])
        greys = np.clip(127.5 * (1 + output / white), 0, 255)
    else:
        assert "255 and more white" in display
        greys = np.clip(output, 0, 255)
    height, width = output.shape
    for r, c in [(1, 1), (1, width - 2), (height - 2, 1), (height - 2, width - 2), (height // 4, width // 4)]:
        if max(abs(r - marked[0]), abs(c - marked[1])) > height // 6:
            painted = widget.field("output").evaluate(
                """(canvas, [x, y]) => [...canvas.getContext("2d")
                    .getImageData(x * canvas.width, y * canvas.height, 1, 1).data.slice(0, 3)]""",
                [(c + 0.5) / width, (r + 0.5) / height],
            )
            np.testing.assert_allclose(painted, greys[r, c], atol=1.01)


def fill_kernel(widget, kernel):
    for (i, j), weight in np.ndenumerate(kernel):
        widget.set(f"kernel-{i}-{j}", weight)


def test_filter_photo_starts_with_the_right_numbers(filter_photo):
    check_filter(filter_photo, filter_photo.state["kernel"])


def test_filter_photo_is_right_for_every_preset(filter_photo):
    for name, kernel in filter_photo.state["presets"].items():
        filter_photo.field("preset").select_option(name)
        check_filter(filter_photo, kernel)


def test_filter_photo_follows_the_typing(filter_photo):
    size = len(filter_photo.state["kernel"])
    kernel = np.random.default_rng(1).integers(-8, 9, (size, size)) / 4
    fill_kernel(filter_photo, kernel)
    check_filter(filter_photo, kernel)
    assert filter_photo.field("preset").locator("option:checked").text_content() == "Your own"
    fill_kernel(filter_photo, np.abs(kernel) / 8)
    check_filter(filter_photo, np.abs(kernel) / 8)
    fill_kernel(filter_photo, np.zeros((size, size)))
    check_filter(filter_photo, np.zeros((size, size)))


def test_filter_photo_mark_moves_by_keys_and_clicks(filter_photo):
    url = filter_photo.page.url
    for canvas in ("photo", "output"):
        row, column = filter_photo.number("row"), filter_photo.number("column")
        filter_photo.field(canvas).focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
            filter_photo.page.keyboard.press(key)
        assert (filter_photo.number("row"), filter_photo.number("column")) == (row + 9, column + 2)
        check_filter(filter_photo, filter_photo.state["kernel"])
    for _ in range(40):
        filter_photo.page.keyboard.press("Shift+ArrowLeft")
    assert filter_photo.number("column") == 0
    assert filter_photo.page.url == url  # the theme turns pages with the arrow keys, but not from here

    canvas = filter_photo.field("output")
    box = canvas.bounding_box()
    canvas.click(position={"x": 0.25 * box["width"], "y": 0.75 * box["height"]})
    assert abs(filter_photo.number("row") - 0.75 * filter_photo.number("output-height")) <= 2
    assert abs(filter_photo.number("column") - 0.25 * filter_photo.number("output-width")) <= 2
    check_filter(filter_photo, filter_photo.state["kernel"])


def test_filter_photo_marks_what_is_no_number(filter_photo):
    kernel = np.array(filter_photo.state["kernel"])
    field = filter_photo.field("kernel-0-1")
    for typed, then in [("", 2.5), ("-", -1), ("1000", 0.5)]:
        shown = filter_photo.text("sum")
        field.fill("" if typed == "-" else typed)
        if typed == "-":
            field.press_sequentially(typed)  # half a number, which `fill` refuses
        assert field.get_attribute("aria-invalid") == "true"
        assert "no number" in filter_photo.text("message")
        assert filter_photo.text("sum") == shown
        field.fill(str(then))
        kernel[0, 1] = then
        assert field.get_attribute("aria-invalid") == "false"
        assert filter_photo.text("message") == ""
        check_filter(filter_photo, kernel)
