"""BallChart in a browser: balls, table and sentence beside the numbers that the page stores."""

import numpy as np
import pytest

from tests.site.widget_page import ROUNDING

CHART_PAGE = "chapters/04_residual/complexity.html"


@pytest.fixture
def ball_chart(widget_on):
    return widget_on(CHART_PAGE, "ball-chart", "BallChart")


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
