"""NetworkExplorer in a browser: bars and totals beside the counts that the page stores."""

import re

import numpy as np
import pytest

EXPLORER_PAGE = "chapters/03_alexnet_to_googlenet/googlenet.html"


UNITS = {"": 1, "B": 1, "K": 1e3, "M": 1e6, "G": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@pytest.fixture
def network_explorer(widget_on):
    return widget_on(EXPLORER_PAGE, "network-explorer", "NetworkExplorer")


def with_unit(text):
    number, _, unit = text.partition(" ")
    return float(number) * UNITS[unit]


def check_explorer(widget, name):
    """Compare the numbers, the widths of the bars, the totals and the halves with the stored layers."""
    seen = widget.seen()
    networks = dict(widget.state["networks"])
    layers = networks[name]
    counts = np.array([layer[1:] for layer in layers]) * [4, 1, 1]
    shared = seen.fields["same-scale"]
    scaled = [layer for n in networks.values() for layer in n] if shared else layers
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
    names = [name for name, _ in network_explorer.state["networks"]]
    assert network_explorer.field("network").locator("option").all_text_contents() == names
    assert names == sorted(names, key=lambda name: name[-5:])  # by year, as the page gives them, not by the alphabet
    check_explorer(network_explorer, network_explorer.state["network"])
    for name in names:
        network_explorer.field("network").select_option(name)
        check_explorer(network_explorer, name)
    network_explorer.field("same-scale").check()
    for name in names:
        network_explorer.field("network").select_option(name)
        check_explorer(network_explorer, name)


def test_network_explorer_by_keys(network_explorer):
    names = [name for name, _ in network_explorer.state["networks"]]
    url = network_explorer.page.url
    network_explorer.field("network").focus()
    network_explorer.page.keyboard.press("ArrowDown")
    check_explorer(network_explorer, names[1])
    network_explorer.page.keyboard.press("Tab")
    network_explorer.page.keyboard.press("Space")
    assert network_explorer.seen().fields["same-scale"]
    check_explorer(network_explorer, names[1])
    assert network_explorer.page.url == url
