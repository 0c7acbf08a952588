"""What a network costs: parameters, multiply-adds and activations. Begin with ``profile``, in ``count``."""

from cnnlib.complexity.count import profile
from cnnlib.complexity.results import Profile, Row, Uncounted

__all__ = ["Profile", "Row", "Uncounted", "profile"]
