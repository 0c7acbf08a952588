"""The interactive figures in a browser, with no kernel: what they show is compared with NumPy.

Nothing about the pages is assumed but which widget stands where: numbers are read from the widgets' fields, photos
and presets from the state that is stored in the page.
"""

import base64
import json
import re

import numpy as np
import pytest

from cnnlib.conv import conv2d_loops, output_size

FILTER_PAGES = ["index.html", "chapters/01_convolution/filtering.html"]
STEP_PAGE = "chapters/01_convolution/layer.html"
CURVES_PAGE = "chapters/04_residual/residual.html"
EXPLORER_PAGE = "chapters/03_alexnet_to_googlenet/googlenet.html"
FIELD_PAGE = "chapters/01_convolution/receptive_fields.html"
CHART_PAGE = "chapters/04_residual/complexity.html"
ROUNDING = 6e-4  # three decimals are shown


class Widget:
    """The first widget of its kind on a page: its fields, its answers, and the state that it started from."""

    def __init__(self, page, url, kind, name):
        self.page = page
        page.goto(url)
        self.root = page.locator(f".cnn-{kind}").first
        self.root.wait_for(timeout=20_000)
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(error))  # Playwright takes no built-in method
        self.state = self._stored(name)

    def _stored(self, name):
        script = "script[type='application/vnd.jupyter.widget-%s+json']"
        models = json.loads(self.page.locator(script % "state").first.text_content())["state"]
        for view in self.page.locator(script % "view").all_text_contents():
            model = models[json.loads(view)["model_id"]]
            if model["state"].get("_anywidget_id", "").endswith(name):
                buffers = {b["path"][0]: base64.b64decode(b["data"]) for b in model.get("buffers", [])}
                return model["state"] | buffers
        raise AssertionError(f"no {name} on {self.page.url}")

    def field(self, name):
        return self.root.locator(f"[data-input='{name}']")

    def set(self, name, value):
        self.field(name).fill(str(value))

    def seen(self):
        return Seen(self.root)

    def text(self, name):
        return self.seen().text(name)

    def number(self, name):
        return self.seen().number(name)


class Seen:
    """All answers and fields of a widget at one moment, read in one go because each question to a browser is slow."""

    def __init__(self, root):
        read = "%s: Object.fromEntries([...root.querySelectorAll('[data-%s]')].map(e => [e.dataset.%s, %s]))"
        parts = [
            read % ("answers", "answer", "answer", "e.textContent"),
            read % ("fields", "input", "input", "['radio', 'checkbox'].includes(e.type) ? e.checked : e.value"),
            "taps: [...root.querySelectorAll('input.cnn-tap')].map(e => e.dataset.input)",
        ]
        self.__dict__ = root.evaluate(f"root => ({{{', '.join(parts)}}})")

    def text(self, name):
        return self.answers[name]

    def number(self, name):
        return as_number(self.answers[name])

    def value(self, name):
        return float(self.fields[name])

    def matrix(self, name):
        places = [tuple(map(int, field.split("-")[1:])) for field in self.fields if field.startswith(f"{name}-")]
        rows, columns = np.max(places, axis=0) + 1
        assert len(places) == rows * columns
        return np.array([[self.value(f"{name}-{i}-{j}") for j in range(columns)] for i in range(rows)])


def as_number(text):
    return float(text.replace("−", "-"))


def value_of(arithmetic):
    """Both sides of a line such as 2·(−1) + 0.5·3 = −0.5, the left one worked out."""
    left, right = arithmetic.split(" = ")
    products = [[as_number(factor.strip("()")) for factor in term.split("·")] for term in left.split(" + ")]
    return sum(np.prod(factors) for factors in products), as_number(right)


# FilterPhoto


