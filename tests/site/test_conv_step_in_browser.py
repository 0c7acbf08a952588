"""ConvStep in a browser: every step of the convolution beside NumPy's."""

import re

import numpy as np
import pytest

from cnnlib.conv import conv2d_loops, output_size
from tests.site.widget_page import ROUNDING, as_number, value_of

STEP_PAGE = "chapters/01_convolution/layer.html"


@pytest.fixture
def conv_step(widget_on):
    return widget_on(STEP_PAGE, "conv-step", "ConvStep")


def check_steps(widget):
    """Compare sizes, formulas, every entry shown, and the current one's arithmetic with NumPy; returns the output."""
    seen = widget.seen()
    grid, kernel = seen.matrix("grid"), seen.matrix("kernel")
    options = {name: int(seen.value(name)) for name in ("stride", "padding", "dilation")}
    expected = conv2d_loops(grid[None, None], kernel[None, None], **options)[0, 0]
    assert (seen.number("output-height"), seen.number("output-width")) == expected.shape
    for axis, name in enumerate(["height", "width"]):
        left, right = seen.text(f"{name}-formula").split(" = ")
        python = left.replace("⌊", "").replace("/", "//").replace("⌋", "").replace("·", "*").replace("−", "-")
        assert re.fullmatch(r"[\d+*/() -]+", python)
        # ⌊(…)/S⌋ + 1 becomes (…)//S + 1
        assert eval(python) == int(right) == output_size(grid.shape[axis], kernel.shape[axis], **options)
        numbers = [int(n) for n in re.findall(r"\d+", left)]
        p, d, s, k = options["padding"], options["dilation"], options["stride"], kernel.shape[axis]
        assert numbers == [grid.shape[axis], 2, p, d, k, 1, 1, s, 1]

    row, column = int(seen.number("row")), int(seen.number("column"))
    show_all = seen.fields["show-all"]
    for r, c in np.ndindex(expected.shape):
        text = seen.text(f"output-{r}-{c}")
        if show_all or (r, c) <= (row, column):
            assert as_number(text) == pytest.approx(expected[r, c], abs=ROUNDING)
        else:
            assert text == ""
    left, right = value_of(seen.text("arithmetic"))
    assert left == pytest.approx(right, abs=ROUNDING)
    assert right == seen.number("sum") == pytest.approx(expected[row, column], abs=ROUNDING)
    check_highlight(seen, row, column, kernel.shape, options)
    return expected


def check_highlight(seen, row, column, kernel_shape, options):
    """The marked fields are the taps of the current window that fall on the grid."""
    taps = {
        f"grid-{r}-{c}"
        for i, j in np.ndindex(kernel_shape)
        for r in [row * options["stride"] + i * options["dilation"] - options["padding"]]
        for c in [column * options["stride"] + j * options["dilation"] - options["padding"]]
        if min(r, c) >= 0
    }
    assert set(seen.taps) == taps & set(seen.fields)


def test_conv_step_starts_with_the_right_numbers(conv_step):
    check_steps(conv_step)


def test_conv_step_walks_through_the_output(conv_step):
    columns = int(conv_step.number("output-width"))
    total = int(conv_step.number("output-height")) * columns
    for step in range(1, total):
        conv_step.field("next").click()
        assert (conv_step.number("row"), conv_step.number("column")) == divmod(step, columns)
    check_steps(conv_step)
    conv_step.field("next").click(force=True)  # at the end there is nowhere to go
    assert (conv_step.number("row"), conv_step.number("column")) == divmod(total - 1, columns)
    conv_step.field("previous").click()
    assert (conv_step.number("row"), conv_step.number("column")) == divmod(total - 2, columns)
    check_steps(conv_step)


def test_conv_step_is_right_for_other_settings(conv_step):
    for stride, padding, dilation in [(1, 1, 1), (2, 1, 1), (3, 2, 1), (1, 2, 2), (2, 3, 2), (4, 3, 1)]:
        conv_step.set("padding", padding)
        conv_step.set("dilation", dilation)
        conv_step.set("stride", stride)
        conv_step.field("show-all").check()
        output = check_steps(conv_step)
        conv_step.field("show-all").uncheck()
        last = tuple(n - 1 for n in output.shape)
        conv_step.field(f"go-{last[0]}-{last[1]}").click()
        assert (conv_step.number("row"), conv_step.number("column")) == last
        check_steps(conv_step)


def test_conv_step_follows_the_typing(conv_step):
    conv_step.field("show-all").check()
    before = check_steps(conv_step)
    conv_step.set("grid-1-1", -37)
    conv_step.set("kernel-0-0", 2.25)
    after = check_steps(conv_step)
    assert not np.array_equal(before, after)


def test_conv_step_output_by_arrow_keys(conv_step):
    conv_step.field("go-0-0").focus()
    conv_step.page.keyboard.press("ArrowRight")
    conv_step.page.keyboard.press("ArrowDown")
    assert (conv_step.number("row"), conv_step.number("column")) == (1, 1)
    check_steps(conv_step)


def test_conv_step_says_when_the_kernel_does_not_fit(conv_step):
    conv_step.set("padding", 0)
    conv_step.set("dilation", 3)
    grid, kernel = conv_step.seen().matrix("grid"), conv_step.seen().matrix("kernel")
    assert max(3 * (k - 1) + 1 - n for n, k in zip(grid.shape, kernel.shape, strict=True)) > 0, "choose another grid"
    assert "does not fit" in conv_step.text("status")
    for name in ("output-height", "output-width", "sum", "arithmetic"):
        assert conv_step.text(name) == ""
    for name in ("next", "previous", "play"):
        conv_step.field(name).click(force=True)
    conv_step.set("dilation", 1)
    check_steps(conv_step)


def test_conv_step_marks_what_is_no_number(conv_step):
    examples = [
        ("stride", "0"),
        ("padding", ""),
        ("padding", "9"),
        ("dilation", "1.5"),
        ("grid-0-0", "0.5"),
        ("kernel-0-0", ""),
    ]
    for name, typed in examples:
        before = conv_step.seen().value(name)
        field = conv_step.field(name)
        field.fill(typed)
        assert field.get_attribute("aria-invalid") == "true"
        assert "needs a" in conv_step.text("message")
        conv_step.field("go-0-0").click()
        conv_step.field("next").click()  # drawing again leaves alone what is being typed
        assert field.get_attribute("aria-invalid") == "true"
        field.fill(f"{before:g}")
        assert field.get_attribute("aria-invalid") == "false"
        assert conv_step.text("message") == ""
        check_steps(conv_step)


def test_conv_step_plays_only_when_asked(conv_step):
    start = conv_step.text("status")
    conv_step.page.wait_for_timeout(1200)
    assert conv_step.text("status") == start
    conv_step.field("play").click()
    conv_step.root.locator("[data-answer='status']", has_text="Step 3 of").wait_for(state="attached", timeout=10_000)
    conv_step.field("play").click()
    check_steps(conv_step)
    paused = conv_step.text("status")
    conv_step.page.wait_for_timeout(1200)
    assert conv_step.text("status") == paused
