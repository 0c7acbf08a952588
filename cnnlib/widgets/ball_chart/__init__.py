"""Networks as balls: accuracy against what they cost."""

from collections.abc import Sequence
from typing import NamedTuple

import anywidget
import traitlets

from cnnlib import _arguments as arguments
from cnnlib.widgets import sources

__all__ = ["BallChart", "Net"]


class Net(NamedTuple):
    """One network: its name, the family whose curve it lies on, and its measures by key; None is "not known"."""

    name: str
    family: str
    values: dict[str, float | None]


class BallChart(anywidget.AnyWidget):
    """Accuracy, upwards, against a cost on a logarithmic axis; the area of a ball is a third measure.

    ``nets`` is a list of ``Net``. ``errors`` maps the keys of errors, in per cent, to what they are called: the chart
    shows 100 minus the error. ``costs`` maps the keys of costs, above 0, to pairs (what it is called, unit).
    ``area`` is the cost that the area is proportional to. Whatever lacks the error or the cost in view is left out.
    The first error and the first cost come first; ``hidden`` lists the families that are not drawn, ``selected`` is
    the name of the network whose numbers are read out, "" for the first.
    """

    SOURCES = sources.of(__file__)
    _esm = sources.script(SOURCES)
    _css = sources.style(SOURCES)

    nets = traitlets.List().tag(sync=True)
    errors = traitlets.Dict().tag(sync=True)
    costs = traitlets.Dict().tag(sync=True)
    area = traitlets.Unicode().tag(sync=True)
    cost = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    hidden = traitlets.List().tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, nets: Sequence[Net], errors: dict[str, str], costs: dict[str, tuple[str, str]], area: str
    ) -> None:
        for name, labels in (("errors", errors), ("costs", costs)):
            if not isinstance(labels, dict) or not labels:
                arguments.fail(name, labels, "a dict from keys to labels, not empty")
        for key, label in errors.items():
            if not isinstance(label, str):
                arguments.fail(f"errors[{key!r}]", label, "a string")
        for key, pair in costs.items():
            if not isinstance(pair, tuple) or [type(part) for part in pair] != [str, str]:
                arguments.fail(f"costs[{key!r}]", pair, "a pair of strings: what it is called, and its unit or ''")
        if set(errors) & set(costs):
            arguments.fail("costs", list(costs), "without the keys of errors")
        area = arguments.choice("area", area, costs)
        super().__init__(
            nets=_check(nets, errors, costs, area),
            errors=errors,
            costs={key: list(pair) for key, pair in costs.items()},
            area=area,
            cost=next(iter(costs)),
            error=next(iter(errors)),
        )

    @traitlets.validate("cost", "error", "selected")
    def _check_choice(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        allowed = {"cost": self.costs, "error": self.errors, "selected": ["", *(net["name"] for net in self.nets)]}
        return arguments.choice(name, value, allowed[name])

    @traitlets.validate("hidden")
    def _families(self, proposal):
        families = {net["family"] for net in self.nets}
        return [arguments.choice("hidden", family, families) for family in proposal["value"]]


def _check(nets, errors, costs, area):
    """The networks as JSON can carry them, if their numbers are ones that the chart can draw."""
    result = []
    for index, net in enumerate(arguments.sequence("nets", nets, "a list of Net")):
        if not isinstance(net, Net) or not isinstance(net.name, str) or not net.name:
            arguments.fail(f"nets[{index}]", net, "a Net with a name")
        if net.name in (other["name"] for other in result):
            arguments.fail(f"nets[{index}].name", net.name, "a name that no other has")
        values = {}
        for key in (*errors, *costs):
            value, where = net.values.get(key), f"{net.name}'s {key}"
            if value is None and key != area:
                continue
            if key in errors and not 0 <= arguments.real(where, value) <= 100:
                arguments.fail(where, value, "an error from 0 to 100 per cent")
            values[key] = float(value) if key in errors else arguments.positive(where, value)
        result.append({"name": net.name, "family": str(net.family), "values": values})
    if not result:
        arguments.fail("nets", nets, "a list of Net, not empty")
    return result
