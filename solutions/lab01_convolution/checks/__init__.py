"""Trusted checks of lab 1, one file for each task, and the mistakes that they recognise. Never released."""

from cnnlib.grading.checks import Lab

lab = Lab(__file__, packages=["numpy", "matplotlib"])
solution = lab.solution
