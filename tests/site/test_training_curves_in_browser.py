"""TrainingCurves in a browser: curves and numbers beside the runs that the page stores."""

import numpy as np
import pytest

from tests.site.widget_page import as_number

CURVES_PAGE = "chapters/04_residual/residual.html"


@pytest.fixture
def training_curves(widget_on):
    return widget_on(CURVES_PAGE, "training-curves", "TrainingCurves")


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
