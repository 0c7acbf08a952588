"""Trusted checks of lab 3, one file for each task, and the mistakes that they recognise. Never released."""

from cnnlib.grading.checks import Lab

lab = Lab(__file__, packages=["numpy", "matplotlib", "torch"])
solution = lab.solution
