"""What a network costs: parameters, multiply-adds and activations. Begin with ``profile``, in ``count``.

``depth`` counts its weighted layers from input to output.
"""

from cnnlib.complexity.count import profile
from cnnlib.complexity.depth import depth
from cnnlib.complexity.profiles import Profile, Row, Uncounted

__all__ = ["Profile", "Row", "Uncounted", "depth", "profile"]
