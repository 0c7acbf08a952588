"""Where a network keeps its numbers: memory, parameters and multiply-adds, layer by layer."""

from collections.abc import Sequence

import anywidget
import traitlets

from cnnlib import _arguments as arguments
from cnnlib.widgets import sources

__all__ = ["NetworkExplorer"]

MOST_NETWORKS, MOST_LAYERS = 8, 64
COUNTS = ("activations", "parameters", "multiply-adds")


def _check(networks):
    """``networks`` as pairs [network, layers], if it is what ``NetworkExplorer`` describes."""
    if not isinstance(networks, dict) or not 1 <= len(networks) <= MOST_NETWORKS:
        arguments.fail("networks", networks, f"a dict of 1 to {MOST_NETWORKS} networks, each a list of layers")
    return [[network, _layers(f"networks[{network!r}]", layers)] for network, layers in networks.items()]


def _layers(name, layers):
    if not isinstance(layers, (list, tuple)) or not 1 <= len(layers) <= MOST_LAYERS:
        arguments.fail(name, layers, f"a list of 1 to {MOST_LAYERS} layers")
    checked = []
    for index, layer in enumerate(layers):
        where = f"{name}[{index}]"
        if not isinstance(layer, (list, tuple)) or len(layer) != 1 + len(COUNTS) or not isinstance(layer[0], str):
            arguments.fail(where, layer, f"a tuple (name, {', '.join(COUNTS)})")
        numbers = zip(COUNTS, layer[1:], strict=True)
        checked.append([layer[0], *(arguments.integer(f"{where}'s {count}", n, 0) for count, n in numbers)])
    return checked


class NetworkExplorer(anywidget.AnyWidget):
    """Bars of what each layer of a network costs, of one network at a time, with its totals.

    ``networks`` maps names to lists of layers ``(name, activations, parameters, multiply-adds)``, all counted for one
    image; memory is shown as 4 bytes per activation. ``network`` is the one shown, at first the first. With
    ``same_scale``, bars of all networks have one scale; without it, those of each fill the width.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    # A list of pairs, for the order of a dict is lost where a notebook is stored.
    networks = traitlets.List().tag(sync=True)
    network = traitlets.Unicode().tag(sync=True)
    same_scale = traitlets.Bool().tag(sync=True)

    def __init__(
        self,
        networks: dict[str, Sequence[tuple[str, int, int, int]]],
        network: str | None = None,
        same_scale: bool = False,
    ) -> None:
        super().__init__(networks=_check(networks), same_scale=same_scale)
        self.network = self.networks[0][0] if network is None else network

    @traitlets.validate("network")
    def _check_choice(self, proposal):
        return arguments.choice("network", proposal["value"], [name for name, _ in self.networks])
