"""Figures carry their caption and description, and the same figure gives the same bytes."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnnlib import plots


@pytest.fixture
def displayed(monkeypatch):
    """What a call of ``display`` showed, as HTML."""
    shown = []
    monkeypatch.setattr(plots, "display", lambda html: shown.append(html.data))
    return shown


def test_show(displayed):
    for _ in range(2):
        figure = plots.image_row([np.eye(4), np.zeros((4, 4, 3))], ["one", "two"])
        plots.show(figure, "What to <b>notice</b>.", 'A "diagonal" & nothing.')
    assert displayed[0] == displayed[1]
    assert 'alt="A &quot;diagonal&quot; &amp; nothing."' in displayed[0]
    assert "<figcaption>What to <b>notice</b>.</figcaption>" in displayed[0]
    assert not plt.get_fignums()


def test_show_gives_the_width_on_the_page(displayed):
    figure = plt.figure(figsize=(4, 2))
    figure.add_axes((0, 0, 1, 1)).axis("off")
    plots.show(figure, "caption", "alt")
    width = int(re.search(r'width="(\d+)"', displayed[0])[1])
    assert width == pytest.approx(4 * 96, rel=0.06)


def test_heat_grid_writes_every_number():
    figure = plots.heat_grid(np.arange(-3, 3).reshape(2, 3))
    assert [text.get_text() for text in figure.axes[0].texts] == ["-3", "-2", "-1", "0", "1", "2"]
    plt.close(figure)


def test_image_row_takes_limits_and_colours_for_all_or_for_each():
    pair, titles = [np.eye(4), np.eye(4)], ["one", "two"]
    same = plots.image_row(pair, titles, limits=(0, 2), bar="height (m)")
    each = plots.image_row(pair, titles, limits=[(0, 1), (-1, 1)], colours=["gray", "PuOr"])
    assert [axis.images[0].get_clim() for axis in same.axes[:2]] == [(0, 2), (0, 2)]
    assert same.axes[2].get_ylabel() == "height (m)"
    assert [axis.images[0].get_clim() for axis in each.axes] == [(0, 1), (-1, 1)]
    assert [axis.images[0].get_cmap().name for axis in each.axes] == ["gray", "PuOr"]
    plt.close("all")


def test_heat_grid_takes_bytes():
    figure = plots.heat_grid(np.array([[0, 255]], np.uint8))
    assert figure.axes[0].images[0].get_clim() == (-255, 255)
    plt.close(figure)
