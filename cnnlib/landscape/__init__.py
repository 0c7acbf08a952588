"""The loss as a landscape over a network's weights: surfaces around a minimum, and curves between two minima."""

from cnnlib.landscape import bezier
from cnnlib.landscape.directions import filter_normalised
from cnnlib.landscape.figures import contours, relief
from cnnlib.landscape.plane import Surface, surface

__all__ = ["Surface", "bezier", "contours", "filter_normalised", "relief", "surface"]
