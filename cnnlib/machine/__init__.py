"""This machine: what it has, what it lacks, and the whole check of the course on it."""
