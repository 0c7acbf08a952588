"""Trusted checks of lab 2, one file for each task, and the mistakes that they recognise. Never released."""

from cnnlib.grading.checks import Lab

lab = Lab(__file__, packages=["numpy", "matplotlib", "torch"], call_seconds=10.0, total_seconds=300.0)
solution = lab.solution
