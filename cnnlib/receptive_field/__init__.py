"""How much of the input a unit sees.

``closed_form``, and ``Layer`` and ``ReceptiveField`` with it, is for layers one after another, and works without
PyTorch; ``of_graph`` and ``of_last_maps`` follow any network with branches; ``gradient_map`` and ``seen_extent``
measure by gradients.
"""

from typing import TYPE_CHECKING, Any

from cnnlib.receptive_field.closed_form import Layer, ReceptiveField, closed_form

if TYPE_CHECKING:
    from cnnlib.receptive_field.gradients import gradient_map, seen_extent
    from cnnlib.receptive_field.graph import of_graph, of_last_maps

__all__ = ["Layer", "ReceptiveField", "closed_form", "gradient_map", "of_graph", "of_last_maps", "seen_extent"]


def __getattr__(name: str) -> Any:
    """What needs PyTorch is imported when it is asked for."""
    if name in ("of_graph", "of_last_maps"):
        from cnnlib.receptive_field import graph

        return getattr(graph, name)
    if name in ("gradient_map", "seen_extent"):
        from cnnlib.receptive_field import gradients

        return getattr(gradients, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
