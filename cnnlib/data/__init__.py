"""Data sets for the book and the labs, one module each."""
