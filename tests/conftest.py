"""Settings for every test: the same draws each time, and one thread per worker on a machine with few cores."""

import os

import hypothesis

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read by PyTorch and NumPy when a test first imports them

hypothesis.settings.register_profile("course", deadline=None, derandomize=True, max_examples=100, print_blob=True)
hypothesis.settings.load_profile("course")