@pytest.fixture(params=FILTER_PAGES)
def filter_photo(request, page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{request.param}", "filter-photo", "FilterPhoto")
    yield widget
    assert not widget.errors


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


# ConvStep


@pytest.fixture
def conv_step(page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{STEP_PAGE}", "conv-step", "ConvStep")
    yield widget
    assert not widget.errors


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


# ReceptiveField


@pytest.fixture
def receptive_field(page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{FIELD_PAGE}", "receptive-field", "ReceptiveField")
    yield widget
    assert not widget.errors


def check_fields(widget, layers=None):
    """Compare the table, and what the marked unit sees, with the closed form; returns the marked unit."""
    seen = widget.seen()
    count = sum(name.startswith("select-") for name in seen.fields)
    shown = [[int(seen.value(f"{name}-{n}")) for name in ("kernel", "stride", "dilation")] for n in range(1, count + 1)]
    assert layers is None or shown == [list(layer) for layer in layers]
    height, width = widget.state["height"], widget.state["width"]
    selected = next(n for n in range(1, count + 1) if seen.fields[f"select-{n}"])
    field, jump, start, units = 1, 1, 0, [height, width]
    for n, (kernel, stride, dilation) in enumerate(shown, start=1):
        extent = dilation * (kernel - 1) + 1
        before = (extent - 1) // 2
        field += (extent - 1) * jump
        start -= before * jump
        jump *= stride
        units = [output_size(size + extent - 1, kernel, stride, dilation=dilation) for size in units]
        answers = [seen.number(f"{name}-{n}") for name in ("previous", "field", "jump")]
        assert answers == [extent, field, jump]
        if n == selected:
            row, column = int(seen.number("row")), int(seen.number("column"))
            assert seen.text("units") == f"{units[0]} × {units[1]}"
            assert row < units[0] and column < units[1]
            whole = True
            for name, unit, size in [("row", row, height), ("column", column, width)]:
                first, last = start + unit * jump, start + unit * jump + field - 1
                assert seen.number(f"first-{name}") == np.clip(first, 0, size - 1)
                assert seen.number(f"last-{name}") == np.clip(last, 0, size - 1)
                whole = whole and first >= 0 and last < size
            assert f"{field} × {field} pixels" in seen.text("field")
            assert ("inside the photo, of which" in seen.text("clipped")) == whole
            assert ("past the border" in seen.text("clipped")) == (not whole)
    return row, column


def test_receptive_field_starts_with_the_right_numbers(receptive_field):
    check_fields(receptive_field, receptive_field.state["layers"])


def test_receptive_field_is_right_for_every_preset(receptive_field):
    for name, layers in receptive_field.state["presets"].items():
        receptive_field.field("preset").select_option(name)
        check_fields(receptive_field, layers)
        for n in range(1, len(layers) + 1):
            receptive_field.field(f"select-{n}").check()
            check_fields(receptive_field, layers)


def test_receptive_field_follows_the_typing(receptive_field):
    layers = [list(layer) for layer in receptive_field.state["layers"]]
    for layer, name, place, value in [(1, "kernel", 0, 6), (1, "stride", 1, 2), (len(layers), "dilation", 2, 5)]:
        receptive_field.set(f"{name}-{layer}", value)
        layers[layer - 1][place] = value
        check_fields(receptive_field, layers)


def test_receptive_field_adds_and_removes_layers(receptive_field):
    layers = [list(layer) for layer in receptive_field.state["layers"]]
    receptive_field.field("add").click()
    check_fields(receptive_field, [*layers, [3, 1, 1]])
    receptive_field.set(f"stride-{len(layers) + 1}", 3)
    receptive_field.field("remove-1").click()
    layers = [*layers[1:], [3, 3, 1]]
    check_fields(receptive_field, layers)
    while len(layers) > 1:
        receptive_field.field(f"remove-{len(layers)}").click()
        layers.pop()
        check_fields(receptive_field, layers)
    assert receptive_field.field("remove-1").is_disabled()
    for _ in range(9):
        receptive_field.field("add").click()
    assert receptive_field.field("add").is_disabled()
    check_fields(receptive_field, layers + [[3, 1, 1]] * 9)


def test_receptive_field_unit_moves_by_keys_and_clicks(receptive_field):
    url = receptive_field.page.url
    row, column = check_fields(receptive_field)
    canvas = receptive_field.field("photo")
    canvas.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        receptive_field.page.keyboard.press(key)
    assert check_fields(receptive_field) == (row - 2, column - 1)
    for _ in range(30):
        receptive_field.page.keyboard.press("Shift+ArrowUp")
    assert check_fields(receptive_field)[0] == 0
    assert receptive_field.page.url == url
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    row, column = check_fields(receptive_field)
    units = [int(n) for n in receptive_field.text("units").split(" × ")]
    assert column >= units[1] - 2
    assert abs(row - units[0] / 2) <= 2


def test_receptive_field_marks_what_is_no_size(receptive_field):
    before = receptive_field.text("field-1")
    field = receptive_field.field("kernel-1")
    old = field.input_value()
    for typed in ["", "0", "2.5", "99"]:
        field.fill(typed)
        assert field.get_attribute("aria-invalid") == "true"
        assert "needs a whole number" in receptive_field.text("message")
        assert receptive_field.text("field-1") == before
        field.fill(old)
        assert field.get_attribute("aria-invalid") == "false"
        assert receptive_field.text("message") == ""
        check_fields(receptive_field)


# BallChart


@pytest.fixture
def ball_chart(page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{CHART_PAGE}", "ball-chart", "BallChart")
    yield widget
    assert not widget.errors


def prefixed(text):
    """The number behind three digits and a prefix, such as 4.09 G or 45.1 ms."""
    digits, _, unit = text.partition(" ")
    factors = {"G": 1e9, "M": 1e6, "k": 1e3, "m": 1e-3, "µ": 1e-6}
    return float(digits) * factors.get(unit[:1], 1)


def check_chart(widget, *, families=None):
    """Compare the balls, the table and the sentence with the stored numbers; returns the names from left to right."""
    state, seen = widget.state, widget.seen()
    cost, error, area = seen.fields["cost"], seen.fields["error"], state["area"]
    order = list(dict.fromkeys(net["family"] for net in state["nets"]))
    shown = [family for i, family in enumerate(order) if seen.fields[f"family-{i}"]]
    assert families is None or shown == families
    expected = {
        net["name"]: net["values"]
        for net in state["nets"]
        if net["family"] in shown and {cost, error} <= set(net["values"])
    }
    balls = widget.root.evaluate(
        """root => [...root.querySelectorAll("circle[data-net]")].map(
            e => [e.dataset.net, ...["cx", "cy", "r"].map(name => Number(e.getAttribute(name)))])"""
    )
    places = {name: place for name, *place in balls}
    assert set(places) == set(expected) and len(balls) == len(expected)
    x, y, radius = (np.array([places[name][k] for name in expected]) for k in range(3))
    costs, errors, sizes = (np.array([values[key] for values in expected.values()]) for key in (cost, error, area))
    # Logarithmic across, even upwards, area in proportion: each up to one scale and one shift.
    for pixels, numbers, sign in [(x, np.log(costs), 1), (y, 100 - errors, -1)]:
        slope, shift = np.polyfit(numbers, pixels, 1)
        assert sign * slope > 0
        np.testing.assert_allclose(slope * numbers + shift, pixels, atol=0.01)
    np.testing.assert_allclose(radius**2 / sizes, radius[0] ** 2 / sizes[0], rtol=1e-6)

    names = sorted(expected, key=lambda name: (costs[list(expected).index(name)], errors[list(expected).index(name)]))
    rows = widget.root.locator("tbody th").all_text_contents()
    assert rows == names
    for i, name in enumerate(names):
        values = expected[name]
        assert prefixed(seen.text(f"cell-{i}-0")) == pytest.approx(values[cost], rel=0.006)
        assert float(seen.text(f"cell-{i}-1").removesuffix(" %")) == pytest.approx(100 - values[error], abs=ROUNDING)
        if cost != area:
            assert prefixed(seen.text(f"cell-{i}-2")) == pytest.approx(values[area], rel=0.006)
    chosen = seen.text("name")
    values = expected[chosen]
    assert prefixed(seen.text("value")) == pytest.approx(values[cost], rel=0.006)
    assert float(seen.text("error").removesuffix(" %")) == pytest.approx(values[error], abs=ROUNDING)
    assert float(seen.text("accuracy").removesuffix(" %")) == pytest.approx(100 - values[error], abs=ROUNDING)
    assert chosen in seen.text("status") and state["errors"][error] in seen.text("status")
    assert widget.root.locator("circle.cnn-chosen").get_attribute("data-net") == chosen
    assert seen.text("shown").startswith(f"{len(names)} of {len(state['nets'])} networks")
    return names


def test_ball_chart_is_right_for_every_choice_of_axes(ball_chart):
    for error in ball_chart.state["errors"]:
        ball_chart.field("error").select_option(error)
        for cost in ball_chart.state["costs"]:
            ball_chart.field("cost").select_option(cost)
            check_chart(ball_chart)


def test_ball_chart_shows_the_families_that_are_ticked(ball_chart):
    families = list(dict.fromkeys(net["family"] for net in ball_chart.state["nets"]))
    pair = [families.index("VGG"), families.index("ResNet")]
    for i in range(len(families)):
        if i not in pair:
            ball_chart.field(f"family-{i}").uncheck()
    check_chart(ball_chart, families=["VGG", "ResNet"])
    for family, curve in [
        (family, ball_chart.root.locator(f"polyline[data-family='{family}']")) for family in families
    ]:
        assert curve.count() == (family in ("VGG", "ResNet"))
    for i in pair:
        ball_chart.field(f"family-{i}").uncheck()
    assert "choose a family" in ball_chart.text("status")
    assert ball_chart.root.locator("circle[data-net]").count() == 0
    ball_chart.field(f"family-{pair[0]}").check()
    check_chart(ball_chart, families=["VGG"])


def test_ball_chart_is_walked_through_by_keys(ball_chart):
    url = ball_chart.page.url
    names = check_chart(ball_chart)
    assert ball_chart.text("name") == names[0]
    ball_chart.field("chart").focus()
    for name in names[1:]:
        ball_chart.page.keyboard.press("ArrowRight")
        assert ball_chart.text("name") == name
    check_chart(ball_chart)
    ball_chart.page.keyboard.press("Home")
    assert ball_chart.text("name") == names[0]
    accuracies = [float(ball_chart.text("accuracy").removesuffix(" %"))]
    ball_chart.page.keyboard.press("ArrowUp")
    accuracies.append(float(ball_chart.text("accuracy").removesuffix(" %")))
    assert accuracies[1] >= accuracies[0]
    assert ball_chart.page.url == url


def test_ball_chart_tells_the_ball_under_the_pointer(ball_chart):
    names = check_chart(ball_chart)
    for name in (names[-1], names[0]):
        ball = ball_chart.root.locator(f"circle[data-net='{name}']")
        ball.scroll_into_view_if_needed()
        box = ball.bounding_box()
        ball_chart.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert ball_chart.text("name") == name
    check_chart(ball_chart)


def test_ball_chart_fits_a_phone(ball_chart):
    ball_chart.page.set_viewport_size({"width": 390, "height": 800})
    ball_chart.page.wait_for_timeout(200)
    check_chart(ball_chart)
    frame = ball_chart.field("chart").bounding_box()
    assert frame["width"] < 390
    for ball in ball_chart.root.locator("circle[data-net]").all():
        box = ball.bounding_box()
        assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]


# TrainingCurves


@pytest.fixture
def training_curves(page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{CURVES_PAGE}", "training-curves", "TrainingCurves")
    yield widget
    assert not widget.errors


def check_curves(widget, group, epoch):
    """Compare the numbers at the epoch, and the ends of all curves, with the runs that the page stores."""
    seen = widget.seen()
    _, kinds = widget.state["runs"][group]
    assert (int(seen.value("group")), int(seen.value("epoch")), int(seen.number("epoch"))) == (group, epoch, epoch)
    drawn = widget.root.evaluate(
        "root => Object.fromEntries([...root.querySelectorAll('[data-curve]')].map(e => "
        "[e.dataset.curve, [...e.points].map(p => [p.x, p.y])]))"
    )
    assert len(drawn) == 2 * len(kinds)
    for k, (kind, *curves) in enumerate(kinds):
        for part, errors in zip(("train", "test"), curves, strict=True):
            shown = as_number(seen.text(f"{part}-{k}").removesuffix(" %"))
            assert shown == pytest.approx(100 * errors[epoch - 1], abs=0.051)
            assert f"{part.replace('train', 'training')} error {seen.text(f'{part}-{k}')}" in seen.text("status")
            points = np.array(drawn[f"{part}-{k}"])
            assert len(points) == epoch and (np.diff(points[:, 0]) > 0).all()
            heights = -np.array(errors[:epoch])  # y points downwards
            spread = np.ptp(heights)
            if spread:  # the curve has the errors' shape, whatever its scale
                assert np.ptp(points[:, 1]) > 0
                expected = (heights - heights.min()) / spread
                np.testing.assert_allclose(
                    (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1]), expected, atol=0.01
                )
        assert kind in seen.text("status")


def test_training_curves_are_those_of_the_page(training_curves):
    runs = training_curves.state["runs"]
    epochs = len(runs[0][1][0][1])
    check_curves(training_curves, 0, epochs)
    for group, (name, _) in enumerate(runs):
        training_curves.field("group").select_option(name)
        for epoch in (1, epochs // 2, epochs):
            training_curves.set("epoch", epoch)
            check_curves(training_curves, group, epoch)


def test_training_curves_walk_by_arrow_keys(training_curves):
    epochs = len(training_curves.state["runs"][0][1][0][1])
    training_curves.field("epoch").focus()
    for key, epoch in (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", epochs)):
        training_curves.page.keyboard.press(key)
        check_curves(training_curves, 0, epoch)


# NetworkExplorer

UNITS = {"": 1, "B": 1, "K": 1e3, "M": 1e6, "G": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@pytest.fixture
def network_explorer(page, site_url):
    widget = Widget(page, f"{site_url.rstrip('/')}/{EXPLORER_PAGE}", "network-explorer", "NetworkExplorer")
    yield widget
    assert not widget.errors


def with_unit(text):
    number, _, unit = text.partition(" ")
    return float(number) * UNITS[unit]


def check_explorer(widget, name):
    """Compare the numbers, the widths of the bars, the totals and the halves with the stored layers."""
    seen = widget.seen()
    layers = widget.state["networks"][name]
    counts = np.array([layer[1:] for layer in layers]) * [4, 1, 1]
    shared = seen.fields["same-scale"]
    scaled = [layer for n in widget.state["networks"].values() for layer in n] if shared else layers
    largest = np.max([layer[1:] for layer in scaled], axis=0) * [4, 1, 1]
    columns = ("memory", "parameters", "macs")
    assert seen.fields["network"] == name
    assert [a for a in seen.answers if a.startswith("memory-")] == [f"memory-{n + 1}" for n in range(len(layers))]
    for place, column in enumerate(columns):
        shown = [with_unit(seen.text(f"{column}-{n + 1}")) for n in range(len(layers))]
        np.testing.assert_allclose(shown, counts[:, place], rtol=6e-3)
        assert with_unit(seen.text(f"total-{column}")) == pytest.approx(counts[:, place].sum(), rel=6e-3)
        widths = widget.root.locator(f".cnn-fill-{column}").evaluate_all("bars => bars.map(bar => bar.style.width)")
        widths = [float(width.rstrip("%").removesuffix("px")) for width in widths]
        np.testing.assert_allclose(widths, 100 * counts[:, place] / largest[place], atol=0.01)
    reached = np.cumsum(counts, axis=0) >= counts.sum(axis=0) / 2
    halves = [layers[first][0] for first in reached.argmax(axis=0)]
    assert re.findall(r"(?:reached )?at ([\w.]+?)[,.](?: |$)", seen.text("status")) == halves


def test_network_explorer_is_right_for_every_network(network_explorer):
    names = list(network_explorer.state["networks"])
    check_explorer(network_explorer, network_explorer.state["network"])
    for name in names:
        network_explorer.field("network").select_option(name)
        check_explorer(network_explorer, name)
    network_explorer.field("same-scale").check()
    for name in names:
        network_explorer.field("network").select_option(name)
        check_explorer(network_explorer, name)


def test_network_explorer_by_keys(network_explorer):
    names = list(network_explorer.state["networks"])
    url = network_explorer.page.url
    network_explorer.field("network").focus()
    network_explorer.page.keyboard.press("ArrowDown")
    check_explorer(network_explorer, names[1])
    network_explorer.page.keyboard.press("Tab")
    network_explorer.page.keyboard.press("Space")
    assert network_explorer.seen().fields["same-scale"]
    check_explorer(network_explorer, names[1])
    assert network_explorer.page.url == url
