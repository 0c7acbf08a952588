"""Interactive figures that compute in the browser, so that they work on a static page, with no kernel.

Each is an ``anywidget.AnyWidget``: the class checks its arguments and holds the state, and the .js file of the
same name draws it and answers to the reader. With a kernel, edits come back into the traits, and traits that
Python sets are drawn at once.
"""

from cnnlib.widgets.ball_chart import BallChart, Net
from cnnlib.widgets.conv_step import ConvStep
from cnnlib.widgets.filter_photo import FilterPhoto
from cnnlib.widgets.lenet_draw import LeNetDraw
from cnnlib.widgets.network_explorer import NetworkExplorer
from cnnlib.widgets.receptive_field import ReceptiveField
from cnnlib.widgets.training_curves import TrainingCurves

__all__ = [
    "BallChart",
    "ConvStep",
    "FilterPhoto",
    "LeNetDraw",
    "Net",
    "NetworkExplorer",
    "ReceptiveField",
    "TrainingCurves",
]
