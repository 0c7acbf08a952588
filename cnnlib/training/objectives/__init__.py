"""What a network is trained for: ``Classification``, or an ``Objective`` of your own."""

from cnnlib.training.objectives.classification import Classification
from cnnlib.training.objectives.objective import Objective

__all__ = ["Classification", "Objective"]
