"""A profile as a table, as HTML, as a figure, and as a data frame."""

import sys
import types

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from cnnlib.complexity import Profile, profile


def small():
    return profile(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2)), (3, 6, 6))


def test_table():
    assert (
        small().table()
        == str(small())
        == (
            "layer  kind     output   parameters  multiply-adds  other steps  activations\n"
            "----------------------------------------------------------------------------\n"
            "0      Conv2d   1×4×4×4         112          1,728            0           64\n"
            "1      ReLU     1×4×4×4           0              0           64           64\n"
            "2      Flatten  1×64              0              0            0            0\n"
            "3      Linear   1×2             130            128            0            2\n"
            "----------------------------------------------------------------------------\n"
            "total                           242          1,856           64          130"
        )
    )


def test_html_is_escaped():
    row = small().rows[0]._replace(name="<b>")
    text = Profile((row,), ())._repr_html_()
    assert "<td>&lt;b&gt;</td><td>Conv2d</td><td>1×4×4×4</td><td>112</td><td>1,728</td>" in text and "<b>" not in text


def test_figure_shows_every_number():
    figure = small().figure()
    assert isinstance(figure, Figure)
    heights = [sorted(bar.get_height() for bars in axis.containers for bar in bars) for axis in figure.axes]
    assert heights == [[0, 112, 130], [0, 128, 1728], [2, 64, 64]]  # nothing for Flatten, which has none
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["convolution", "linear", "activation"]
    plt.close(figure)


def test_a_row_that_computes_nothing_is_drawn_as_other():
    figure = profile(nn.Embedding(10, 3), (5,), dtype=torch.int64).figure()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["other"]
    plt.close(figure)


def test_frame(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=lambda rows, columns: (rows, columns)))
    rows, columns = small().to_frame()
    assert dict(zip(columns, rows[0], strict=True))["macs"] == 1728 and len(rows) == 4
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        small().to_frame()
