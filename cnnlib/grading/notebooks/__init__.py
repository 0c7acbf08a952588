"""Notebooks that the grader reads and writes: submissions, and what students and instructors get back."""
