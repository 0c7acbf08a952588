"""Stands in for the code of a package whose data alone is in the sandbox."""
