"""ReceptiveField in a browser: fields, jumps and frames beside the closed form."""

import numpy as np
import pytest

from cnnlib.conv import output_size

FIELD_PAGE = "chapters/01_convolution/receptive_fields.html"


@pytest.fixture
def receptive_field(widget_on):
    return widget_on(FIELD_PAGE, "receptive-field", "ReceptiveField")


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
